/** What the server counts: requests, errors, connections. Labels are routes, statuses and codes, of which there are few. */
import { limitOf } from '../../base/limits.ts';
import { Histogram, type Samples, series, Tally } from '../../base/samples.ts';

const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS']);

export class ServerMetrics {
  readonly #requests = new Map<string, number>();
  readonly #seconds = new Map<string, Histogram>();
  readonly #errors = new Tally();
  readonly #limits = new Tally();
  #slowConsumers = 0;

  /** `route` is the path of the table; null where there is none. `seconds` until the answer began. */
  answered(route: string | null, method: string, status: number, seconds: number): void {
    const name = route ?? 'other';
    const key = series('requests_total', {
      route: name,
      method: methods.has(method) ? method : 'other',
      code: status,
    });
    this.#requests.set(key, (this.#requests.get(key) ?? 0) + 1);
    let histogram = this.#seconds.get(name);
    if (histogram === undefined) {
      histogram = new Histogram();
      this.#seconds.set(name, histogram);
    }
    histogram.observe(seconds);
  }

  /** A client is told of an error; `code` is its public name, or ksqlDB's number where it has none. */
  failed(code: string, message: string): void {
    this.#errors.add(code);
    if (code === 'push.slow-consumer') this.#slowConsumers++;
    const limit = limitOf(message);
    if (limit !== null) this.#limits.add(limit);
  }

  write(into: Samples): void {
    Object.assign(into, Object.fromEntries(this.#requests));
    for (const [route, histogram] of this.#seconds)
      histogram.write(into, 'request_seconds', { route });
    this.#errors.write(into, 'errors_total', 'code');
    into['slow_consumers_total'] = this.#slowConsumers;
    // The engine counts those of queries under the same name.
    const own: Samples = {};
    this.#limits.write(own, 'limit_hits_total', 'limit');
    for (const [key, count] of Object.entries(own)) into[key] = (into[key] ?? 0) + count;
  }
}
