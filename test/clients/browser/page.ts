/** What the page of browser.test.ts does; it tells the test's server what it saw. */
import { connect } from '../../../src/client/connect.ts';

interface Row {
  readonly USER_ID: string;
  readonly N: bigint;
}

/** Of the browser. */
declare const location: { readonly href: string };

const here = new URL(location.href);
const leat = here.searchParams.get('leat') as string;
const user = here.searchParams.get('user');

async function run(): Promise<object> {
  const client = connect(leat, {
    properties: { 'auto.offset.reset': 'earliest' },
    ...(user === null ? {} : { authorization: { user, password: `${user}-secret` } }),
  });
  const [created] = await client.execute('SHOW TABLES;');
  const writer = client.insertStream('views');
  await writer.writeAll(
    Array.from({ length: 1_000 }, (_, ms) => ({ user_id: 'ann', page: 'p', ms })),
  );
  const known = new Map<string, bigint>();
  const kinds = new Set<string>();
  const subscription = client.subscribe<Row>('SELECT * FROM per_user EMIT CHANGES WITH SNAPSHOT;');
  for await (const change of subscription) {
    kinds.add(change.kind);
    if (change.kind === 'snapshot' || change.kind === 'upsert')
      for (const { USER_ID, N } of change.rows) known.set(USER_ID, N);
    if (change.kind === 'tick' && known.get('bob') === 2n ** 1n) break;
    if (change.kind === 'tick' && known.get('bob') === undefined)
      await writer.writeAll(['bob', 'bob'].map((user_id) => ({ user_id, page: 'p', ms: 1 })));
  }
  const pulled = await client.pull<Row>('SELECT * FROM per_user WHERE user_id = ?;', ['bob']).all();
  const pushed = await client
    .push<{ MS: number }>('SELECT ms FROM views EMIT CHANGES LIMIT 1000;')
    .all();
  return {
    reply: created?.['@type'],
    kinds: [...kinds].sort(),
    known: [...known].map(([user, n]) => [user, String(n)]),
    pulled: pulled.map(({ N }) => String(N)),
    pushed: pushed.length,
    socket: user === null ? await socketQuery() : [],
    refused: await client.execute('SELEC;').catch((error: Error & { code: string }) => error.code),
  };
}

/** ksqlDB's own WebSocket route, as any page would use it. */
function socketQuery(): Promise<readonly string[]> {
  return new Promise((resolve) => {
    const request = { ksql: "SELECT n FROM per_user WHERE user_id = 'bob';" };
    const query = encodeURIComponent(JSON.stringify(request));
    const socket = new WebSocket(`${leat.replace('http', 'ws')}/ws/query?request=${query}`);
    const frames: string[] = [];
    socket.onmessage = ({ data }) => frames.push(String(data));
    socket.onclose = ({ code }) => resolve([...frames.slice(1), String(code)]);
  });
}

const outcome = await run().catch((error: Error & { readonly hint?: string }) => ({
  failed: `${error.message}\n${error.hint}\n${error.stack}`,
}));
await fetch('/result', { method: 'POST', body: JSON.stringify(outcome) });
