import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryDirectory } from '../server/directories.ts';
import { ServeProcess } from '../server/serve-process.ts';
import { runLeat } from './run-leat.ts';

describe('leat serve', () => {
  test('a second process on the directory is refused with the pid of the first, status 73', async () => {
    using directory = temporaryDirectory();
    const first = new ServeProcess(directory.path);
    await first.ready;
    const second = await runLeat(['serve', '--data', directory.path, '--port', '0']);
    expect(second.status).toBe(73);
    expect(second.stderr).toContain(`is in use by process ${first.pid}`);
    const embedded = await runLeat(['sql', '--data', directory.path, '-e', 'SHOW STREAMS;']);
    expect(embedded.status).toBe(73);
    expect(embedded.stderr).toContain(`${first.pid}`);
    await first.kill('SIGKILL');
  });

  test('the directory of a killed process is free again', async () => {
    using directory = temporaryDirectory();
    const first = new ServeProcess(directory.path);
    await first.ready;
    await first.kill('SIGKILL');
    const second = new ServeProcess(directory.path);
    await second.ready;
    expect(await second.kill('SIGTERM')).toEqual({ code: 0, signal: null });
  });

  test.each(['SIGTERM', 'SIGINT'] as const)(
    '%s ends it with status 0, its log folded',
    async (signal) => {
      using directory = temporaryDirectory();
      const server = new ServeProcess(directory.path);
      const url = await server.ready;
      const made = await runLeat([
        'sql',
        '--server',
        url,
        '-e',
        "CREATE STREAM s (k STRING KEY, v INT) WITH (KAFKA_TOPIC='s', VALUE_FORMAT='JSON', PARTITIONS=1);",
      ]);
      expect(made).toMatchObject({ status: 0, stderr: '' });
      // A client that streams does not hold it up.
      const response = await fetch(`${url}/query-stream`, {
        method: 'POST',
        body: JSON.stringify({ sql: 'SELECT * FROM s EMIT CHANGES;' }),
      });
      const idle = connect(Number(new URL(url).port), '127.0.0.1').on('error', () => undefined);
      const began = performance.now();
      expect(await server.kill(signal)).toEqual({ code: 0, signal: null });
      expect(performance.now() - began).toBeLessThan(10_000);
      expect(server.stderr).not.toMatch(/"level":"(?:warn|error)"/);
      expect(readdirSync(directory.path).filter((name) => name.endsWith('-wal'))).toEqual([]);
      await response.text().catch(() => undefined);
      idle.destroy();
    },
  );

  test('a signal that comes while it starts ends it as well', async () => {
    using directory = temporaryDirectory();
    const server = new ServeProcess(directory.path);
    // It has begun when it has taken the directory.
    await expect
      .poll(() => readdirSync(directory.path).includes('owner.json'), { timeout: 10_000 })
      .toBe(true);
    expect(await server.kill('SIGTERM')).toEqual({ code: 0, signal: null });
  });

  test('a port in use is refused with status 71', async () => {
    using directory = temporaryDirectory();
    using other = temporaryDirectory();
    const first = new ServeProcess(directory.path);
    const port = new URL(await first.ready).port;
    const second = await runLeat(['serve', '--data', other.path, '--port', port]);
    expect(second.status).toBe(71);
    expect(second.stderr).toContain(`port ${port} on 127.0.0.1 is in use`);
    await first.kill('SIGKILL');
  });
});

describe('leat serve says what to do when', () => {
  test('the data directory is a file, status 78', async () => {
    using directory = temporaryDirectory();
    const path = join(directory.path, 'file');
    writeFileSync(path, '');
    const { status, stderr } = await runLeat(['serve', '--data', join(path, 'data')]);
    expect(stderr).toBe(
      `error: "${path}" is a file, not a directory\nhint: Name a directory; it is created if it is missing.\n`,
    );
    expect(status).toBe(78);
  });

  test.runIf(existsSync('/proc/self'))('the directory cannot be made, status 74', async () => {
    const { status, stderr } = await runLeat(['serve', '--data', '/proc/data']);
    expect(stderr).toMatch(
      /^error: directory "\/proc\/data" cannot be created\n.*\nhint: Choose a directory/,
    );
    expect(status).toBe(74);
  });

  test('the address is not one of this machine, status 78', async () => {
    using directory = temporaryDirectory();
    const address = ['--host', '192.0.2.1', '--insecure-no-tls', '--insecure-no-users'];
    const where = ['--data', directory.path, '--port', '0', ...address];
    const { status, stderr } = await runLeat(['serve', ...where]);
    expect(stderr).toMatch(
      /^error: this machine has no address 192\.0\.2\.1\nhint: Choose one with --host/m,
    );
    expect(status).toBe(78);
  });
});

