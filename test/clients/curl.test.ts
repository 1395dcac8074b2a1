/** curl, with every version of HTTP that it speaks. */
import { execFile, execFileSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { certificate, securedServer } from '../server/security.test-support.ts';
import { insertViews, pageviews, type TestServer, testServer } from '../server/test-server.ts';

const hasCurl: boolean = (() => {
  try {
    return execFileSync('curl', ['--version'], { encoding: 'utf8' }).includes('HTTP2');
  } catch {
    return false;
  }
})();
const about = hasCurl ? 'curl' : 'curl (it is not installed, or without HTTP/2)';

/** What curl prints; throws what it says when it fails. */
function curl(...args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const all = ['--silent', '--show-error', '--max-time', '20', ...args];
    execFile('curl', all, (error, out, err) => {
      if (error === null) resolve(out);
      else reject(new Error(err));
    });
  });
}

const ways: readonly (readonly [name: string, flags: readonly string[]])[] = [
  ['over HTTP/1.1', []],
  ['over HTTP/2 by an upgrade that is not taken', ['--http2']],
  ['over HTTP/2 with prior knowledge', ['--http2-prior-knowledge']],
];
const inserts = '{"target":"views"}\n{"USER_ID":"ann","PAGE":"home","MS":1}\n{"USER_ID":"bob"}';
const acknowledged = '{"status":"ok","seq":0}\n{"status":"ok","seq":1}\n';

describe.skipIf(!hasCurl).each(ways)(`${about}, %s`, (_, flags) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await testServer();
    await server.engine.execute({ sql: pageviews, properties: {}, variables: {} });
    await insertViews(server.engine, [['ann', 'home', 1]]);
    await server.engine.settle();
  });
  afterAll(() => server[Symbol.asyncDispose]());
  const post = (path: string, body: string) =>
    curl(...flags, '--data-binary', body, `${server.url}${path}`);

  test('asks, and pulls', async () => {
    expect(await curl(...flags, `${server.url}/info`)).toContain('"serverStatus":"RUNNING"');
    const rows = await post('/query', '{"ksql":"SELECT n FROM per_user;"}');
    expect(rows).toContain('"schema":"`N` BIGINT"}},\n{"row":{"columns":[1]}}]');
  });

  test('pushes up to a limit', async () => {
    const sql = 'SELECT page, ms FROM views EMIT CHANGES LIMIT 1;';
    expect(await post('/query-stream', JSON.stringify({ sql }))).toMatch(/\n\["home",1\]\n$/);
  });

  test('subscribes up to a limit', async () => {
    const sql = 'SELECT page FROM views EMIT CHANGES WITH SNAPSHOT LIMIT 1;';
    expect(await post('/leat/v1/subscribe', JSON.stringify({ sql }))).toContain(
      '{"type":"end","reason":"limit"}\n',
    );
  });

  test('inserts', async () => {
    expect(await post('/leat/v1/inserts', inserts)).toBe(acknowledged);
    const answer = await post('/inserts-stream', inserts);
    if (flags.includes('--http2-prior-knowledge')) expect(answer).toBe(acknowledged);
    else expect(JSON.parse(answer)).toMatchObject({ error_code: 40004 });
  });
});

describe.skipIf(!hasCurl).each([
  ['over TLS', ['--http2'], '2'],
  ['over TLS without HTTP/2', ['--http1.1'], '1.1'],
])(`${about}, %s`, (_, flags, version) => {
  test('asks, trusting the server or not', async () => {
    await using server = await securedServer({ 'leat.tls.certificate': certificate('server.pem') });
    const asked = [...flags, '--write-out', ' %{http_version}', `${server.url}/info`];
    expect(await curl('--insecure', ...asked)).toMatch(new RegExp(`"RUNNING".* ${version}$`));
    expect(await curl('--cacert', certificate('authority.pem'), ...asked)).toContain('"RUNNING"');
    await expect(curl(...asked)).rejects.toThrow('SSL certificate problem');
  });
});
