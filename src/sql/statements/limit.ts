import { problem } from '../../base/errors.ts';

/** Refuses a LIMIT below zero where rows are pushed; pull queries have a message of ksqlDB's (pull-rules.ts). */
export function checkLimit(limit: number | null): void {
  if (limit === null || limit >= 0) return;
  throw problem('query.negative-limit', `LIMIT must not be negative, got ${limit}`);
}
