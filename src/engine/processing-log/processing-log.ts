/**
 * The processing log: records that were skipped, expressions that failed and queries that stopped, as JSON records of a topic
 * that queries read like any other (spec: semantics.md §10). What a tick found goes into the tick's own commit, so the log
 * says of every record exactly once what became of it. A query has a budget of records, so that a stream of bad ones does
 * not fill the disk with complaints; what goes beyond it is counted and the count is logged.
 */
import { bytesOf } from '../../base/bytes.ts';
import type { Bytes, TimestampMs } from '../../base/env.ts';
import type { ProcessingError } from '../../execution/task.ts';
import type { Append, TopicSpec } from '../../log/log.ts';
import { RecordBatchWriter } from '../../log/record-batch-writer.ts';
import { isEnabled, propertyValue } from '../../sql/properties.ts';
import { bytesToBase64 } from '../../types/base64.ts';
import { quoteAlways } from '../../types/format-type.ts';
import { serviceId } from '../config.ts';
import {
  loggedMessageCharsMax,
  loggedPerSecond,
  loggedRecordBytesMax,
  loggedRecordsMax,
} from '../limits.ts';

type Properties = Readonly<Record<string, string>>;

const weekMs = 7 * 24 * 60 * 60 * 1000;

/** The topic of the log, or null where the server keeps none (`ksql.logging.processing.topic.auto.create`). */
export function processingLogTopic(properties: Properties): TopicSpec | null {
  if (!isEnabled(properties, 'ksql.logging.processing.topic.auto.create')) return null;
  const partitions = propertyValue(properties, 'ksql.logging.processing.topic.partitions') ?? '1';
  return {
    name: topicName(properties),
    partitions: Math.max(1, Number.parseInt(partitions, 10) || 1),
    cleanup: 'delete',
    retentionMs: weekMs,
  };
}

/** Name, topic and statement of the stream over the log, or null (`ksql.logging.processing.stream.auto.create`). */
export function processingLogStream(
  properties: Properties,
): { readonly name: string; readonly topic: string; readonly sql: string } | null {
  if (!isEnabled(properties, 'ksql.logging.processing.stream.auto.create')) return null;
  const name = propertyValue(properties, 'ksql.logging.processing.stream.name') as string;
  const topic = topicName(properties);
  const place = 'partition INT, offset BIGINT';
  return {
    name,
    topic,
    sql: `CREATE STREAM ${quoteAlways(name)} (logger VARCHAR, level VARCHAR, time BIGINT, message STRUCT<type INT,
  deserializationError STRUCT<target VARCHAR, errorMessage VARCHAR, recordB64 VARCHAR, cause ARRAY<VARCHAR>, \`topic\` VARCHAR, ${place}>,
  recordProcessingError STRUCT<errorMessage VARCHAR, record VARCHAR, cause ARRAY<VARCHAR>, \`topic\` VARCHAR, ${place}>,
  productionError STRUCT<errorMessage VARCHAR>,
  serializationError STRUCT<target VARCHAR, errorMessage VARCHAR, record VARCHAR, cause ARRAY<VARCHAR>, \`topic\` VARCHAR>,
  kafkaStreamsThreadError STRUCT<errorMessage VARCHAR, threadName VARCHAR, cause ARRAY<VARCHAR>>>)
  WITH (KAFKA_TOPIC='${topic.replaceAll("'", "''")}', VALUE_FORMAT='JSON');`,
  };
}

function topicName(properties: Properties): string {
  const name = 'ksql.logging.processing.topic.name';
  return propertyValue(properties, name) ?? `${serviceId(properties)}ksql_processing_log`;
}

/** Records that a query may still log, refilled as time passes. */
interface Budget {
  records: number;
  since: TimestampMs;
  suppressed: number;
}

/** What one query reports. */
export interface ProcessingReporter {
  /** `bytes` are those that could not be read, where they are to be shown. */
  onError(error: ProcessingError, bytes?: Bytes | null): void;
  /** The query stopped: what it reported in this tick goes with the tick's other results. */
  onFailed(message: string, causes: readonly string[]): void;
}

