/** Makes the topic and the stream of the processing log where the configuration asks for them and they are not there. */
import type { Catalog } from '../../catalog/catalog.ts';
import { processingLogStream, processingLogTopic } from './processing-log.ts';
import type { Topics } from '../statements/topics.ts';

/** Makes the topic; the statement that makes the stream, or null where none is to be made. */
export async function makeProcessingLogTopic(
  properties: Readonly<Record<string, string>>,
  topics: Topics,
  catalog: Catalog,
): Promise<string | null> {
  const topic = processingLogTopic(properties);
  const stream = processingLogStream(properties);
  if (topic !== null && !topics.has(topic.name)) await topics.create(topic);
  if (stream === null || !topics.has(stream.topic) || catalog.sources.has(stream.name)) return null;
  return stream.sql;
}
