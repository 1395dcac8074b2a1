/** `ASSERT [NOT EXISTS] TOPIC …` and `ASSERT … SCHEMA` (spec: sql-statements.md §13). */
import { durationMs } from '../../../grammar/duration.ts';
import type { AssertSchema, AssertTopic } from '../../../grammar/ast.ts';
import { problem } from '../../base/errors.ts';
import { propertyValue } from '../properties.ts';
import { literalText } from '../source-properties.ts';
import type { Effect, PrepareContext } from './statement.ts';

/** Waits until a topic exists with the given configuration, or is gone. */
export function prepareAssertTopic(statement: AssertTopic, context: PrepareContext): Effect {
  const entries = statement.notExists ? [] : statement.properties;
  const config = entries.map(({ name, value }) => {
    if (name !== 'PARTITIONS' && name !== 'REPLICAS') {
      throw problem('assert.property', `Cannot assert unknown topic property: ${name}`);
    }
    return [name.toLowerCase(), Number(literalText(value))] as const;
  });
  const timeout = propertyValue(context.properties, 'ksql.assert.topic.default.timeout.ms');
  return {
    kind: 'assert-topic',
    topic: statement.topic,
    exists: !statement.notExists,
    config: Object.fromEntries(config),
    timeoutMs: statement.timeout === null ? Number(timeout) : durationMs(statement.timeout),
  };
}

/** Waits until a schema is registered, or is gone. */
export function prepareAssertSchema(statement: AssertSchema, context: PrepareContext): Effect {
  const { subject, id } = statement;
  if (subject === null && id === null) {
    throw problem('assert.schema', 'ASSERT SCHEMA statements much include a subject name or an id');
  }
  if (id !== null && id.kind !== 'integer') {
    throw problem('assert.schema', 'ID must be an integer');
  }
  const timeout = propertyValue(context.properties, 'ksql.assert.schema.default.timeout.ms');
  return {
    kind: 'assert-schema',
    subject,
    id: id === null ? null : Number(id.value),
    exists: !statement.notExists,
    timeoutMs: statement.timeout === null ? Number(timeout) : durationMs(statement.timeout),
  };
}
