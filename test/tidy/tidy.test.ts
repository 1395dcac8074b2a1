/** Style that a machine can check. Each failure says what to do instead. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { type Layer, layers, packages } from './layers.ts';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

interface Source {
  readonly path: string;
  readonly text: string;
}

function sourcesIn(folder: string): Source[] {
  const at = join(root, folder);
  try {
    if (!statSync(at).isDirectory()) return [];
  } catch {
    return [];
  }
  return readdirSync(at, { recursive: true })
    .map(String)
    .filter((file) => file.endsWith('.ts'))
    .map((file) => ({
      path: normalize(join(folder, file)),
      text: readFileSync(join(at, file), 'utf8'),
    }));
}

const isTest = ({ path }: Source) => /\.test\.ts$|test-helper|test-support/.test(path);
const sources = ['src', 'grammar'].flatMap(sourcesIn);
const product = sources.filter((source) => !isTest(source));

/** Without comments and the insides of strings and templates, so that words in messages and generated code do not count. */
function codeOf(text: string): string {
  return text
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/\/\/.*$/gm, '')
    .replace(/'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\[\s\S])*`/g, "''");
}

function importsOf(text: string): string[] {
  const statements =
    /(?:^|\n)\s*(?:import|export)\b[^'";]*?from\s+'([^']+)'|(?:^|\n)import\s+'([^']+)'|import\(\s*'([^']+)'\s*\)/g;
  return [...text.matchAll(statements)].map(
    (found) => (found[1] ?? found[2] ?? found[3]) as string,
  );
}

function layerOf(path: string): number {
  return layers.findIndex(({ folder }) => path.startsWith(`${folder}/`));
}

describe('layers', () => {
  test('a folder imports only folders above it', () => {
    const wrong = sources.flatMap((source) => {
      const own = layerOf(source.path);
      return importsOf(source.text)
        .filter((target) => target.startsWith('.'))
        .map((target) => relative(root, resolve(root, dirname(source.path), target)))
        .filter((target) => layerOf(target) > own && own >= 0)
        .map(
          (target) =>
            `${source.path} imports ${target}: move what both need up, or turn the call around`,
        );
    });
    expect(wrong).toEqual([]);
  });

  test('the client imports nothing of the server but the names of its media types', () => {
    const wrong = product
      .filter(({ path }) => path.startsWith('src/client/'))
      .flatMap((source) =>
        importsOf(source.text).filter(
          (target) => target.includes('../server/') && !target.endsWith('/media-types.ts'),
        ),
      );
    expect(wrong).toEqual([]);
  });

  test('a folder imports only the packages it is meant to', () => {
    const wrong = product.flatMap((source) => {
      const folder = layers[layerOf(source.path)]?.folder;
      const allowed = folder === undefined ? undefined : (packages[folder] ?? []);
      return importsOf(source.text)
        .filter((target) => !target.startsWith('.'))
        .filter(
          (target) =>
            allowed !== undefined &&
            !allowed.some((name) =>
              name.endsWith('*') ? target.startsWith(name.slice(0, -1)) : target === name,
            ),
        )
        .map((target) => `${source.path} imports ${target}: see test/tidy/layers.ts`);
    });
    expect(wrong).toEqual([]);
  });

  const impure: readonly (readonly [RegExp, string])[] = [
    [/\basync\b|\bawait\b/, 'no async: the shell fetches, the core computes'],
    [/\bDate\.now\b|\bnew Date\(\)|\bperformance\b/, 'no clock: it comes in as an argument'],
    [/\bMath\.random\b|\bcrypto\.random/, 'no randomness: it comes in as an argument'],
    [/\bsetTimeout\b|\bsetInterval\b|\bsetImmediate\b/, 'no timers'],
    [/(?<![.#\w])process\./, 'no process'],
    [/(?<![.#\w])console\./, 'no console'],
  ];
  test.each(layers.filter((layer) => layer.pure).map((layer) => [layer.folder, layer] as const))(
    '%s is pure',
    (folder, layer: Layer) => {
      const wrong = product
        .filter(({ path }) => path.startsWith(`${folder}/`) && layer.except?.[path] === undefined)
        .flatMap((source) => {
          const code = codeOf(source.text);
          return impure
            .filter(([pattern]) => pattern.test(code))
            .map(([, advice]) => `${source.path}: ${advice}`);
        });
      expect(wrong).toEqual([]);
    },
  );
});

describe('files', () => {
  test('none is a barrel, none exports a default', () => {
    const wrong = product.filter(
      ({ path, text }) =>
        (/\/index\.ts$/.test(path) && path !== 'src/index.ts') ||
        /\bexport default\b/.test(codeOf(text)),
    );
    expect(wrong.map(({ path }) => path)).toEqual([]);
  });

  test('none holds more than one idea: at most 400 lines, tables 800', () => {
    const wrong = product.flatMap(({ path, text }) => {
      const lines = text.split('\n').length;
      const most = /table\.ts$|ast\.ts$/.test(path) ? 800 : 400;
      return lines > most ? [`${path} has ${lines} lines: split it by idea`] : [];
    });
    expect(wrong).toEqual([]);
  });

  test('every file of a folder that grows is in its table', () => {
    const tables: readonly (readonly [folder: string, table: string, skip: RegExp])[] = [
      ['src/server/routes', 'src/server/routes/table.ts', /table\.ts$/],
    ];
    const wrong = tables.flatMap(([folder, table, skip]) => {
      const text = readFileSync(join(root, table), 'utf8');
      const imported = new Set(
        importsOf(text).map((target) => relative(root, resolve(root, dirname(table), target))),
      );
      return product
        .filter(({ path }) => dirname(path) === folder && !skip.test(path) && !imported.has(path))
        .map(({ path }) => `${path} is not in ${table}`);
    });
    expect(wrong).toEqual([]);
  });

  test('nothing is left to do later', () => {
    const wrong = sources
      .filter(({ text }) => /\b(TODO|FIXME|XXX)\b/.test(text))
      .map(({ path }) => path);
    expect(wrong).toEqual([]);
  });
});
