/** What a subscription makes of connections that fail in every way, over both transports. */
import { describe, expect, test } from 'vitest';
import { type Change, connect, type LeatClient } from '../../src/client/connect.ts';
import { type Scene, type ScriptedServer, schema, scriptedServer } from './scripted-server.ts';

const sql = 'SELECT * FROM t EMIT CHANGES WITH SNAPSHOT;';
const snapshot = (...ids: readonly string[]) => ({
  type: 'snapshot',
  rows: ids.map((id) => [id, 1, 2]),
});
const upsert = (id: string, n = 1) => ({ type: 'upsert', rows: [[id, n, 2]] });
const tick = (token: string) => ({ type: 'tick', token });
const end = { type: 'end', reason: 'completed' };
const expired = { type: 'error', error_code: 40001, message: 'too old', code: 'RESUME_EXPIRED' };
const row = (ID: string, N = 1n) => ({ ID, N, D: '2' });

type Transport = 'http' | 'websocket';

/** All changes of a subscription to a server that serves the scenes. */
async function changes(
  transport: Transport,
  scenes: readonly Scene[],
): Promise<readonly [readonly Change[], ScriptedServer['requests']]> {
  await using server = await scriptedServer(scenes);
  const all: Change[] = [];
  for await (const change of subscribe(connect(server.url), transport)) all.push(change);
  return [all, server.requests];
}

const subscribe = (client: LeatClient, transport: Transport) =>
  client.subscribe(sql, [], { transport, reconnect: { firstMs: 1, maxMs: 2 } });

describe.each<Transport>(['http', 'websocket'])('a subscription over %s', (transport) => {
  test('gives what is there, then changes, with the types of their columns', async () => {
    const [all, requests] = await changes(transport, [
      {
        frames: [
          schema,
          snapshot('a', 'b'),
          snapshot('c'),
          tick('t1'),
          { type: 'upsert', rows: [['a', 2 ** 53, 2]] },
          { type: 'delete', keys: [['b']] },
          { type: 'news', of: 'later versions' },
          tick('t2'),
          end,
        ],
      },
    ]);
    expect(all).toEqual([
      { kind: 'snapshot', rows: [row('a'), row('b')] },
      { kind: 'snapshot', rows: [row('c')] },
      { kind: 'tick', token: 't1' },
      { kind: 'upsert', rows: [row('a', 2n ** 53n)] },
      { kind: 'delete', keys: [{ ID: 'b' }] },
      { kind: 'tick', token: 't2' },
    ]);
    expect(requests).toEqual([{ sql, properties: {}, variables: {} }]);
  });

  test('goes on after the last whole commit when the connection breaks off', async () => {
    const [all, requests] = await changes(transport, [
      { frames: [schema, snapshot('a'), tick('t1'), upsert('b')], ending: 'cut' },
      { ending: 'cut' },
      { frames: [schema, upsert('b'), tick('t2'), upsert('c')], ending: 'close' },
      { frames: [schema, upsert('c'), tick('t3'), end] },
    ]);
    expect(all).toEqual([
      { kind: 'snapshot', rows: [row('a')] },
      { kind: 'tick', token: 't1' },
      { kind: 'upsert', rows: [row('b')] },
      { kind: 'tick', token: 't2' },
      { kind: 'upsert', rows: [row('c')] },
      { kind: 'tick', token: 't3' },
    ]);
    expect(requests.map(({ after }) => after)).toEqual([undefined, 't1', 't1', 't2']);
  });

  test('starts over when its token is too old, and says so', async () => {
    const [all, requests] = await changes(transport, [
      { frames: [schema, snapshot('a'), tick('t1')], ending: 'cut' },
      { frames: [expired] },
      { frames: [schema, snapshot('b'), tick('t9'), end] },
    ]);
    expect(all.slice(2)).toEqual([
      { kind: 'reset' },
      { kind: 'snapshot', rows: [row('b')] },
      { kind: 'tick', token: 't9' },
    ]);
    expect(requests.map(({ after }) => after)).toEqual([undefined, 't1', undefined]);
  });

  test('starts over when the snapshot breaks off', async () => {
    const [all] = await changes(transport, [
      { frames: [schema, snapshot('a')], ending: 'cut' },
      { frames: [schema, snapshot('a', 'b'), tick('t1'), end] },
    ]);
    expect(all.map(({ kind }) => kind)).toEqual(['snapshot', 'reset', 'snapshot', 'tick']);
  });

  test('tries again when it was too slow or the server stops, not when it is refused', async () => {
    const failure = (error_code: number, code: string) => ({
      type: 'error',
      error_code,
      message: code,
      code,
    });
    await using server = await scriptedServer([
      { frames: [schema, tick('t1'), failure(42900, 'SLOW_CONSUMER')] },
      { frames: [failure(50303, 'engine.shutting-down')] },
      { frames: [failure(40001, 'analyze.unknown-source')] },
    ]);
    const subscription = subscribe(connect(server.url), transport);
    const all = async () => {
      for await (const change of subscription)
        expect(change).toEqual({ kind: 'tick', token: 't1' });
    };
    await expect(all()).rejects.toMatchObject({ code: 'analyze.unknown-source', errorCode: 40001 });
    expect(server.requests.length).toBe(3);
    expect(subscription.token).toBe('t1');
  });

  test('that never connected is an error, and so is any break where it is not to connect again', async () => {
    const [first, second] = [
      scriptedServer([]),
      scriptedServer([{ frames: [schema], ending: 'cut' }]),
    ];
    await using none = await first;
    await using once = await second;
    const unreachable = { code: 'client.unreachable' };
    await expect(
      subscribe(connect(none.url), transport)[Symbol.asyncIterator]().next(),
    ).rejects.toMatchObject(unreachable);
    const options = { transport, reconnect: false } as const;
    const only = connect(once.url).subscribe(sql, [], options);
    await expect(only[Symbol.asyncIterator]().next()).rejects.toMatchObject(unreachable);
    expect([none.requests.length, once.requests.length]).toEqual([1, 1]);
  });

  test('ends with its signal, with close, and while it waits to connect again', async () => {
    await using server = await scriptedServer([
      { frames: [schema, tick('t1')], ending: 'stay' },
      { frames: [schema, tick('t1')], ending: 'stay' },
      { frames: [schema, tick('t1')], ending: 'cut' },
    ]);
    const client = connect(server.url);
    const abort = new AbortController();
    const aborted = client.subscribe(sql, [], { transport, signal: abort.signal });
    const read = async () => {
      for await (const _ of aborted) abort.abort(new Error('enough'));
    };
    await expect(read()).rejects.toThrow('enough');
    const closed = client.subscribe(sql, [], { transport });
    for await (const _ of closed) closed.close();
    const waiting = client.subscribe(sql, [], {
      transport,
      reconnect: { firstMs: 1e9, maxMs: 1e9 },
    });
    for await (const _ of waiting) setTimeout(() => waiting.close(), 20);
    expect(server.requests.length).toBe(3);
  });
});

