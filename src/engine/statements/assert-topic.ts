/** ASSERT TOPIC: looks every so often until the assertion holds or its time is over (spec: sql-statements.md §13). */
import type { Env } from '../../base/env.ts';
import { problem } from '../../base/errors.ts';
import type { Effect, Entity } from '../../sql/statements/statement.ts';
import { assertPollMs } from '../limits.ts';

type AssertTopic = Extract<Effect, { kind: 'assert-topic' }>;

/** `partitionsOf` gives null for topics that do not exist. Throws `assert.failed`. */
export async function assertTopic(
  effect: AssertTopic,
  partitionsOf: (topic: string) => number | null,
  { clock, timers }: Env,
): Promise<Entity> {
  const deadline = clock.now() + effect.timeoutMs;
  for (;;) {
    const refusal = topicMismatch(effect, partitionsOf(effect.topic));
    if (refusal === null)
      return { '@type': 'assert_topic', topicName: effect.topic, exists: effect.exists };
    if (clock.now() >= deadline) throw problem('assert.failed', refusal);
    await new Promise<void>((resolve) => {
      timers.after(assertPollMs, resolve);
    });
  }
}

function topicMismatch(effect: AssertTopic, partitions: number | null): string | null {
  if (!effect.exists) return partitions === null ? null : `Topic ${effect.topic} exists`;
  if (partitions === null) return `Topic ${effect.topic} does not exist`;
  const actual: Readonly<Record<string, number>> = { partitions, replicas: 1 };
  const wrong = Object.entries(effect.config)
    .filter(([name, expected]) => actual[name.toLowerCase()] !== expected)
    .map(
      ([name, expected]) =>
        `For config ${name.toLowerCase()}, expected ${expected} got ${actual[name.toLowerCase()]}`,
    );
  return wrong.length === 0
    ? null
    : `Mismatched configuration for topic ${effect.topic}: ${wrong.join(', ')}`;
}
