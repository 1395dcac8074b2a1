/**
 * Damaged requests of every kind against a real server on a real port. A server lives for a while and is then closed, so that
 * what it leaves behind shows. Nothing may crash, hang, be the server's own fault, or stay.
 */
import { Random } from '../../expressions/random.ts';
import { testServer } from '../../server/test-server.ts';
import { type Attack, attacks, Kept } from './attacks.ts';
import { Hang } from './connection.ts';
import { setup } from './samples.ts';

export interface FuzzOptions {
  readonly requests: number;
  readonly seed: number;
  /** Requests under way at a time. */
  readonly clients: number;
  /** Requests that one server gets. */
  readonly lifetime: number;
  readonly onLife?: (done: number, heapBytes: number) => void;
}
export interface FuzzResult {
  /** What went wrong, with the seed of the request. */
  readonly failures: readonly string[];
  /** How often, by kind and status. */
  readonly statuses: ReadonlyMap<string, number>;
  /** Used heap at the end of each server's life. */
  readonly heapBytes: readonly number[];
}

const failuresMax = 20;
/** Internal errors; what else begins with a 5 says that the server is shut down, busy or waits for a command that never comes. */
const isOurFault = ({
  status,
  body,
}: {
  readonly status: number;
  readonly body: string;
}): boolean => status === 500 || body.includes('internal error');

export async function fuzzRequests(options: FuzzOptions): Promise<FuzzResult> {
  const failures: string[] = [];
  const statuses = new Map<string, number>();
  const heapBytes: number[] = [];
  const onUncaught = (error: unknown): void => {
    failures.push(`uncaught: ${error instanceof Error ? error.stack : String(error)}`);
  };
  process.on('uncaughtException', onUncaught);
  process.on('unhandledRejection', onUncaught);
  try {
    for (let done = 0; done < options.requests && failures.length < failuresMax; ) {
      const count = Math.min(options.lifetime, options.requests - done);
      await oneLife(options, { first: options.seed + done, count }, { failures, statuses });
      done += count;
      globalThis.gc?.();
      heapBytes.push(process.memoryUsage().heapUsed);
      options.onLife?.(done, heapBytes.at(-1)!);
    }
  } finally {
    process.off('uncaughtException', onUncaught);
    process.off('unhandledRejection', onUncaught);
  }
  return { failures, statuses, heapBytes };
}

function chosen(random: Random): readonly [name: string, attack: Attack] {
  let left = random.below(100);
  for (const [name, share, attack] of attacks) {
    if (left < share) return [name, attack];
    left -= share;
  }
  throw new Error('the shares do not add up to 100');
}

interface Found {
  readonly failures: string[];
  readonly statuses: Map<string, number>;
}

async function oneLife(
  { clients }: FuzzOptions,
  { first, count }: { readonly first: number; readonly count: number },
  record: Found,
): Promise<void> {
  const onFatal = (error: unknown): void => {
    record.failures.push(`fatal: ${String(error)}`);
  };
  const limits = { 'leat.limit.connections.per.ip': '1000' };
  await using server = await testServer({ onFatal }, { properties: limits });
  await server.engine.execute({ sql: setup, properties: {}, variables: {} });
  const { port } = server.server;
  let next = first;
  await Promise.all(
    Array.from({ length: clients }, async () => {
      const kept = new Kept();
      while (next < first + count && record.failures.length < failuresMax) {
        await oneRequest(next++, port, kept, record);
      }
      kept.drop();
    }),
  );
  const { status } = await fetch(`${server.url}/info`);
  if (status !== 200) record.failures.push(`after request ${next} /info answers ${status}`);
}

async function oneRequest(seed: number, port: number, kept: Kept, record: Found): Promise<void> {
  const random = new Random(seed);
  const [name, attack] = chosen(random);
  try {
    const outcome = await attack(random, port, kept);
    const kind = `${name} ${outcome.status}`;
    record.statuses.set(kind, (record.statuses.get(kind) ?? 0) + 1);
    if (isOurFault(outcome)) record.failures.push(`seed ${seed} ${kind}: ${outcome.body}`);
  } catch (error) {
    kept.drop();
    record.failures.push(
      `seed ${seed} ${name}: ${error instanceof Hang ? error.message : String(error)}`,
    );
  }
}