describe('leat against a server', () => {
  test('hints at what the URL lacks', async () => {
    const { status, stderr } = await runLeat([
      'sql',
      '--server',
      'localhost:1',
      '-e',
      'SHOW STREAMS;',
    ]);
    expect(stderr).toContain('hint: A URL begins with http://');
    expect(status).toBe(1);
  });

  test('says when the URL is not a server’s root', async () => {
    using directory = temporaryDirectory();
    const server = new ServeProcess(directory.path);
    const url = `${await server.ready}/nowhere`;
    const { status, stderr } = await runLeat(['sql', '--server', url, '-e', 'SHOW STREAMS;']);
    expect(stderr).toContain(
      `error: Remote server at ${url} does not appear to be a valid KSQL server`,
    );
    expect(stderr).toContain('404');
    expect(status).toBe(1);
    await server.kill('SIGKILL');
  });

  test('datagen ends when its rows are refused', async () => {
    using directory = temporaryDirectory();
    const server = new ServeProcess(directory.path);
    const url = await server.ready;
    const create =
      "CREATE STREAM orders (id INT KEY, v INT) WITH (KAFKA_TOPIC='orders', VALUE_FORMAT='JSON', PARTITIONS=1);";
    await runLeat(['sql', '--server', url, '-e', create]);
    const ran = await runLeat(['datagen', '--server', url, '--quickstart', 'orders']);
    expect(ran.stderr).toMatch(/^error: Key field must be specified: ID\nhint: /);
    expect(ran.status).toBe(1);
    await server.kill('SIGKILL');
  });
});

describe('leat', () => {
  test.each([[], ['serve'], ['sql'], ['test'], ['datagen'], ['demo']])(
    '%s --help says what it is',
    async (...command) => {
      const { status, stdout, stderr } = await runLeat([...command, '--help']);
      expect([status, stderr]).toEqual([0, '']);
      expect(stdout).toMatch(/^Usage: leat/);
    },
  );

  test('what it does not know is refused', async () => {
    expect((await runLeat(['nothing'])).status).not.toBe(0);
    expect((await runLeat(['serve', '--port', 'x'])).stderr).toContain(
      'a port is a number from 0 to 65535',
    );
  });

  test('sql runs what is piped in, and fails when a statement does', async () => {
    using directory = temporaryDirectory();
    const args = ['sql', '--data', directory.path];
    const piped = await runLeat(
      args,
      "CREATE STREAM s (k STRING KEY, v INT) WITH (KAFKA_TOPIC='s', VALUE_FORMAT='JSON', PARTITIONS=1);\nINSERT INTO s VALUES ('a', 1);\nSELECT k, v FROM s;\n",
    );
    expect(piped).toMatchObject({ status: 0, stderr: '' });
    expect(piped.stdout).toMatch(/Stream created[\s\S]*\|\s*a\s*\|\s*1\s*\|/);
    const failed = await runLeat([...args, '-e', 'SELECT k, vv FROM s;']);
    expect(failed.status).toBe(1);
    expect(failed.stderr + failed.stdout).toContain("SELECT column 'VV' cannot be resolved");
    expect(failed.stderr + failed.stdout).toContain('^^');
  });

  test('the format of the output is taken in lower case, too', async () => {
    using directory = temporaryDirectory();
    const sql = ['sql', '--data', directory.path, '-e', 'SHOW STREAMS;', '--output'];
    const { stdout } = await runLeat([...sql, 'json']);
    expect(JSON.parse(stdout)).toMatchObject([{ '@type': 'streams' }]);
    expect((await runLeat([...sql, 'xml'])).stderr).toContain('Allowed choices are TABULAR, JSON.');
  });

  test.skipIf(!existsSync('/dev/full'))('sql says when its output takes no more', async () => {
    using directory = temporaryDirectory();
    const leat = `"${process.execPath}" src/leat.js sql --data "${directory.path}"`;
    const { status, stderr } = spawnSync('sh', ['-c', `${leat} -e 'SHOW STREAMS;' > /dev/full`], {
      cwd: join(import.meta.dirname, '../..'),
      encoding: 'utf8',
    });
    expect([status, stderr]).toEqual([1, expect.stringContaining('ENOSPC')]);
  });
});
