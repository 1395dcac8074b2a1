/** Users and certificates at the command line, and the five commands of docs/security.md. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, test } from 'vitest';
import { temporaryDirectory } from '../server/directories.ts';
import { certificate } from '../server/security.test-support.ts';
import { runLeat } from './run-leat.ts';

const entry = join(import.meta.dirname, '../../src/leat.js');

/** A process in a directory of its own; `input` is what it reads. */
async function run(
  directory: string,
  command: readonly string[],
  input = '',
  environment: Readonly<Record<string, string>> = {},
): Promise<{ readonly status: number | null; readonly stdout: string; readonly stderr: string }> {
  const child = start(directory, command, environment);
  const texts = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      texts[name] += text;
    });
  child.stdin?.on('error', () => undefined).end(input);
  const status = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { status, ...texts };
}

function start(
  directory: string,
  [command = '', ...args]: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): ChildProcess {
  const isLeat = command === 'leat';
  return spawn(isLeat ? process.execPath : command, isLeat ? [entry, ...args] : args, {
    cwd: directory,
    stdio: 'pipe',
    env: { ...process.env, ...environment },
  });
}

describe('leat user', () => {
  test('keeps a file that is its owner’s alone, without a password in it', async () => {
    using directory = temporaryDirectory();
    const users = join(directory.path, 'users');
    const file = ['--users', users];
    const add = ['user', 'add', 'ann', '--role', 'admin', '--role', 'sales', ...file];
    expect(await runLeat(add, 'correct horse\n')).toMatchObject({
      status: 0,
      stdout: `Added ann (admin, sales) in ${users}\n`,
    });
    expect(statSync(users).mode & 0o777).toBe(0o600);
    const text = readFileSync(users, 'utf8');
    expect(text).toMatch(/^ann: scrypt:17:8:1:[\w-]{22}:[\w-]{43},admin,sales\n$/);
    expect(text).not.toContain('correct');
    expect((await runLeat(['user', 'list', ...file])).stdout).toBe('ann admin,sales\n');
    expect((await runLeat(['user', 'remove', 'bob', ...file])).status).toBe(78);
    expect((await runLeat(['user', 'remove', 'ann', ...file])).status).toBe(0);
    expect((await runLeat(['user', 'list', ...file])).stdout).toBe('');
  });

  test.each([
    ['a short password', ['ann', '--role', 'read'], 'short\n', '8 characters at least'],
    ['no password', ['ann', '--role', 'read'], '', 'no password was given'],
    ['no role', ['ann', '--role', 'boss'], 'correct horse\n', "none of Leat's roles"],
    ['an odd name', ['a:n', '--role', 'read'], 'correct horse\n', 'is no name for a user'],
    ['an odd role', ['ann', '--role', 'read', '--role', 'a,b'], 'x\n', 'no name for a role'],
  ])('refuses %s', async (_what, args, input, message) => {
    using directory = temporaryDirectory();
    const { status, stderr } = await run(directory.path, ['leat', 'user', 'add', ...args], input);
    expect(status).not.toBe(0);
    expect(stderr).toContain(message);
  });
});

describe('leat serve outside loopback', () => {
  const tls = ['--tls-certificate', certificate('server.pem')];

  test.each([
    ['without anything', [], '--insecure-no-tls'],
    ['without users', tls, '--insecure-no-users'],
    ['without TLS', ['--insecure-no-users'], '--insecure-no-tls'],
    ['with a listener that is none', ['--set', 'listeners=ftp://x'], 'is no listener'],
    [
      'as a property says',
      ['--set', 'listeners=http://127.0.0.1:0,https://0.0.0.0:0', ...tls],
      '--insecure-no-users',
    ],
  ])('%s does not start: status 78, and what to do', async (_how, args, message) => {
    using directory = temporaryDirectory();
    const address = args.some((arg) => arg.startsWith('listeners='))
      ? []
      : ['--host', '0.0.0.0', '--port', '0'];
    const { status, stderr } = await runLeat([
      ...['serve', '--data', join(directory.path, 'data'), ...address],
      ...args,
    ]);
    expect([status, stderr]).toEqual([78, expect.stringContaining(message)]);
  });
});

describe('leat sql', () => {
  test.each([
    [['-p', 'x'], 'You must specify both a username and a password.'],
    [['-u', 'a', '-t', 'x'], 'Only one of username/password or token can be provided'],
  ])('%j is refused', async (args, message) => {
    const server = ['--server', 'http://127.0.0.1:1'];
    const { status, stderr } = await runLeat(['sql', ...server, ...args, '-e', 'SHOW STREAMS;']);
    expect(status).toBe(1);
    expect(stderr).toContain(message);
  });
});

test('the five commands of docs/security.md serve another machine', async () => {
  const text = readFileSync(join(import.meta.dirname, '../../docs/security.md'), 'utf8');
  const block = /```sh\n([\s\S]*?)```/.exec(text)?.[1] ?? '';
  const [makeCertificate = '', addUser = '', serve = '', trust = '', sql = ''] = block.split('\n');
  using directory = temporaryDirectory();
  const { path } = directory;
  expect((await run(path, makeCertificate.split(' '))).status).toBe(0);
  expect((await run(path, addUser.split(' '), 'correct horse\n')).status).toBe(0);
  const child = start(path, [...serve.split(' '), '--port', '0']);
  try {
    const lines: string[] = [];
    for await (const line of createInterface({ input: child.stdout as NodeJS.ReadableStream }))
      if (lines.push(line) === 2) break;
    const url = /at (https:\S+)/.exec(lines[0] ?? '')?.[1] ?? '';
    const { port } = new URL(url);
    expect(lines[1]).toBe(`  leat sql --server https://localhost:${port} --user NAME`);
    expect(trust).toBe('export NODE_EXTRA_CA_CERTS=$PWD/cert.pem');
    const trusting = { NODE_EXTRA_CA_CERTS: join(path, 'cert.pem') };
    const at = sql.replace(':8088', `:${port}`).split(' ');
    const shown = await run(path, [...at, '-e', 'SHOW STREAMS;'], 'correct horse\n', trusting);
    expect(shown).toMatchObject({ status: 0, stdout: expect.stringContaining('Stream Name') });
    const generated = await run(
      path,
      [
        ...['leat', 'datagen', '--quickstart', 'users', '--iterations', '3'],
        ...at.slice(at.indexOf('--server')),
      ],
      'correct horse\n',
      trusting,
    );
    expect(generated).toMatchObject({ status: 0, stderr: expect.stringContaining('3 rows') });
    const refused = await run(path, [...at, '-e', 'SHOW STREAMS;'], 'wrong horse\n', trusting);
    expect(refused).toMatchObject({ status: 1, stderr: expect.stringContaining('Unauthorized') });
  } finally {
    child.kill('SIGKILL');
  }
});
