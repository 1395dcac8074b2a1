/** What every implementation of `Log` refuses, in the same words, and what it takes for granted. */
import { assert } from '../base/assert.ts';
import { type ProblemError, problem } from '../base/errors.ts';
import type { Append, LogicalTimes, Owner, TopicPartition, TopicSpec } from './log.ts';
import { BATCH_HEADER_BYTES, readBatchHeader } from './record-batch.ts';

const TOPIC_NAME_CHARACTERS_MAX = 249;
const PARTITIONS_PER_TOPIC_MAX = 1024;
/** Kafka's rule for names of topics. */
const TOPIC_NAME = /^[a-zA-Z0-9._-]+$/;

/** Throws `log.invalid-topic`. */
export function checkTopicSpec({ name, partitions, retentionMs }: TopicSpec): void {
  const defect = topicDefect(name, partitions, retentionMs);
  if (defect !== null) throw problem('log.invalid-topic', `topic "${name}" ${defect}`);
}

function topicDefect(name: string, partitions: number, retentionMs: number | null): string | null {
  if (name.length > TOPIC_NAME_CHARACTERS_MAX) {
    return `has a name of ${name.length} characters, limit ${TOPIC_NAME_CHARACTERS_MAX}`;
  }
  if (name === '.' || name === '..' || !TOPIC_NAME.test(name)) {
    return 'is an invalid name: letters, digits, ".", "_" and "-" are allowed, but not "." or ".." alone';
  }
  if (!Number.isInteger(partitions) || partitions < 1 || partitions > PARTITIONS_PER_TOPIC_MAX) {
    return `cannot have ${partitions} partitions: 1 to ${PARTITIONS_PER_TOPIC_MAX} are allowed`;
  }
  if (retentionMs !== null && !(retentionMs >= 0)) {
    return `cannot keep records for ${retentionMs} ms`;
  }
  return null;
}

/** Asserts that what stands beside an encoded batch agrees with it; the CRC is not checked. */
export function checkAppend({ batch, recordCount, maxTimestamp, times }: Append): void {
  assert(batch.length > BATCH_HEADER_BYTES, 'an appended batch has records');
  const header = readBatchHeader(batch);
  assert(header.byteCount === batch.length, 'an appended batch is one whole batch');
  assert(
    header.recordCount === recordCount && recordCount > 0,
    'the record count is that of the batch',
  );
  assert(
    header.lastOffset - header.baseOffset >= recordCount - 1,
    'the offsets of a batch hold its records',
  );
  assert(header.maxTimestamp === maxTimestamp, 'the max timestamp is that of the batch');
  if (times !== null) {
    let count = 0;
    for (const [, run] of times) count += run;
    assert(count === recordCount, 'every record of a batch has a logical time');
  }
}

/** Logical times of `append` when the next batch from outside gets `next`. */
export function timesOf(append: Append, next: number): LogicalTimes {
  return append.times ?? [[next, append.recordCount]];
}

export function topicExists(name: string): ProblemError {
  return problem('log.topic-exists', `topic "${name}" already exists`);
}

export function unknownTopic(name: string): ProblemError {
  return problem('log.unknown-topic', `topic "${name}" does not exist`);
}

export function unknownPartition({ topic, partition }: TopicPartition): ProblemError {
  return problem('log.unknown-topic', `topic "${topic}" has no partition ${partition}`);
}

/** For a commit with an older epoch than `current`. */
export function fenced(owner: Owner, current: number): ProblemError {
  return problem(
    'log.fenced',
    `"${owner.id}" was opened again: epoch ${owner.epoch} may no longer write, the newest is ${current}`,
  );
}

export function describe({ topic, partition }: TopicPartition): string {
  return `topic "${topic}" partition ${partition}`;
}
