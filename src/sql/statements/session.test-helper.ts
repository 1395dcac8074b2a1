/**
 * Statements run one after the other in memory, for tests: commands are folded, topics created, nothing is processed. What
 * comes back is a line of text per statement: the gist of its effect, or its error.
 */
import { parse } from '../../../grammar/parse.ts';
import { ProblemError } from '../../base/errors.ts';
import { applyCommand, emptyCatalog } from '../../catalog/apply.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import type { FunctionRegistry } from '../../functions/define.ts';
import { createRegistry } from '../../functions/registry.ts';
import { builtinFunctions } from '../../functions/table.ts';
import { TestSchemas } from '../../formats/test-schemas.test-helper.ts';
import type { TopicSpec } from '../../log/log.ts';
import type { Effect, PrepareContext, RuntimeView } from './statement.ts';
import { prepareStatement } from './table.ts';

/** All built-in functions. */
export const functions: FunctionRegistry = createRegistry(builtinFunctions);

export interface TestSession {
  catalog: Catalog;
  readonly topics: TopicSpec[];
  readonly properties: Record<string, string>;
  readonly variables: Map<string, string>;
  readonly runtime: Partial<RuntimeView>;
  readonly schemas: TestSchemas;
}

/** A session over `topics`, all with one partition unless given as `name/partitions`. */
export function testSession(...topics: readonly string[]): TestSession {
  return {
    catalog: emptyCatalog,
    topics: topics.map((text) => {
      const [name = '', partitions = '1'] = text.split('/');
      return { name, partitions: Number(partitions), cleanup: 'delete', retentionMs: 604_800_000 };
    }),
    properties: {},
    variables: new Map(),
    runtime: {},
    schemas: new TestSchemas(),
  };
}

/** The context a statement would be prepared in. */
export function testContext(session: TestSession, text: string): PrepareContext {
  return {
    catalog: session.catalog,
    functions,
    schemas: session.schemas,
    properties: session.properties,
    variables: session.variables,
    runtime: {
      topics: () => session.topics,
      queryStatus: () => null,
      pushQueries: () => [],
      offsets: (name) => {
        const topic = session.topics.find((spec) => spec.name === name);
        return Array.from({ length: topic?.partitions ?? 0 }, () => ({ start: 0, end: 0 }));
      },
      positions: () => ({}),
      serverProperties: () => ({}),
      ...session.runtime,
    },
    now: 1_000,
    random: () => 0.5,
    text,
    nextQueryNumber: session.catalog.version,
  };
}

/** Prepares every statement of `sql` in turn and carries out what changes the catalog, the topics or the session. */
export function effects(session: TestSession, sql: string): readonly Effect[] {
  return parse(sql).map((statement) => {
    const effect = prepareStatement(statement, testContext(session, sql));
    perform(session, effect);
    return effect;
  });
}

/** The message of the first statement that fails; an empty text when none does. */
export function failure(session: TestSession, sql: string): string {
  try {
    effects(session, sql);
  } catch (error) {
    if (error instanceof ProblemError) return error.message;
    throw error;
  }
  return '';
}

function perform(session: TestSession, effect: Effect): void {
  if (effect.kind === 'command' || effect.kind === 'register-schemas') {
    for (const change of effect.schemas) {
      if (change.kind === 'register') session.schemas.register(change);
    }
  }
  if (effect.kind === 'command') {
    session.catalog = applyCommand(session.catalog, effect.command);
    if (effect.command.kind === 'define-source' && effect.command.topic !== null) {
      session.topics.push(effect.command.topic);
    }
  }
  if (effect.kind !== 'session') return;
  for (const [name, value] of Object.entries(effect.properties)) {
    if (value === null) delete session.properties[name];
    else session.properties[name] = value;
  }
  for (const [name, value] of Object.entries(effect.variables)) {
    if (value === null) session.variables.delete(name);
    else session.variables.set(name, value);
  }
}