export class ProcessingLog {
  readonly #topic: string;
  readonly #now: () => TimestampMs;
  readonly #budgets = new Map<string, Budget>();
  #pending: { readonly query: string; readonly text: string; readonly time: TimestampMs }[] = [];

  constructor(topic: string, now: () => TimestampMs) {
    this.#topic = topic;
    this.#now = now;
  }

  /** For a query that reads `topics`. One that reads the log itself does not write to it: it would never come to an end. */
  reporter(query: string, topics: () => readonly string[]): ProcessingReporter {
    const add = (step: string, message: object): void => {
      if (!topics().includes(this.#topic)) this.#add(query, step, message);
    };
    return {
      onError: (error, bytes = null) => add(error.step, messageOfError(error, bytes)),
      onFailed: (message, causes) => {
        this.#pending = this.#pending.filter((record) => record.query !== query);
        const failure = { errorMessage: shortened(message), threadName: query, cause: causes };
        add('', { type: 4, kafkaStreamsThreadError: failure });
      },
    };
  }

  /** What was reported since the last call, for the commit of the tick; null if nothing was. */
  take(): Append | null {
    if (this.#pending.length === 0) return null;
    const writer = new RecordBatchWriter();
    for (const { text, time } of this.#pending) writer.append(null, bytesOf(text), time, []);
    this.#pending = [];
    const { bytes, recordCount, maxTimestamp } = writer.finish();
    const to = { topic: this.#topic, partition: 0 };
    return { to, batch: bytes, recordCount, maxTimestamp, times: null };
  }

  /** Forgets a query that has ended. */
  remove(query: string): void {
    this.#budgets.delete(query);
  }

  #add(query: string, step: string, message: object): void {
    const time = this.#now();
    const budget = this.#budgetAt(query, time);
    if (budget.records < 1) {
      budget.suppressed++;
      return;
    }
    if (budget.suppressed > 0) {
      const count = budget.suppressed;
      budget.suppressed = 0;
      this.#push(query, '', time, {
        type: 1,
        recordProcessingError: { errorMessage: `${count} further errors were not logged` },
      });
    }
    budget.records--;
    this.#push(query, step, time, message);
  }

  #budgetAt(query: string, time: TimestampMs): Budget {
    let budget = this.#budgets.get(query);
    if (budget === undefined) {
      budget = { records: loggedRecordsMax, since: time, suppressed: 0 };
      this.#budgets.set(query, budget);
    }
    const earned = (Math.max(0, time - budget.since) / 1000) * loggedPerSecond;
    budget.records = Math.min(loggedRecordsMax, budget.records + earned);
    budget.since = time;
    return budget;
  }

  #push(query: string, step: string, time: TimestampMs, message: object): void {
    const logger = `processing.${query}${step === '' ? '' : `.${step}`}`;
    const text = JSON.stringify({ level: 'ERROR', logger, time, message });
    this.#pending.push({ query, text, time });
  }
}

const fieldNames = [
  'deserializationError',
  'recordProcessingError',
  'productionError',
  'serializationError',
] as const;

function messageOfError(error: ProcessingError, bytes: Bytes | null): object {
  const { type, target, topic, partition, offset } = error;
  const place = type === 2 ? {} : { topic, partition, offset };
  const aimed = target === null ? {} : { target };
  const errorMessage = shortened(error.message);
  const payload = { ...aimed, errorMessage, ...shown(bytes), cause: [], ...place };
  return { type, [fieldNames[type]]: payload };
}

/** The bytes that could not be read; those of long records are to be found where they stand. */
function shown(bytes: Bytes | null): { readonly recordB64?: string } {
  if (bytes === null || bytes.length > loggedRecordBytesMax) return {};
  return { recordB64: bytesToBase64(bytes) };
}

function shortened(message: string): string {
  return message.length <= loggedMessageCharsMax
    ? message
    : `${message.slice(0, loggedMessageCharsMax)}…`;
}
