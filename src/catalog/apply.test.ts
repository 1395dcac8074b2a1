import { describe, expect, it } from 'vitest';
import { applyCommand, emptyCatalog, foldCommands } from './apply.ts';
import type { Command, QueryDef, SourceDef } from './command.ts';
import { dropConstraints, queriesReading, queriesWriting, sourcesOver } from './dependencies.ts';

function source(name: string, rest: Partial<SourceDef> = {}): SourceDef {
  return {
    name,
    collection: 'stream',
    schema: { key: [], value: [{ name: 'V', type: { kind: 'STRING' } }] },
    topic: name.toLowerCase(),
    keyFormat: { format: 'KAFKA', properties: {}, features: [] },
    valueFormat: { format: 'JSON', properties: {}, features: [] },
    window: null,
    timestamp: null,
    isSource: false,
    sql: `CREATE STREAM ${name};`,
    query: null,
    ...rest,
  };
}

function query(id: string, sources: readonly string[], sink: string | null): QueryDef {
  return {
    id,
    sql: 'SELECT',
    sink,
    sources,
    plan: { version: 1, steps: [], internalTopics: [], materialized: null },
    properties: {},
    backlog: {},
    state: 'RUNNING',
  };
}

function define(def: SourceDef, filling: QueryDef | null = null, replaces = false): Command {
  return { kind: 'define-source', source: def, query: filling, topic: null, replaces };
}

const derived = define(
  source('B', { query: 'CSAS_B_1', derivedFrom: ['A'] }),
  query('CSAS_B_1', ['A'], 'B'),
);

describe('the fold of commands', () => {
  it('counts every command, also one that changes nothing', () => {
    const catalog = foldCommands([define(source('A')), { kind: 'drop-type', name: 'NONE' }]);
    expect(catalog.version).toBe(2);
  });

  it('leaves the catalog before a command as it was', () => {
    const before = foldCommands([define(source('A'))]);
    applyCommand(before, { kind: 'drop-source', name: 'A', deleteTopic: false });
    expect([...before.sources.keys()]).toEqual(['A']);
    expect(emptyCatalog.sources.size).toBe(0);
  });

  it('keeps the place of a source that is replaced', () => {
    const catalog = foldCommands([
      define(source('A')),
      define(source('C')),
      define(source('A', { topic: 'other' }), null, true),
    ]);
    expect([...catalog.sources.values()].map(({ name, topic }) => `${name} ${topic}`)).toEqual([
      'A other',
      'C c',
    ]);
  });

  it('adds a source together with the query that fills it, and drops them together', () => {
    const catalog = foldCommands([define(source('A')), derived]);
    expect([...catalog.queries.keys()]).toEqual(['CSAS_B_1']);
    const after = applyCommand(catalog, { kind: 'drop-source', name: 'B', deleteTopic: true });
    expect([...after.queries.keys()]).toEqual([]);
    expect([...after.sources.keys()]).toEqual(['A']);
  });

  it('ends the query of a source that is replaced by one without it', () => {
    const catalog = foldCommands([define(source('A')), derived, define(source('B'), null, true)]);
    expect([...catalog.queries.keys()]).toEqual([]);
  });

  it('keeps the query of a source that is replaced by an upgrade of it', () => {
    const upgrade = query('CSAS_B_1', ['A', 'C'], 'B');
    const catalog = foldCommands([
      define(source('A')),
      derived,
      define(source('B', { query: 'CSAS_B_1' }), upgrade, true),
    ]);
    expect(catalog.queries.get('CSAS_B_1')?.sources).toEqual(['A', 'C']);
  });

  it('pauses, resumes and stops queries, and leaves unknown ones alone', () => {
    let catalog = foldCommands([
      { kind: 'start-query', query: query('INSERTQUERY_0', ['A'], 'B') },
      { kind: 'pause-query', ids: ['INSERTQUERY_0', 'NONE'] },
    ]);
    expect(catalog.queries.get('INSERTQUERY_0')?.state).toBe('PAUSED');
    catalog = applyCommand(catalog, { kind: 'resume-query', ids: ['INSERTQUERY_0'] });
    expect(catalog.queries.get('INSERTQUERY_0')?.state).toBe('RUNNING');
    catalog = applyCommand(catalog, { kind: 'stop-query', ids: ['INSERTQUERY_0'] });
    expect(catalog.queries.size).toBe(0);
  });

  it('keeps types, properties and connectors until they are taken away', () => {
    const catalog = foldCommands([
      { kind: 'define-type', name: 'T', type: { kind: 'DATE' } },
      { kind: 'set-property', name: 'p', value: '1' },
      { kind: 'set-connector', name: 'c', config: { a: 'b' } },
    ]);
    expect(catalog.types.get('T')).toEqual({ kind: 'DATE' });
    expect(catalog.properties.get('p')).toBe('1');
    expect(catalog.connectors.get('c')).toEqual({ a: 'b' });
    const after = [
      { kind: 'drop-type', name: 'T' },
      { kind: 'set-property', name: 'p', value: null },
      { kind: 'set-connector', name: 'c', config: null },
    ] as const;
    const empty = after.reduce((current, command) => applyCommand(current, command), catalog);
    expect([empty.types.size, empty.properties.size, empty.connectors.size]).toEqual([0, 0, 0]);
  });
});

describe('dependencies', () => {
  const catalog = foldCommands([
    define(source('A')),
    derived,
    { kind: 'start-query', query: query('INSERTQUERY_2', ['B'], 'A') },
  ]);
  const named = (name: string): SourceDef => {
    const found = catalog.sources.get(name);
    if (found === undefined) throw new Error(name);
    return found;
  };

  it('tells who reads and who writes a source', () => {
    expect(queriesReading(catalog, 'A').map(({ id }) => id)).toEqual(['CSAS_B_1']);
    expect(queriesWriting(catalog, 'A').map(({ id }) => id)).toEqual(['INSERTQUERY_2']);
    expect(sourcesOver(catalog, 'A').map(({ name }) => name)).toEqual(['B']);
  });

  it('holds a source while another was made from it, also after that one’s query has stopped', () => {
    const stopped = applyCommand(catalog, { kind: 'stop-query', ids: ['CSAS_B_1'] });
    const { sources, readers, writers } = dropConstraints(stopped, named('A'));
    expect(sources.map(({ name }) => name)).toEqual(['B']);
    expect(readers).toEqual([]);
    expect(writers.map(({ id }) => id)).toEqual(['INSERTQUERY_2']);
  });

  it('does not count a source’s own query', () => {
    const { sources, readers, writers } = dropConstraints(catalog, named('B'));
    expect(sources).toEqual([]);
    expect(readers.map(({ id }) => id)).toEqual(['INSERTQUERY_2']);
    expect(writers).toEqual([]);
  });
});
