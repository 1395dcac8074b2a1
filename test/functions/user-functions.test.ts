/** docs/user-functions.md: its file is type-checked, its examples pass, its statements run, across a restart. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { Engine } from '../../src/engine/api.ts';
import { openEngine } from '../../src/index.ts';

const root = resolve(import.meta.dirname, '../..');
const page = readFileSync(join(root, 'docs/user-functions.md'), 'utf8');
const directory = mkdtempSync(join(tmpdir(), 'leat-functions-'));
const functions = join(directory, 'functions');
afterAll(() => rmSync(directory, { recursive: true }));

function block(head: string): string {
  const start = page.indexOf(`\`\`\`${head}\n`) + head.length + 4;
  return page.slice(start, page.indexOf('```', start));
}

mkdirSync(functions);
writeFileSync(join(functions, 'shop.ts'), block('ts functions/shop.ts'));
writeFileSync(join(directory, 'package.json'), '{"type":"module"}');

function run(...args: string[]): { readonly status: number | null; readonly output: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: root,
    encoding: 'utf8',
  });
  return { status, output: stdout + stderr };
}

async function rowsOf(engine: Engine, sql: string): Promise<readonly string[]> {
  const rows: string[] = [];
  const stream = await engine.query({ sql, properties: {}, variables: {} });
  for await (const frame of stream) rows.push(...frame.rows);
  return rows;
}

const execute = (engine: Engine, sql: string) =>
  engine.execute({ sql, properties: { 'auto.offset.reset': 'earliest' }, variables: {} });

describe('the example of docs/user-functions.md', () => {
  test('has the types that its signatures say', () => {
    const config = {
      extends: join(root, 'tsconfig.json'),
      compilerOptions: {
        rootDir: '/',
        declaration: false,
        isolatedDeclarations: false,
        paths: { leat: [join(root, 'src/index.ts')] },
        typeRoots: [join(root, 'node_modules/@types')],
      },
      include: ['functions/*.ts'],
    };
    writeFileSync(join(directory, 'tsconfig.json'), JSON.stringify(config));
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    const { output } = run(tsc, '-p', join(directory, 'tsconfig.json'));
    expect(output.split('\n').filter((line) => line.includes('shop.ts'))).toEqual([]);
  });

  test('passes `leat functions check`, and fails it under another setting', () => {
    const check = ['src/leat.js', 'functions', 'check', functions];
    const { status, output } = run(...check);
    expect(output).toContain('4 functions, 6 examples passed, 0 failed');
    expect(status).toBe(0);
    const other = run(...check, '--set', 'ksql.functions.with_vat.percent=19');
    expect(other.output).toContain('FAIL with_vat(10.00) => 12.00\n       gave 11.90');
    expect(other.status).toBe(1);
  });

  test('runs, and goes on after a restart', async () => {
    const data = join(directory, 'data');
    const options = {
      directory: data,
      functionsDirectory: functions,
      durability: 'process',
    } as const;
    {
      await using engine = await openEngine(options);
      const replies = await execute(engine, block('sql'));
      expect(replies.at(-1)?.entity).toMatchObject({
        name: 'INITIALS',
        path: join(functions, 'shop.ts'),
        examples: [
          { sql: "initials('Ada Lovelace')", result: 'AL' },
          { sql: "initials('Ada Lovelace', '.')", result: 'A.L' },
          { sql: 'initials(NULL)', result: 'null' },
        ],
      });
      await engine.settle();
    }
    {
      await using engine = await openEngine(options);
      await execute(engine, "INSERT INTO people VALUES (3, 'Ann Lund', 1.0);");
      await engine.settle();
      const [row] = await rowsOf(engine, "SELECT * FROM means WHERE who = 'AL';");
      const [who, mean] = JSON.parse(row!) as [string, number];
      expect(who).toBe('AL');
      expect(mean).toBeCloseTo(21.544);
    }
    await expect(openEngine({ directory: data })).rejects.toThrow(
      'Query CTAS_MEANS_1 calls INITIALS(STRING text) -> STRING, which is not there',
    );
  });
});

describe('functions of a directory', () => {
  test('that throw give NULL and a processing error', async () => {
    await using engine = await openEngine({ functionsDirectory: functions });
    await execute(
      engine,
      `CREATE STREAM s (k INT KEY, t STRING, n INT)
         WITH (KAFKA_TOPIC='s', VALUE_FORMAT='JSON', PARTITIONS=1);
       CREATE STREAM pieces AS SELECT k, chunks(t, n) AS piece FROM s;
       INSERT INTO s VALUES (1, 'abc', 0); INSERT INTO s VALUES (2, 'abc', 2);`,
    );
    await engine.settle();
    expect(await rowsOf(engine, 'SELECT * FROM pieces;')).toEqual(['[2,"ab"]', '[2,"c"]']);
    expect((await engine.metrics())['processing_errors_total']).toBe(1);
  });

  test('see server properties, and an array in the place of variadic arguments', async () => {
    const at = mkdtempSync(join(directory, 'variadic-'));
    writeFileSync(
      join(at, 'lengths.ts'),
      `import { aggregate, table } from 'leat';
       const described = { doc: 'Lengths.', examples: [] };
       export const total = aggregate({ name: 'total', ...described, overloads: [{
         signature: '(STRING... texts) -> BIGINT',
         init: () => 0n,
         add: (sum: bigint, ...texts) => sum + BigInt(texts.join('').length),
         merge: (a: bigint, b: bigint) => a + b,
       }] });
       export const lengths = table({ name: 'lengths', ...described, overloads: [{
         signature: '(STRING... texts) -> INTEGER',
         bind: ({ property }) => {
           const more = Number(property('ksql.functions.lengths.more') ?? '0');
           return (...texts: string[]) => texts.map((text) => text.length + more);
         },
       }] });`,
    );
    await using engine = await openEngine({
      functionsDirectory: at,
      properties: { 'ksql.functions.lengths.more': '10' },
    });
    await execute(
      engine,
      `CREATE STREAM s (k INT KEY, l ARRAY<STRING>)
         WITH (KAFKA_TOPIC='s', VALUE_FORMAT='JSON', PARTITIONS=1);
       CREATE STREAM each AS SELECT k, lengths(l) AS n FROM s;
       CREATE TABLE sums AS SELECT k, total(l) AS n FROM s GROUP BY k;
       INSERT INTO s VALUES (1, ARRAY['a', 'bcd']);`,
    );
    await engine.settle();
    expect(await rowsOf(engine, 'SELECT * FROM each;')).toEqual(['[1,11]', '[1,13]']);
    expect(await rowsOf(engine, 'SELECT * FROM sums;')).toEqual(['[1,4]']);
  });

  const broken: readonly (readonly [what: string, text: string, message: string])[] = [
    ['that is no JavaScript', 'export const =', 'broken.ts: '],
    ['that throws', "throw new Error('not today');", 'broken.ts: not today'],
    ['that exports nothing', 'export const a = 1;', 'broken.ts: exports no function'],
    [
      'with the name of a built-in function',
      `import { scalar } from 'leat';
       export const a = scalar({ name: 'Len', doc: 'a', examples: [],
         overloads: [{ signature: '(STRING t) -> INTEGER', call: (t) => t.length }] });`,
      "Can't add function LEN with parameters [STRING] as a function with the same name and parameter types already exists",
    ],
  ];
  test.each(broken)('a file %s refuses the start', async (_what, text, message) => {
    const at = mkdtempSync(join(directory, 'broken-'));
    writeFileSync(join(at, 'broken.ts'), text);
    await expect(openEngine({ properties: { 'ksql.extension.dir': at } })).rejects.toThrow(message);
    await using engine = await openEngine({
      properties: { 'ksql.extension.dir': at, 'ksql.udfs.enabled': 'false' },
    });
    expect(await engine.topics()).toEqual(expect.any(Array));
  });

  test('that does not exist refuse the start', async () => {
    const nowhere = join(directory, 'nowhere');
    await expect(openEngine({ functionsDirectory: nowhere })).rejects.toThrow(
      `Could not read the functions in ${nowhere}`,
    );
  });
});
