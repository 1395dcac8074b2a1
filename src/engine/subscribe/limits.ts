/** Maxima of subscriptions. Passing one is an error with a code, or makes changes wait and merge. */
import type { Limit } from '../../base/limits.ts';

/** Subscriptions that are open (`leat.limit.subscriptions`). */
export const subscriptionsMax: Limit = { key: 'leat.limit.subscriptions', value: 20_000 };
/** Bytes on their way to a subscriber, after which its changes wait, one per key. */
export const sentBytesMax: number = 64 * 1024;
/** Bytes of changes that wait for one subscriber, after which it is closed; likewise for all of them together. */
export const waitingBytesMax: number = 1024 * 1024;
export const allWaitingBytesMax: number = 256 * 1024 * 1024;
/** What a change that waits costs beyond its texts. */
export const waitingChangeBytes = 100;
/** Rows of a snapshot, and rows looked at for it. */
export const snapshotRowsMax = 100_000;
export const snapshotScannedRowsMax = 1_000_000;
/** Rows of one frame. */
export const frameRowsMax = 500;
/** Combinations of constants by which one subscription is found. */
export const tuplesMax = 1_000;
/** Keys that may have changed since a token; with more, a snapshot is cheaper. */
export const changedKeysMax = 500_000;
/** Rows deleted after a token though nobody knows whether they were there; with more, a snapshot is cheaper. */
export const doubtfulDeletesMax = 2_000;
/** Bytes read from the log at a time to find them. */
export const catchUpBytes: number = 1024 * 1024;
/**
 * How old a token may be where the topic is compacted: a compacted topic keeps tombstones for a day (src/log/compact-batch.ts), and
 * without them nobody can tell which rows have gone.
 */
export const tokenAgeMsMax: number = 23 * 60 * 60 * 1000;
/** How often subscribers to whom nothing happened get a newer token. */
export const idleTickMs = 300_000;
