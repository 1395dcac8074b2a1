/** Bulk produce through the engine, beside plain appends of the same bytes to a file with a flush as often. */
import { closeSync, fdatasyncSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { ProduceRecord } from '../../src/engine/api.ts';
import { makeDirectory } from './directory.ts';
import { ORDER_COLUMNS, orderAppends, orderText, orderTime, TOPIC } from './orders.ts';
import { openProduct } from './product.ts';
import { type Contestant, timed } from './rounds.ts';

export const PRODUCE_RECORDS = 100_000;
/** Of a thousand records each, about 120 KiB, as producers send them. */
const BATCHES_PER_TICK = 8;
const RECORDS_PER_REQUEST = 5000;

const SQL: string = `
CREATE STREAM orders (${ORDER_COLUMNS}) WITH (KAFKA_TOPIC='${TOPIC}', VALUE_FORMAT='JSON', PARTITIONS=1);`;

/** Batches already encoded, as the wire listener and loaders hand them in. */
export async function batchProduce(): Promise<Contestant> {
  const { engine, close } = await openProduct(SQL);
  return {
    close,
    async round() {
      const appends = orderAppends(0, PRODUCE_RECORDS, { customers: 1000 });
      return timed(async () => {
        for (let at = 0; at < appends.length; at += BATCHES_PER_TICK)
          await engine.appendBatches(appends.slice(at, at + BATCHES_PER_TICK));
      });
    },
  };
}

/** Records one by one, as the HTTP API hands them in; two requests are under way at a time. */
export async function recordProduce(): Promise<Contestant> {
  const { engine, close } = await openProduct(SQL);
  return {
    close,
    async round() {
      const requests = recordRequests();
      return timed(async () => {
        let before: Promise<unknown> = Promise.resolve();
        for (const records of requests) {
          const request = engine.produce(records);
          await before;
          before = request;
        }
        await before;
      });
    },
  };
}

function recordRequests(): ProduceRecord[][] {
  const requests: ProduceRecord[][] = [];
  for (let first = 0; first < PRODUCE_RECORDS; first += RECORDS_PER_REQUEST) {
    requests.push(
      Array.from({ length: RECORDS_PER_REQUEST }, (_, at) => ({
        topic: TOPIC,
        partition: null,
        key: null,
        value: Buffer.from(orderText(first + at, 1000)),
        timestamp: orderTime(first + at),
        headers: [],
      })),
    );
  }
  return requests;
}

export function rawAppend(): Contestant {
  const directory = makeDirectory();
  const file = openSync(join(directory, 'raw'), 'w');
  return {
    async round() {
      const appends = orderAppends(0, PRODUCE_RECORDS, { customers: 1000 });
      return timed(() => {
        for (let at = 0; at < appends.length; at += BATCHES_PER_TICK) {
          for (const { batch } of appends.slice(at, at + BATCHES_PER_TICK)) writeSync(file, batch);
          fdatasyncSync(file);
        }
      });
    },
    async close() {
      closeSync(file);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
