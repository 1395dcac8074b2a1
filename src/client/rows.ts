/**
 * Rows of a query. The request is sent when they are first asked for; what the reader does not take waits at the server. They
 * can be read once.
 */
import { LeatError, refusal } from './leat-error.ts';
import { type QueryElement, queryElements } from './query-elements.ts';
import { type AnyRow, type RowReader, rowReader } from './read-value.ts';
import { brokenOff, type Transport } from './transport.ts';
import { type Column, parseColumns } from './type-text.ts';

/** How a query is sent; the signal ends it. */
export type OpenQuery = (signal: AbortSignal) => Promise<Response>;

interface Opened {
  readonly queryId: string;
  readonly columns: readonly Column[];
  readonly elements: AsyncIterator<readonly QueryElement[]>;
  /** What came with the header. */
  readonly first: readonly QueryElement[];
}

export class Rows<Row = AnyRow> implements AsyncIterable<Row>, Disposable {
  readonly #open: OpenQuery;
  readonly #transport: Transport;
  readonly #own = new AbortController();
  /** Aborts with the caller's reason, which is then what reading throws. */
  readonly #outer: AbortSignal;
  #opened: Promise<Opened> | null = null;
  #isRead = false;

  constructor(transport: Transport, open: OpenQuery, signal: AbortSignal) {
    this.#transport = transport;
    this.#open = open;
    this.#outer = signal;
  }

  /** The columns, in the order of the statement. */
  async columns(): Promise<readonly Column[]> {
    return (await this.#header()).columns;
  }

  /** The name under which the server lists the query and TERMINATE ends it. */
  async queryId(): Promise<string> {
    return (await this.#header()).queryId;
  }

  /** Every row; not for queries that do not end. */
  async all(): Promise<Row[]> {
    const all: Row[] = [];
    for await (const rows of this.batches()) for (const row of rows) all.push(row);
    return all;
  }

  /** The rows that came together, together: less work per row than one by one. */
  async *batches(): AsyncGenerator<readonly Row[], void> {
    if (this.#isRead)
      throw new LeatError({
        code: 'client.used-twice',
        message: 'the rows have been read already',
      });
    this.#isRead = true;
    try {
      const { columns, elements, first } = await this.#header();
      const reader = rowReader(columns);
      yield* nonEmpty<Row>(first, reader);
      for (let next = await elements.next(); next.done !== true; next = await elements.next())
        yield* nonEmpty<Row>(next.value, reader);
    } catch (error) {
      if (this.#outer.aborted) throw this.#outer.reason;
      if (!this.#own.signal.aborted) throw this.#explained(error);
    } finally {
      this.close();
    }
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Row, void> {
    for await (const rows of this.batches()) yield* rows;
  }

  /** Ends the query; who reads it sees the end of the rows. */
  close(): void {
    this.#own.abort();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  async #header(): Promise<Opened> {
    this.#opened ??= this.#start().catch((error: unknown) => {
      throw this.#explained(error);
    });
    return this.#opened;
  }

  async #start(): Promise<Opened> {
    const signal = AbortSignal.any([this.#outer, this.#own.signal]);
    const response = await this.#open(signal);
    const elements = queryElements(response.body);
    const { value: [header, ...first] = [] } = await elements.next();
    if (header?.kind !== 'header')
      throw new LeatError({
        code: 'client.bad-answer',
        message: `${this.#transport.url} answered without a header`,
      });
    return { queryId: header.queryId, columns: parseColumns(header.schema), elements, first };
  }

  #explained(error: unknown): unknown {
    const isAborted = this.#outer.aborted || this.#own.signal.aborted;
    if (isAborted || error instanceof LeatError) return error;
    return brokenOff(this.#transport, error);
  }
}

/** Tombstones are left out, as ksqlDB's clients do: a subscription has them. */
function* nonEmpty<Row>(
  elements: readonly QueryElement[],
  reader: RowReader,
): Generator<readonly Row[], void> {
  const rows: string[] = [];
  let failure: LeatError | null = null;
  for (const element of elements) {
    if (element.kind === 'row' && !element.tombstone) rows.push(element.columns);
    if (element.kind === 'error') failure = refusal(element.body, 500);
  }
  if (rows.length > 0)
    yield reader.manyFromText(`[${rows.join(',')}]`) as readonly unknown[] as readonly Row[];
  if (failure !== null) throw failure;
}
