/**
 * Executes the statements of a request: prepares each against the catalog as it then is (pure), and carries out the effect.
 * One request at a time; whatever changes the catalog happens between two ticks.
 */
import type { Statement } from '../../../grammar/ast.ts';
import { assert } from '../../base/assert.ts';
import type { Json } from '../../base/env.ts';
import { ProblemError, problem } from '../../base/errors.ts';
import { configuredLimit, limitText } from '../../base/limits.ts';
import { applyCommand } from '../../catalog/apply.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import type { Command } from '../../catalog/command.ts';
import type { TopicSpec } from '../../log/log.ts';
import type { SchemaStore } from '../../registry/store.ts';
import type { SchemaChange } from '../../sql/schema-change.ts';
import type { Effect, Entity, PrepareContext } from '../../sql/statements/statement.ts';
import { checkOverrides } from '../../sql/properties.ts';
import { checkStatementRole } from '../../sql/statement-roles.ts';
import { prepareSubscription, type SubscribeEffect } from '../../sql/statements/subscribe.ts';
import { prepareStatement } from '../../sql/statements/table.ts';
import {
  type FailureData,
  StatementFailure,
  type StatementReply,
  type StatementRequest,
} from '../api.ts';
import { CommandRate } from './command-rate.ts';
import { statementsMax } from '../limits.ts';
import { plainProblem } from '../plain-problem.ts';
import { schemaRecords } from '../schemas/registry-host.ts';
import { parseScript, type ScriptStatement, statementAt } from './script.ts';

/** Everything of a context but what the request and its statements bring. */
export type HostContext = Omit<PrepareContext, 'catalog' | 'variables' | 'text' | 'schemas'>;

/** What the runner needs of the engine. */
export interface RunnerHost {
  catalog(): Catalog;
  context(): HostContext;
  /** Makes the command durable, folds it and carries it out; resolves with its sequence number. */
  command(command: Command, schemas: readonly SchemaChange[]): Promise<number>;
  /** Calls `run` with the registry as it is now, perhaps more than once; `mayBeStale`: as it was seen last will do too. */
  withSchemas<Result>(run: (schemas: SchemaStore) => Result, mayBeStale: boolean): Promise<Result>;
  changeSchemas(changes: readonly SchemaChange[]): Promise<void>;
  assertSchema(effect: Extract<Effect, { kind: 'assert-schema' }>): Promise<Entity>;
  insert(effect: Extract<Effect, { kind: 'insert' }>): Promise<void>;
  closeQuery(id: string): boolean;
  assertTopic(effect: Extract<Effect, { kind: 'assert-topic' }>): Promise<Entity>;
}

interface Session {
  properties: Record<string, string>;
  readonly variables: Map<string, string>;
}

/** A statement that went into `prepare` and what came out. */
export interface Prepared {
  readonly statement: ScriptStatement;
  readonly effect: Effect;
}

type Prepare<Made extends Effect> = (ast: Statement, context: PrepareContext) => Made;

export class StatementRunner {
  readonly #host: RunnerHost;
  /** Of what clients send; what the server itself orders goes through in any case. */
  readonly #commandRate = new CommandRate();

  constructor(host: RunnerHost) {
    this.#host = host;
  }

  async execute(request: StatementRequest): Promise<readonly StatementReply[]> {
    const statements = this.#allowed(this.#parse(request), request);
    if (request.validateAll === true)
      await this.#host.withSchemas(
        (schemas) => this.#validate(statements, request, schemas.fork()),
        false,
      );
    const session = sessionOf(request);
    const replies: StatementReply[] = [];
    for (const statement of statements) {
      try {
        const effect = await this.#prepareNow(statement, session);
        if (effect.kind === 'command' && request.validateAll === true) {
          const { properties, now } = this.#host.context();
          this.#commandRate.admit(properties, now);
        }
        replies.push(await this.#perform(statement, effect, session));
      } catch (error) {
        throw failure(located(error, statement), statement.text, replies, 'execute');
      }
    }
    return replies;
  }

  /** Parses and prepares the one SELECT or PRINT of a request. */
  async prepareQuery(request: StatementRequest): Promise<Prepared> {
    return this.#prepareOnly(request, prepareStatement);
  }

