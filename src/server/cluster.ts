/** The hosts this one knows of, as heartbeats and lag reports tell: itself, and whoever reports (spec: api.md §11, §12). */
import { isEnabled, propertyValue } from '../sql/properties.ts';

type Properties = Readonly<Record<string, string>>;

interface Host {
  heardMs: number;
  lags: unknown;
}

/** Hosts that are kept: whoever may send heartbeats may make them up. */
const hostsMax = 100;

export class Cluster {
  readonly #properties: Properties;
  readonly #hosts = new Map<string, Host>();

  constructor(properties: Properties) {
    this.#properties = properties;
  }

  /** Whether `/clusterStatus`, `/heartbeat` and `/lag` are served. */
  get isServed(): boolean {
    return isEnabled(this.#properties, 'ksql.heartbeat.enable');
  }

  get reportsLags(): boolean {
    return isEnabled(this.#properties, 'ksql.lag.reporting.enable');
  }

  /** The name of this host; `asked` is the one it was asked by. */
  own(asked: string): string {
    const url = propertyValue(this.#properties, 'ksql.advertised.listener') ?? '';
    return URL.canParse(url) ? new URL(url).host : asked;
  }

  heard(host: string, nowMs: number): void {
    const known = this.#hosts.get(host);
    if (known !== undefined) known.heardMs = nowMs;
    else if (this.#hosts.size < hostsMax) this.#hosts.set(host, { heardMs: nowMs, lags: null });
  }

  reported(host: string, lags: unknown, nowMs: number): void {
    this.heard(host, nowMs);
    const known = this.#hosts.get(host);
    if (known !== undefined) known.lags = lags;
  }

  /** Other hosts; one is dead that has missed so many heartbeats as the configuration allows. */
  others(nowMs: number): readonly (Host & { readonly name: string; readonly isAlive: boolean })[] {
    const number = (name: string): number => Number(propertyValue(this.#properties, name));
    const silenceMs =
      number('ksql.heartbeat.missed.threshold.ms') * number('ksql.heartbeat.send.interval.ms');
    return [...this.#hosts].map(([name, host]) => ({
      name,
      ...host,
      isAlive: nowMs - host.heardMs <= silenceMs,
    }));
  }
}
