/**
 * Rows as JSON lines, acknowledged one by one when durable. POST /inserts-stream is ksqlDB's: HTTP/2 only, and the first row
 * that is refused ends it (spec: api.md §7). POST /leat/v1/inserts takes the same over HTTP/1.1 as well, which is all that
 * `fetch` of some platforms has, and goes on after a row that is refused: every row gets its outcome.
 */
import { problem, type Problem, ProblemError } from '../../base/errors.ts';
import type { Engine } from '../../engine/api.ts';
import { errorCode } from '../errors.ts';
import type { Exchange } from '../exchange.ts';
import { asksForTokens, delimited, json, parseBody } from '../messages.ts';
import { RequestLines } from '../stream/request-lines.ts';
import { insertsHead } from '../schemas/requests.ts';
import { checkBody } from '../schemas/schema.ts';
import type { Route, RouteContext } from '../route.ts';

/** Rows handed to the engine at a time: what arrived while the last ones were made durable. */
const rowsMax = 5_000;
const lineBytesMax: number = 1024 * 1024;

export const insertsStreamRoute: Route = {
  method: 'POST',
  path: '/inserts-stream',
  async handle(exchange, context) {
    if (!exchange.isHttp2)
      throw problem('server.http2-only', 'This endpoint is only available when using HTTP2');
    await insert(exchange, context, 'end');
  },
};

export const insertsRoute: Route = {
  method: 'POST',
  path: '/leat/v1/inserts',
  async handle(exchange, context) {
    await insert(exchange, context, 'go-on');
  },
};

/** What becomes of the rows after one that is refused. */
type AfterRefusal = 'end' | 'go-on';

async function insert(
  exchange: Exchange,
  { engine }: RouteContext,
  afterRefusal: AfterRefusal,
): Promise<void> {
  const type = exchange.accepted([delimited, json]);
  if ((exchange.request.headers['content-encoding'] ?? 'identity') !== 'identity')
    throw problem('request.unsupported-encoding', 'a stream of rows cannot be compressed');
  const lines = new RequestLines(exchange.request, { lines: rowsMax, lineBytes: lineBytesMax });
  // What has arrived is acknowledged; the client sees by the end of the answer that no more is taken.
  exchange.closing.addEventListener('abort', () => lines.stop(), { signal: exchange.gone });
  const [first = null] = (await lines.next(1)) ?? [];
  const head = first === null ? {} : parseBody(first);
  checkBody(insertsHead, head, (field) =>
    problem('request.no-target', `"${field}" field must be populated`),
  );
  const { properties } = head;
  const target = head['target'] as string;
  // Throws what is wrong with the target before the answer begins.
  await engine.insertRows(target, []);
  exchange.begin(type);
  const withTokens = asksForTokens(properties);
  const options = { asArray: type === json, afterRefusal, withTokens };
  await new Inserts(exchange, engine, target, options).run(lines);
}

interface InsertsOptions {
  readonly asArray: boolean;
  readonly afterRefusal: AfterRefusal;
  /** Acknowledgements carry a token for pull queries that are to see the row. */
  readonly withTokens: boolean;
}

class Inserts {
  readonly #exchange: Exchange;
  readonly #engine: Engine;
  readonly #target: string;
  readonly #asArray: boolean;
  readonly #goesOn: boolean;
  readonly #withTokens: boolean;
  #sequence = 0;

  constructor(exchange: Exchange, engine: Engine, target: string, options: InsertsOptions) {
    this.#exchange = exchange;
    this.#engine = engine;
    this.#target = target;
    this.#asArray = options.asArray;
    this.#goesOn = options.afterRefusal === 'go-on';
    this.#withTokens = options.withTokens;
  }

  async run(lines: RequestLines): Promise<void> {
    if (this.#asArray) await this.#exchange.write('[');
    for (let rows = await lines.next(); rows !== null; rows = await lines.next()) {
      if (await this.#insert(rows)) break;
    }
    this.#exchange.finish(this.#asArray ? ']' : '');
  }

  /** Takes null for a row that is too long. Whether a row was refused that ends the answer. */
  async #insert(rows: readonly (string | null)[]): Promise<boolean> {
    const tooLong = rows.indexOf(null);
    const taken = tooLong < 0 || this.#goesOn ? rows : rows.slice(0, tooLong + 1);
    const outcomes = await this.#outcomes(taken.filter((row) => row !== null));
    const token = this.#withTokens ? await this.#engine.consistencyToken() : undefined;
    const acknowledgements: string[] = [];
    let next = 0;
    let isOver = false;
    for (const row of taken) {
      const outcome = row === null ? rowTooLong : (outcomes[next++] as Problem | null);
      acknowledgements.push(this.#acknowledgement(outcome, token));
      isOver = outcome !== null && !this.#goesOn;
      if (isOver) break;
    }
    await this.#send(acknowledgements);
    return isOver;
  }

  /** A full disk refuses rows as they are; after any other failure nobody knows what became of them, and the answer breaks off. */
  async #outcomes(rows: readonly string[]): Promise<readonly (Problem | null)[]> {
    try {
      return await this.#engine.insertRows(this.#target, rows);
    } catch (error) {
      if (!(error instanceof ProblemError) || error.code !== 'log.disk-full') throw error;
      this.#exchange.errorBody(error);
      return rows.map(() => error);
    }
  }

  /** Over HTTP/2 clients that name no media type may parse DATA frame by DATA frame. */
  async #send(acknowledgements: readonly string[]): Promise<void> {
    const { isHttp2, request } = this.#exchange;
    if (!isHttp2 || request.headers.accept !== undefined)
      return this.#exchange.write(acknowledgements.join(''));
    for (const one of acknowledgements) await this.#exchange.writeAlone(one);
  }

  #acknowledgement(outcome: Problem | null, consistencyToken: string | undefined): string {
    const seq = this.#sequence++;
    const body =
      outcome === null
        ? { status: 'ok', seq, consistencyToken }
        : {
            status: 'error',
            seq,
            error_code: outcome.code === 'log.disk-full' ? errorCode(outcome) : 40000,
            message: outcome.message,
            ...(this.#goesOn ? { code: outcome.code, hint: outcome.hint } : {}),
          };
    const separator = this.#asArray ? (seq === 0 ? '' : ',') : '';
    return `${separator}${JSON.stringify(body)}${this.#asArray ? '' : '\n'}`;
  }
}

const rowTooLong: Problem = {
  code: 'insert.too-large',
  message: `row is larger than ${lineBytesMax} bytes`,
};
