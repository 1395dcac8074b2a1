/** Every maximum of the engine. Passing one is an error with a code, or back-pressure. */
import type { Limit } from '../base/limits.ts';

/** Records of queued produce requests that one tick admits; the rest waits for the next. */
export const admittedRecordsMax = 20_000;
/** Bytes of a batch of produced records, after which another one is begun. */
export const producedBatchBytesMax: number = 512 * 1024;
/** Bytes appended by what is computed during a commit, after which it waits for that commit. */
export const draftBytesMax: number = 8 * 1024 * 1024;
/** Bytes read from the log per tick for one query that is behind, shared by its partitions down to a least share. */
export const catchUpBytesMax: number = 1024 * 1024;
export const catchUpBytesMin: number = 64 * 1024;
/** Bytes read from the log in one tick, after which further queries wait for the next. */
export const tickReadBytesMax: number = 4 * 1024 * 1024;
/** Records buffered by a task above which nothing more is read for it. */
export const taskBufferedRecordsMax = 50_000;
/** Bytes of rows that wait for one reader of a push query before the query pauses. */
export const pushBufferBytesMax: number = 4 * 1024 * 1024;
/**
 * Bytes of rows that wait for all readers of push queries, of the process's heap a quarter at most; beyond them each reader's own
 * maximum shrinks.
 */
export const pushWaitingBytesMax: Limit = {
  key: 'leat.limit.push.waiting',
  value: 1024 * 1024 * 1024,
};
/** How long a push query may wait for its reader before it is closed. */
export const pushStalledMsMax = 60_000;
/** How long one pull query may take, rows it may look at, and rows and bytes it may return. */
export const pullMsMax: Limit = { key: 'leat.limit.pull.ms', value: 10_000 };
export const pullScannedRowsMax: Limit = { key: 'leat.limit.pull.rows', value: 1_000_000 };
export const pullResultRowsMax: Limit = { key: 'leat.limit.pull.result.rows', value: 100_000 };
export const pullResultBytesMax: Limit = {
  key: 'leat.limit.pull.result.bytes',
  value: 16 * 1024 * 1024,
};
/** Pull queries under way that take more than a moment, unless `ksql.query.pull.max.concurrent.requests` says otherwise. */
export const pullConcurrentMax = 50;
/** Rows that a pull query reads between two looks at the clock, how often it looks, and for how long, before others have a turn. */
export const pullRowsPerStep = 32;
export const pullStepsPerSlice = 128;
/** The same while a tick is under way, each step of which would wait for a whole slice, and for the first slice of a query. */
export const pullStepsBetween = 8;
export const pullSliceMs = 1;
/** Compiled pull queries that are kept. */
export const pullPlansMax = 1_000;
/** Errors kept per query (`ksql.query.error.max.queue.size`). */
export const queryErrorsMax = 10;
/** Records of one produce request, and bytes of one record. */
export const produceRecordsMax = 1_000_000;
export const recordBytesMax = 1_048_588;
/** Targets of inserted rows whose codecs are kept. */
export const insertersMax = 100;
/** Statements of one request. */
export const statementsMax: Limit = { key: 'leat.limit.sql.statements', value: 100 };
/** Persistent queries (`ksql.query.persistent.active.limit`). */
export const persistentQueriesMax = 500;
/** How often ASSERT TOPIC looks again. */
export const assertPollMs = 100;
/** How often a request that waits for a command looks again. */
export const commandPollMs = 20;
/** How often the log's upkeep runs, and how long a slice of it may take between two ticks. */
export const upkeepPeriodMs = 1_000;
export const upkeepSliceMs = 5;
/** While more is waiting the engine has so many times as long for other work as a slice took. */
export const upkeepRest = 4;
/** Records that a query may log at once, how many more each second, and characters of a message in the processing log. */
export const loggedRecordsMax = 1_000;
export const loggedPerSecond = 10;
export const loggedMessageCharsMax = 4_096;
/** Bytes of a key or value that could not be read which the processing log shows; longer ones are left out. */
export const loggedRecordBytesMax = 65_536;
/** A remote schema registry that does not answer about an id is asked again after the first, then twice as long, up to the second. */
export const schemaRetryMs = 250;
export const schemaRetryMsMax = 10_000;
/** How long a remote registry is taken at its word that it has no schema of an id, and for how many ids. */
export const schemaAbsentMs = 60_000;
export const schemasAbsentMax = 10_000;
/** Free bytes of the disk that rows which memory has no room for leave to the log. */
export const spillReserveBytes: number = 512 * 1024 * 1024;
