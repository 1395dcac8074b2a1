/** Clients that never finish do not keep a server from ending within its ten seconds. */
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { temporaryDirectory } from '../server/directories.ts';
import { ServeProcess } from '../server/serve-process.ts';

test('a request that never arrives and a reader that never reads', async () => {
  using directory = temporaryDirectory();
  const server = new ServeProcess(directory.path);
  const url = await server.ready;
  const port = Number(new URL(url).port);
  const execute = (ksql: string) =>
    fetch(`${url}/ksql`, { method: 'POST', body: JSON.stringify({ ksql }) });
  await execute(
    "CREATE STREAM s (v STRING) WITH (KAFKA_TOPIC='s', VALUE_FORMAT='JSON', PARTITIONS=1);",
  );
  const row = `${JSON.stringify({ V: 'x'.repeat(100_000) })}\n`;
  await fetch(`${url}/leat/v1/inserts`, {
    method: 'POST',
    body: `{"target":"s"}\n${row.repeat(200)}`,
  }).then((response) => response.text());
  const open = (path: string, length: number, body: string) => {
    const socket = connect(port, '127.0.0.1').on('error', () => undefined);
    socket.write(
      `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${length}\r\n\r\n${body}`,
    );
    return socket.pause();
  };
  const query = JSON.stringify({
    sql: 'SELECT * FROM s EMIT CHANGES;',
    properties: { 'auto.offset.reset': 'earliest' },
  });
  const sockets = [open('/ksql', 1_000, '{"ksql"'), open('/query-stream', query.length, query)];
  await expect
    .poll(async () => await (await fetch(`${url}/metrics`)).text(), { timeout: 10_000 })
    .toContain('leat_requests_active 3');
  const began = performance.now();
  expect(await server.kill('SIGTERM')).toEqual({ code: 0, signal: null });
  expect(performance.now() - began).toBeLessThan(10_000);
  for (const socket of sockets) socket.destroy();
}, 60_000);