describe('over HTTP', () => {
  test('a token that is refused before the answer begins starts over as well', async () => {
    const [all] = await changes('http', [
      { frames: [schema, tick('t1')], ending: 'cut' },
      { refuse: { status: 503, body: { error_code: 50302, message: 'Server initializing' } } },
      {
        refuse: {
          status: 400,
          body: { error_code: 40001, message: 'old', code: 'RESUME_EXPIRED' },
        },
      },
      { frames: [schema, tick('t2'), end] },
    ]);
    expect(all.map(({ kind }) => kind)).toEqual(['tick', 'reset', 'tick']);
  });
});

describe('over a WebSocket', () => {
  test('a reader that takes too little is cut off and goes on where it was', async () => {
    const big = { type: 'upsert', rows: [['x'.repeat(3 * 1024 * 1024), 1, 2]] };
    await using server = await scriptedServer([
      { frames: [schema, tick('t1'), big, tick('t2'), big, tick('t3')], ending: 'stay' },
      { frames: [schema, upsert('a'), tick('t4'), end] },
    ]);
    const seen: string[] = [];
    for await (const change of subscribe(connect(server.url), 'websocket')) {
      seen.push(change.kind === 'tick' ? change.token : change.kind);
      if (seen.length === 1) await expect.poll(server.closedSockets).toBe(1);
    }
    // How far it had come by then is the network's to say; nothing is missing between.
    expect(seen[0]).toBe('t1');
    expect(seen.slice(-2)).toEqual(['upsert', 't4']);
    expect(server.requests.length).toBe(2);
  });

  test('credentials go as far as they can', async () => {
    const client = connect('http://127.0.0.1:1', { authorization: { user: 'a', password: 'b' } });
    expect(() => client.subscribe(sql, [], { transport: 'websocket' })).toThrow(
      expect.objectContaining({ code: 'client.bad-options' }),
    );
  });
});
