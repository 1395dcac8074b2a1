import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { TabularPrinter } from './output/tabular.ts';
import { Session } from './session.ts';
import { TestBackend } from './shell/backend.test-support.ts';

function openSession() {
  const backend = new TestBackend();
  const session = new Session(backend);
  let text = '';
  const printer = new TabularPrinter({
    write: (piece) => {
      text += piece;
    },
    width: 60,
  });
  return {
    backend,
    session,
    run: (sql: string) => session.run(sql, printer),
    text: () => text,
    sent: () => backend.requests.map(({ sql }) => sql),
  };
}

describe('requests', () => {
  test('runs of ordinary statements are sent together, queries by themselves', async () => {
    const { backend, run, sent } = openSession();
    const done = run('show streams; show tables;\nselect 1 from s; list topics;');
    await expect.poll(() => backend.queries.length, { interval: 1 }).toBe(1);
    backend.queries[0]?.finish('completed');
    await done;
    expect(sent().map((sql) => sql.trim())).toEqual([
      'show streams; show tables;',
      'select 1 from s;',
      'list topics;',
    ]);
  });

  test('lines and columns stay those of the whole text', async () => {
    const { run, sent, session } = openSession();
    await run("set 'auto.offset.reset'='earliest';\n  show streams;");
    expect(sent()).toEqual([`${' '.repeat(35)}\n  show streams;`]);
    expect(session.sqlAtFault).toBe(sent()[0]);
  });

  test('variables are replaced before anything is sent, once', async () => {
    const { run, backend } = openSession();
    await run("define s = 'orders'; describe ${s}; drop stream x; insert into x values ('$${s}');");
    expect(backend.requests.map(({ sql }) => sql.trim().split('\n'))).toEqual([
      ['describe orders;', 'drop stream x;', "insert into x values ('${s}');"],
    ]);
    expect(backend.requests[0]?.variables).toEqual({});
  });

  test('an error anywhere in the text keeps all of it from running', async () => {
    const { run, sent } = openSession();
    await expect(run('show streams; selekt;')).rejects.toThrow('Syntax Error');
    expect(sent()).toEqual([]);
  });
});

test('an interrupt while a query is being started closes it', async () => {
  const { backend, session, run, text } = openSession();
  const start = backend.query.bind(backend);
  backend.query = async (request) => {
    const stream = await start(request);
    await session.interrupt();
    return stream;
  };
  await run('select x from s emit changes; show streams;');
  expect(backend.queries[0]?.end()).toBe('closed');
  expect(backend.requests.length).toBe(1);
  expect(text().endsWith('Query terminated\n')).toBe(true);
});

describe('properties', () => {
  test('go with every request', async () => {
    const { run, backend, text } = openSession();
    await run("set 'auto.offset.reset'='earliest'; show streams;");
    expect(backend.requests[0]?.properties).toEqual({ 'auto.offset.reset': 'earliest' });
    expect(text()).toContain(
      "Successfully changed local property 'auto.offset.reset' to 'earliest'. Use the UNSET command to revert your change.\n",
    );
  });

  test('say what they were, and can be unset once', async () => {
    const { run, text } = openSession();
    await run("set 'auto.offset.reset'='earliest'; set 'auto.offset.reset'='latest';");
    expect(text()).toContain("property 'auto.offset.reset' from 'earliest' to 'latest'.\n");
    await run("unset 'auto.offset.reset';");
    expect(text()).toContain(
      "Successfully unset local property 'auto.offset.reset' (value was 'latest').\n",
    );
    await expect(run("unset 'auto.offset.reset';")).rejects.toThrow(
      "Cannot unset local property 'auto.offset.reset' which was never set in the first place",
    );
  });
});

describe('scripts', () => {
  test('are run in place', async () => {
    const { run, sent } = openSession();
    const file = join(mkdtempSync(join(tmpdir(), 'leat-script-')), 'a.sql');
    writeFileSync(file, 'show tables;');
    await run(`show streams; run script '${file}'; list topics;`);
    expect(sent().map((sql) => sql.trim())).toEqual([
      'show streams;',
      'show tables;',
      'list topics;',
    ]);
  });

  test('that run themselves are stopped', async () => {
    const { run } = openSession();
    const file = join(mkdtempSync(join(tmpdir(), 'leat-script-')), 'a.sql');
    writeFileSync(file, `run script '${file}';`);
    await expect(run(`run script '${file}';`)).rejects.toThrow('is nested more than 16 deep');
  });

  test('that do not exist are named', async () => {
    await expect(openSession().run("run script '/no/such';")).rejects.toThrow(
      'Failed to read file: /no/such',
    );
  });
});

test('rows of a large frame come out whole, with their tombstones', async () => {
  const { backend, run, text } = openSession();
  const done = run('select x from t emit changes;');
  await expect.poll(() => backend.queries.length, { interval: 1 }).toBe(1);
  backend.queries[0]?.push(...Array.from({ length: 2_500 }, (_, at) => `[${at}]`));
  backend.queries[0]?.finish('completed');
  await done;
  const lines = text().split('\n');
  expect(lines.filter((line) => /^\|\d/.test(line)).length).toBe(2_500);
  expect(text().endsWith('Query Completed\nQuery terminated\n')).toBe(true);
});

test('a command that a server carried out and that failed is an error', async () => {
  const { backend, run, text } = openSession();
  backend.answer = (sql) => [
    {
      statementText: sql,
      entity: {
        '@type': 'currentStatus',
        commandStatus: { status: 'ERROR', message: 'no room\nat all' },
      },
      warnings: [],
      session: null,
    },
  ];
  await expect(run('drop stream x;')).rejects.toThrow(/^no room$/);
  expect(text()).toBe('');
});
