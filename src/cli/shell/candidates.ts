/** What Tab offers: of the engine, or of the grammar with the names that a server lists. */
import { type Candidates, complete } from '../../../grammar/complete.ts';
import { splitStatements } from '../../../grammar/split.ts';
import { quoteName } from '../../../grammar/text.ts';
import { keywords } from '../../../grammar/tokens.ts';
import type { SqlBackend } from '../../client/client.ts';
import { commandWords } from './commands/parse.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Candidates for the word at the end of `before`, the text up to the cursor. */
export async function candidatesFor(
  backend: SqlBackend,
  before: string,
): Promise<readonly string[]> {
  const { rest, restStart } = splitStatements(before);
  const statement = rest === '' ? '' : before.slice(restStart);
  return [...(await fromBackend(backend, statement)), ...commandsFrom(statement)];
}

/** Of commands that begin like this, what stands from the word at the end on. */
function commandsFrom(statement: string): string[] {
  if (statement === '') return [];
  const wordStart = statement.lastIndexOf(' ') + 1;
  return commandWords
    .filter((words) => words.startsWith(statement.toLowerCase()))
    .map((words) => words.slice(wordStart));
}

async function fromBackend(backend: SqlBackend, statement: string): Promise<readonly string[]> {
  const known = await backend.complete(statement);
  if (known.length > 0) return known.map(asSql);
  const expected = complete(statement);
  const wantsNames = expected.some(({ kind }) => kind === 'name');
  return (wantsNames ? complete(statement, await namesOf(backend)) : expected)
    .map(({ text }) => text)
    .filter((text) => text !== '');
}

/** Names come as the catalog has them; those that would not come back as they are want quotes. */
function asSql(candidate: string): string {
  const isName = /^[\w@]+$/.test(candidate) && !keywords.has(candidate.toUpperCase());
  return isName ? quoteName(candidate) : candidate;
}

/** Names a server knows, by asking it what anybody may ask. What it does not answer is left out. */
async function namesOf(backend: SqlBackend): Promise<Candidates> {
  const ask = async (sql: string, list: string): Promise<readonly Fields[]> => {
    const replies = await backend.execute({ sql, properties: {}, variables: {} }).catch(() => []);
    const entity = replies[0]?.entity as Fields | null | undefined;
    return Array.isArray(entity?.[list]) ? (entity[list] as readonly Fields[]) : [];
  };
  const names = (items: readonly Fields[], field: string): string[] =>
    items.map((item) => String(item[field])).sort();
  const [streams, tables, topics, queries, functions, described] = await Promise.all([
    ask('SHOW STREAMS;', 'streams'),
    ask('SHOW TABLES;', 'tables'),
    ask('SHOW TOPICS;', 'topics'),
    ask('SHOW QUERIES;', 'queries'),
    ask('SHOW FUNCTIONS;', 'functions'),
    ask('DESCRIBE STREAMS;', 'sourceDescriptions'),
  ]);
  const columns = described.flatMap(({ fields }) =>
    Array.isArray(fields) ? names(fields as Fields[], 'name') : [],
  );
  return {
    source: [...names(streams, 'name'), ...names(tables, 'name')].sort(),
    column: [...new Set(columns)].sort(),
    topic: names(topics, 'name'),
    query: names(queries, 'id'),
    function: names(functions, 'name'),
  };
}
