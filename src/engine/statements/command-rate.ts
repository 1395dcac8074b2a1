import { problem } from '../../base/errors.ts';

const limitName = 'ksql.server.command.topic.rate.limit';

/** Admits as many commands a second as the server's properties allow (spec: api.md §4); as many at once, one at least. */
export class CommandRate {
  #tokens = 1;
  #refilledAt: number | null = null;

  /** Counts a command; throws `command.rate` where it comes too soon. `now` is in milliseconds. */
  admit(properties: Readonly<Record<string, string>>, now: number): void {
    const most = Number(properties[limitName] ?? Number.POSITIVE_INFINITY);
    if (!Number.isFinite(most)) return;
    const refill = ((now - (this.#refilledAt ?? now)) * most) / 1000;
    this.#tokens = Math.min(Math.max(1, most), this.#tokens + Math.max(0, refill));
    this.#refilledAt = now;
    if (this.#tokens < 1)
      throw problem(
        'command.rate',
        'DDL/DML rate is crossing the configured rate limit of statements/second',
        { hint: `Send fewer at a time, or raise ${limitName}.` },
      );
    this.#tokens--;
  }
}
