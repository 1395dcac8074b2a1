/** `PRINT topic …` (spec: sql-statements.md §11, api.md §10). */
import type { PrintTopic } from '../../../grammar/ast.ts';
import { problem } from '../../base/errors.ts';
import { similarHint } from '../suggest.ts';
import { checkLimit } from './limit.ts';
import type { Effect, PrepareContext } from './statement.ts';

/** Streams a topic's records as text. Topic names are case-sensitive. */
export function preparePrint(statement: PrintTopic, context: PrepareContext): Effect {
  const { topic } = statement;
  const names = context.runtime.topics().map(({ name }) => name);
  if (!names.includes(topic)) throw unknownTopic(topic, names);
  const interval = statement.interval ?? 1;
  if (interval < 1) {
    throw problem('print.interval', `INTERVAL must be one or more, got ${interval}`);
  }
  checkLimit(statement.limit);
  return {
    kind: 'print',
    topic,
    fromBeginning: statement.fromBeginning,
    interval,
    limit: statement.limit,
  };
}

function unknownTopic(topic: string, names: readonly string[]): Error {
  const meant = names.filter((name) => name.toUpperCase() === topic.toUpperCase());
  const suggestion =
    meant.length === 0
      ? ''
      : `\nDid you mean:${meant.map((name) => `\n\tprint ${name};`).join('')}`;
  return problem(
    'topic.unknown',
    `Could not find topic '${topic}', or the KSQL user does not have permissions to list the topic. Topic names are case-sensitive.${suggestion}`,
    similarHint(topic, names),
  );
}
