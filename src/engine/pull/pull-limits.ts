/** What pull queries may take: each by itself, and all of them together (spec: api.md §12; reliability.md §4). */
import { configuredLimit, type Limit, limitText } from '../../base/limits.ts';
import { type ProblemError, problem } from '../../base/errors.ts';
import { propertyValue } from '../../sql/properties.ts';
import {
  pullConcurrentMax,
  pullMsMax,
  pullResultBytesMax,
  pullResultRowsMax,
  pullScannedRowsMax,
} from '../limits.ts';

export interface PullLimits {
  readonly durationMs: Limit;
  readonly scannedRows: Limit;
  readonly resultRows: Limit;
  readonly resultBytes: Limit;
}
type Properties = Readonly<Record<string, string>>;

/** The limits as the server's properties set them; throws `config.invalid-limit`. */
export function pullLimits(properties: Properties): PullLimits {
  return {
    durationMs: configuredLimit(pullMsMax, properties),
    scannedRows: configuredLimit(pullScannedRowsMax, properties),
    resultRows: configuredLimit(pullResultRowsMax, properties),
    resultBytes: configuredLimit(pullResultBytesMax, properties),
  };
}

const narrow = { hint: 'Narrow it by its key or window, or add a LIMIT.' };

export function checkScanned({ scannedRows }: PullLimits, rows: number): void {
  if (rows > scannedRows.value)
    throw problem(
      'pull.scans-too-much',
      limitText(scannedRows, 'rows that a pull query reads', rows),
      narrow,
    );
}

export function checkResult(
  { resultRows, resultBytes }: PullLimits,
  rows: number,
  bytes: number,
): void {
  const check = (limit: Limit, what: string, actual: number): void => {
    if (actual > limit.value)
      throw problem('pull.result-too-large', limitText(limit, what, actual), narrow);
  };
  check(resultRows, 'rows of a pull query', rows);
  check(resultBytes, 'bytes of a pull query', bytes);
}

export function timedOut({ durationMs }: PullLimits, tookMs: number): ProblemError {
  return problem(
    'pull.timeout',
    limitText(durationMs, 'milliseconds of a pull query', tookMs),
    narrow,
  );
}

const hourMs = 3_600_000;
const bucketMs = 60_000;
const mebibyte = 1024 * 1024;

/** Admits pull queries up to the rates that the server's properties name. */
export class PullAdmission {
  readonly #properties: () => Properties;
  readonly #now: () => number;
  /** Queries that may start at once, and as of when. */
  #tokens = 1;
  #refilledAt: number;
  /** Bytes of answers by the minute they left in, for an hour. */
  readonly #sent = new Map<number, number>();
  #running = 0;

  constructor(properties: () => Properties, now: () => number) {
    this.#properties = properties;
    this.#now = now;
    this.#refilledAt = now();
  }

  /** Throws where no further query may start now. */
  admit(): void {
    this.#checkBandwidth();
    this.#checkRate();
  }

  /** Counts a query that takes more than a moment until it is disposed; throws where there are too many. */
  enter(): Disposable {
    const most = this.#number('ksql.query.pull.max.concurrent.requests') ?? pullConcurrentMax;
    if (this.#running >= most)
      throw problem(
        'pull.too-many',
        `Host is at concurrency limit for pull queries. Currently set to ${most} maximum concurrent requests.`,
        { hint: 'Try again in a moment, or raise ksql.query.pull.max.concurrent.requests.' },
      );
    this.#running++;
    let isOver = false;
    return {
      [Symbol.dispose]: () => {
        if (!isOver) this.#running--;
        isOver = true;
      },
    };
  }

  /** An answer of so many bytes leaves. */
  sent(bytes: number): void {
    if (this.#number(bandwidth) === null) return;
    const bucket = Math.floor(this.#now() / bucketMs);
    this.#sent.set(bucket, (this.#sent.get(bucket) ?? 0) + bytes);
  }

  #checkRate(): void {
    const most = this.#number('ksql.query.pull.max.qps');
    if (most === null) return;
    const now = this.#now();
    const refill = ((now - this.#refilledAt) * most) / 1000;
    this.#tokens = Math.min(Math.max(1, most), this.#tokens + Math.max(0, refill));
    this.#refilledAt = now;
    if (this.#tokens < 1 || most === 0)
      throw problem(
        'pull.rate',
        `Host is at rate limit for pull queries. Currently set to ${most} qps.`,
        { hint: 'Ask less often, or raise ksql.query.pull.max.qps.' },
      );
    this.#tokens--;
  }

  #checkBandwidth(): void {
    const most = this.#number(bandwidth);
    if (most === null) return;
    const oldest = Math.floor((this.#now() - hourMs) / bucketMs);
    let bytes = 0;
    for (const [bucket, count] of this.#sent) {
      if (bucket <= oldest) this.#sent.delete(bucket);
      else bytes += count;
    }
    if (bytes > most * mebibyte)
      throw problem('pull.bandwidth', 'Host is at bandwidth rate limit for pull queries.', {
        hint: `In an hour ${most} MiB may leave (${bandwidth}).`,
      });
  }

  /** null: not limited. */
  #number(name: string): number | null {
    const value = Number(propertyValue(this.#properties(), name));
    return value >= unlimited ? null : value;
  }
}

const bandwidth = 'ksql.query.pull.max.hourly.bandwidth.megabytes';
/** ksqlDB's default. */
const unlimited = 2 ** 31 - 1;
