/** POST /inserts-stream: rows as JSON lines, acknowledged one by one when durable; HTTP/2 only (spec: api.md §7). */
import { createInterface } from 'node:readline';
import { problem, type Problem } from '../../base/errors.ts';
import type { Engine } from '../../engine/api.ts';
import type { Exchange } from '../exchange.ts';
import { delimited, json, parseBody } from '../messages.ts';
import type { Route } from '../route.ts';

/** Rows handed to the engine at a time: what arrived while the last ones were made durable. */
const rowsMax = 5_000;
const lineBytesMax: number = 1024 * 1024;

export const insertsStreamRoute: Route = {
  method: 'POST',
  path: '/inserts-stream',
  async handle(exchange, { engine }) {
    if (!exchange.isHttp2)
      throw problem('server.http2-only', 'This endpoint is only available when using HTTP2');
    const type = exchange.accepted([delimited, json]);
    const reader = createInterface({
      input: exchange.request,
      crlfDelay: Number.POSITIVE_INFINITY,
    });
    const lines = reader[Symbol.asyncIterator]();
    // What has arrived is acknowledged; the client sees by the end of the answer that no more is taken.
    exchange.closing.addEventListener('abort', () => reader.close(), { signal: exchange.gone });
    const first = await lines.next();
    const target = first.done === true ? undefined : parseBody(first.value)['target'];
    if (typeof target !== 'string')
      throw problem('request.no-target', '"target" field must be populated');
    // Throws what is wrong with the target before the answer begins.
    await engine.insertRows(target, []);
    exchange.begin(type);
    await new Inserts(exchange, engine, target, type === json).run(lines);
  },
};

class Inserts {
  readonly #exchange: Exchange;
  readonly #engine: Engine;
  readonly #target: string;
  readonly #asArray: boolean;
  #sequence = 0;

  constructor(exchange: Exchange, engine: Engine, target: string, asArray: boolean) {
    this.#exchange = exchange;
    this.#engine = engine;
    this.#target = target;
    this.#asArray = asArray;
  }

  async run(lines: AsyncIterator<string>): Promise<void> {
    if (this.#asArray) await this.#exchange.write('[');
    let refused = false;
    let next = lines.next();
    for (let line = await next; line.done !== true && !refused; line = await next) {
      const rows: string[] = [];
      for (
        let more: IteratorResult<string> | null = line;
        more !== null && more.done !== true && rows.length < rowsMax;
      ) {
        if (more.value.trim() !== '') rows.push(more.value);
        next = lines.next();
        more = await Promise.race([next, turn()]);
      }
      refused = await this.#insert(rows);
    }
    this.#exchange.finish(this.#asArray ? ']' : '');
  }

  /** Whether a row was refused, which ends the answer. */
  async #insert(rows: readonly string[]): Promise<boolean> {
    const tooLong = rows.findIndex((row) => row.length > lineBytesMax);
    const outcomes = await this.#engine.insertRows(
      this.#target,
      tooLong < 0 ? rows : rows.slice(0, tooLong),
    );
    let text = '';
    for (const outcome of outcomes) {
      text += this.#acknowledgement(outcome);
      if (outcome !== null) break;
    }
    if (tooLong >= 0)
      text += this.#acknowledgement({
        code: 'insert.too-large',
        message: `row is larger than ${lineBytesMax} bytes`,
      });
    await this.#exchange.write(text);
    return tooLong >= 0 || outcomes.some((outcome) => outcome !== null);
  }

  #acknowledgement(outcome: Problem | null): string {
    const seq = this.#sequence++;
    const body =
      outcome === null
        ? { status: 'ok', seq }
        : { status: 'error', seq, error_code: 40000, message: outcome.message };
    const separator = this.#asArray ? (seq === 0 ? '' : ',') : '';
    return `${separator}${JSON.stringify(body)}${this.#asArray ? '' : '\n'}`;
  }
}

/** Null once everything that has already arrived could be read. */
function turn(): Promise<null> {
  return new Promise((resolve) => {
    setImmediate(() => resolve(null));
  });
}