  /** The same of a SELECT … EMIT CHANGES that is subscribed to, behind the token `after` if one is given. */
  async prepareSubscription(
    request: StatementRequest,
    after: string | undefined,
  ): Promise<Prepared & { readonly effect: SubscribeEffect }> {
    const prepare = (ast: Statement, context: PrepareContext): SubscribeEffect => {
      if (ast.kind !== 'select')
        throw problem('request.not-a-query', 'Only a SELECT can be subscribed to');
      const effect = prepareSubscription(ast, context, 'keyed');
      return after === undefined ? effect : { ...effect, after };
    };
    return this.#prepareOnly(request, prepare);
  }

  async #prepareOnly<Made extends Effect>(
    request: StatementRequest,
    prepare: Prepare<Made>,
  ): Promise<Prepared & { readonly effect: Made }> {
    const statements = this.#allowed(this.#parse(request), request);
    const statement = statements[0];
    if (statement === undefined || statements.length !== 1) {
      throw failure(
        problem(
          'request.one-statement',
          `Expected exactly one KSQL statement; found ${statements.length} instead`,
        ),
        statement?.text ?? null,
        [],
        'prepare',
      );
    }
    try {
      const session = sessionOf(request);
      return { statement, effect: await this.#prepareNow(statement, session, prepare) };
    } catch (error) {
      throw failure(located(error, statement), statement.text, [], 'prepare');
    }
  }

  /** The statements, once it is known that whoever sent them may run all of them. */
  #allowed(
    statements: readonly ScriptStatement[],
    { role }: StatementRequest,
  ): readonly ScriptStatement[] {
    if (role === undefined) return statements;
    for (const { ast, text } of statements) {
      try {
        checkStatementRole(ast, role);
      } catch (error) {
        throw failure(error, text, [], 'prepare');
      }
    }
    return statements;
  }

  #parse(request: StatementRequest): readonly ScriptStatement[] {
    try {
      checkOverrides(request.properties, this.#host.context().runtime.serverProperties());
      const substitute = request.properties['ksql.variable.substitution.enable'] !== 'false';
      const variables = new Map(Object.entries(request.variables));
      const most = configuredLimit(statementsMax, this.#host.context().properties, 1_000);
      const statements = parseScript(request.sql, variables, { substitute, testStatements: false });
      if (statements.length > most.value) {
        throw problem(
          'request.too-many-statements',
          limitText(most, 'statements of one request', statements.length),
        );
      }
      return statements;
    } catch (error) {
      const span = error instanceof ProblemError ? error.span : undefined;
      const text = span === undefined ? null : statementAt(request.sql, span.start);
      throw failure(error, text, [], 'parse');
    }
  }

  /** Prepares every statement against the state that those before it would make; nothing is carried out. */
  #validate(
    statements: readonly ScriptStatement[],
    request: StatementRequest,
    schemas: SchemaStore,
  ): void {
    const session = sessionOf(request);
    let catalog = this.#host.catalog();
    const topics = new Map<string, TopicSpec>();
    for (const statement of statements) {
      try {
        const context = this.#contextOf(statement, session, catalog, schemas, topics);
        const effect = prepareStatement(statement.ast, context);
        if (effect.kind === 'session') applySession(session, effect);
        if (effect.kind === 'register-schemas') schemaRecords(schemas, effect.schemas);
        if (effect.kind !== 'command') continue;
        schemaRecords(schemas, effect.schemas);
        if (effect.command.kind === 'define-source' && effect.command.topic !== null)
          topics.set(effect.command.topic.name, effect.command.topic);
        catalog = applyCommand(catalog, effect.command);
      } catch (error) {
        throw failure(located(error, statement), statement.text, [], 'prepare');
      }
    }
  }

  /** What only reads and writes records goes on with the schemas that were seen last. */
  #prepareNow<Made extends Effect = Effect>(
    statement: ScriptStatement,
    session: Session,
    prepare: Prepare<Made> = prepareStatement as Prepare<Made>,
  ): Promise<Made> {
    const { kind } = statement.ast;
    const mayBeStale = kind === 'insertValues' || kind === 'select' || kind === 'print';
    return this.#host.withSchemas(
      (schemas) =>
        prepare(statement.ast, this.#contextOf(statement, session, this.#host.catalog(), schemas)),
      mayBeStale,
    );
  }

  #contextOf(
    statement: ScriptStatement,
    session: Session,
    catalog: Catalog,
    schemas: SchemaStore,
    topics?: ReadonlyMap<string, TopicSpec>,
  ): PrepareContext {
    const context = this.#host.context();
    const { runtime } = context;
    return {
      ...context,
      runtime:
        topics === undefined
          ? runtime
          : { ...runtime, topics: () => [...runtime.topics(), ...topics.values()] },
      schemas,
      catalog,
      properties: { ...context.properties, ...session.properties },
      variables: session.variables,
      text: statement.script,
    };
  }

  async #perform(
    statement: ScriptStatement,
    effect: Effect,
    session: Session,
  ): Promise<StatementReply> {
    const reply: StatementReply = {
      statementText: statement.text,
      entity: null,
      warnings: [],
      session: null,
    };
    switch (effect.kind) {
      case 'command':
        return { ...reply, entity: await this.#command(effect), warnings: effect.warnings };
      case 'entity':
        return { ...reply, entity: effect.entity };
      case 'insert':
        await this.#host.insert(effect);
        return reply;
      case 'session':
        applySession(session, effect);
        return {
          ...reply,
          entity:
            effect.warning === null ? null : { '@type': 'warning_entity', message: effect.warning },
          session: { properties: effect.properties, variables: effect.variables },
        };
      case 'close-query':
        if (!this.#host.closeQuery(effect.queryId)) {
          throw problem(
            'query.unknown',
            `Failed to terminate query with query ID: '${effect.queryId}'`,
          );
        }
        return {
          ...reply,
          entity: { '@type': 'terminate_query', queryId: effect.queryId, wasTerminated: true },
        };
      case 'register-schemas':
        return this.#performRegistered(statement, effect, session);
      case 'assert-schema':
        return { ...reply, entity: await this.#host.assertSchema(effect) };
      case 'assert-topic':
        return { ...reply, entity: await this.#host.assertTopic(effect) };
      case 'push':
      case 'pull':
      case 'subscribe':
      case 'print':
        throw problem(
          'request.query-endpoint',
          "The following statement types should be issued to the websocket endpoint '/query':\n\t* PRINT\n\t* SELECT",
        );
    }
  }

  /** Registers schemas and goes on with the statement, which now finds them. */
  async #performRegistered(
    statement: ScriptStatement,
    { schemas }: Extract<Effect, { kind: 'register-schemas' }>,
    session: Session,
  ): Promise<StatementReply> {
    await this.#host.changeSchemas(schemas);
    const effect = await this.#prepareNow(statement, session);
    assert(effect.kind !== 'register-schemas', 'a statement that finds what was registered for it');
    return this.#perform(statement, effect, session);
  }

  async #command(effect: Extract<Effect, { kind: 'command' }>): Promise<Entity> {
    const sequence = await this.#host.command(effect.command, effect.schemas);
    const status: Json = { status: 'SUCCESS', message: effect.message, queryId: effect.queryId };
    return {
      '@type': 'currentStatus',
      commandId: effect.commandId,
      commandStatus: status,
      commandSequenceNumber: sequence,
    };
  }
}

function sessionOf(request: StatementRequest): Session {
  return {
    properties: { ...request.properties },
    variables: new Map(Object.entries(request.variables)),
  };
}

function applySession(session: Session, effect: Extract<Effect, { kind: 'session' }>): void {
  for (const [name, value] of Object.entries(effect.properties)) {
    if (value === null) delete session.properties[name];
    else session.properties[name] = value;
  }
  for (const [name, value] of Object.entries(effect.variables)) {
    if (value === null) session.variables.delete(name);
    else session.variables.set(name, value);
  }
}

function failure(
  error: unknown,
  statementText: string | null,
  replies: readonly StatementReply[],
  phase: FailureData['phase'],
): unknown {
  if (!(error instanceof ProblemError)) return error;
  return new StatementFailure({
    problem: plainProblem(error),
    statementText,
    replies,
    phase,
  });
}

/** Every refusal says where: when nothing narrower is known, it is the statement that is at fault. */
function located(error: unknown, { ast }: ScriptStatement): unknown {
  if (!(error instanceof ProblemError) || error.span !== undefined) return error;
  return new ProblemError({ ...plainProblem(error), span: ast.span }, { cause: error });
}

/** A problem as plain data, to cross a thread. */
