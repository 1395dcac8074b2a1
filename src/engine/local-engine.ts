/** The engine, inline: log, catalog, ticks and queries on the calling thread. `ThreadEngine` runs one of these on its own thread. */
import { type Problem, problem } from '../base/errors.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { Command } from '../catalog/command.ts';
import type { SchemaResolver } from '../formats/schema.ts';
import type { FunctionRegistry } from '../functions/define.ts';
import type { StateMemory } from '../execution/state/memory.ts';
import { createRegistry } from '../functions/registry.ts';
import { builtinFunctions } from '../functions/table.ts';
import type { Append, Log, Offset, TopicSpec } from '../log/log.ts';
import type { RegistryOp, RegistryReplies, RequestOf } from '../registry/api.ts';
import { missingSchemas } from '../sql/source-schemas.ts';
import type { Effect } from '../sql/statements/statement.ts';
import type {
  ConsumedRecord,
  Engine,
  EngineDescription,
  EngineMetrics,
  ProduceRecord,
  QueryStream,
  StatementReply,
  StatementRequest,
  SubscribeRequest,
  Subscription,
} from './api.ts';
import { consistencyToken } from './pull/consistency-token.ts';
import { CommandTopic } from './statements/command-topic.ts';
import { assertTopic } from './statements/assert-topic.ts';
import { awaitCommand } from './statements/await-command.ts';
import { commandTopicName, type EngineConfig, type EngineParts } from './config.ts';
import { describeCatalog } from './statements/describe.ts';
import { type LoadedRegistry, loadRegistry } from './schemas/load-registry.ts';
import { type PlannedSchemas, RegistryHost } from './schemas/registry-host.ts';
import { EngineMeter } from './engine-metrics.ts';
import { consumedRecords } from './rows/consumed-records.ts';
import { requireStepsOf } from './statements/known-steps.ts';
import { requireFunctionsOf } from './statements/missing-functions.ts';
import { startQuery } from './queries/start-query.ts';
import { wireQueries } from './queries/wire-queries.ts';
import { PullPlans } from './pull/pull-plans.ts';
import { ProcessingLog, processingLogTopic } from './processing-log/processing-log.ts';
import { makeProcessingLogTopic } from './processing-log/processing-log-topic.ts';
import { RowInserters } from './rows/row-inserters.ts';
import { CurrentProperties } from './statements/current-properties.ts';
import { carryOut } from './statements/carry-out.ts';
import { yieldTurn } from './tick/yield-turn.ts';
import { type Produced, ProduceQueue } from './tick/produce-queue.ts';
import type { QueryStarter } from './queries/query-starter.ts';
import { type HostContext, StatementRunner } from './statements/statement-runner.ts';
import { stateMemory } from './state-memory.ts';
import { hostContext } from './statements/host-context.ts';
import { openQueue } from './subscribe/open.ts';
import type { DeliverySink } from './subscribe/subscriber.ts';
import type { OpenSubscription, Subscriptions } from './subscribe/subscriptions.ts';
import { storeLags } from './pull/store-lags.ts';
import type { Supervisor } from './queries/supervisor.ts';
import { Ticker } from './tick/tick.ts';
import { Topics } from './statements/topics.ts';
import { Upkeep } from './tick/upkeep.ts';

/** What the log held. */
interface Loaded {
  readonly catalog: Catalog;
  readonly registry: LoadedRegistry;
  readonly topics: Topics;
}

export class LocalEngine implements Engine {
  readonly #log: Log;
  readonly #config: EngineConfig;
  readonly #parts: EngineParts;
  readonly #functions: FunctionRegistry;
  readonly #commands: CommandTopic;
  readonly #produce: ProduceQueue;
  readonly #ticker: Ticker;
  readonly #supervisor: Supervisor;
  readonly #queries: QueryStarter;
  readonly #subscriptions: Subscriptions;
  readonly #registry: RegistryHost;
  readonly #runner: StatementRunner;
  readonly #upkeep: Upkeep;
  readonly #memory: StateMemory;
  readonly #meter = new EngineMeter();
  readonly #topics: Topics;
  readonly #inserters: RowInserters;
  #catalog: Catalog;
  #statements: Promise<unknown> = Promise.resolve();
  readonly #pullPlans = new PullPlans();
  readonly #properties: CurrentProperties;

  /** Opens the engine over `log`, which it then owns: every query goes on where it was. */
  static async open(log: Log, config: EngineConfig, parts: EngineParts): Promise<LocalEngine> {
    const commands = new CommandTopic(log, commandTopicName(config.properties));
    const topics = await Topics.open(log, parts.env.logger);
    const registry = await loadRegistry(log, config.properties, parts.env);
    const loaded = { catalog: await commands.load(), registry, topics };
    const engine = new LocalEngine(log, config, parts, commands, loaded);
    requireStepsOf(engine.#catalog);
    requireFunctionsOf(engine.#catalog, engine.#functions);
    await engine.#supervisor.dropOrphans(engine.#catalog);
    await engine.#makeProcessingLog();
    await engine.#supervisor.reconcile(engine.#catalog);
    if (parts.timers) engine.#upkeep.start();
    parts.env.logger.info('engine-opened', {
      queries: engine.#catalog.queries.size,
      sources: engine.#catalog.sources.size,
      topics: log.topics().length,
    });
    return engine;
  }

  private constructor(
    log: Log,
    config: EngineConfig,
    parts: EngineParts,
    commands: CommandTopic,
    { catalog, registry, topics }: Loaded,
  ) {
    this.#log = log;
    this.#config = config;
    this.#parts = parts;
    this.#commands = commands;
    this.#catalog = catalog;
    this.#functions = createRegistry([...builtinFunctions, ...parts.functions]);
    this.#topics = topics;
    this.#properties = new CurrentProperties(config.properties);
    this.#inserters = new RowInserters(config.properties, registry.store);
    this.#produce = new ProduceQueue(
      (topic) => topics.partitions(topic),
      () => parts.env.clock.now(),
    );
    const logTopic = processingLogTopic(config.properties);
    const processingLog =
      logTopic === null ? null : new ProcessingLog(logTopic.name, () => parts.env.clock.now());
    this.#ticker = new Ticker({
      log,
      produce: this.#produce,
      yieldTurn,
      onFatal: parts.onFatal,
      onLost: () => this.#onLost(),
      takeReports: () => this.#takeReports(processingLog),
    });
    this.#registry = new RegistryHost({
      log,
      env: parts.env,
      ...registry,
      createTopic: (spec) => topics.create(spec),
      atRest: (job) => this.#ticker.atRest(job),
    });
    this.#memory = stateMemory(config.properties, parts.spill ?? null);
    const parted = wireQueries({
      log,
      schemas: registry.store,
      gate: (over: Catalog) => this.#registry.gate(over),
      env: parts.env,
      ticker: this.#ticker,
      functions: this.#functions,
      memory: this.#memory,
      processingLog,
      properties: config.properties,
      currentProperties: () => this.#properties.as(this.#catalog),
      catalog: () => this.#catalog,
      timers: parts.timers,
      meter: this.#meter,
    });
    this.#subscriptions = parted.subscriptions;
    this.#supervisor = parted.supervisor;
    this.#queries = parted.queries;
    this.#upkeep = new Upkeep(log, parts.env, this.#ticker);
    this.#runner = new StatementRunner({
      catalog: () => this.#catalog,
      context: () => this.#context(),
      command: async (command, changes) => {
        const planned = await this.#registry.planner(changes);
        return this.#ticker.atRest(() => this.#command(command, planned));
      },
      withSchemas: (run, mayBeStale) => this.#registry.withSchemas(run, mayBeStale),
      changeSchemas: (changes) => this.#registry.change(changes),
      assertSchema: (effect) => this.#registry.assert(effect),
      insert: (effect) => this.#insert(effect),
      closeQuery: (id) => this.#queries.terminate(id),
      assertTopic: (effect) => assertTopic(effect, (topic) => topics.partitions(topic), parts.env),
    });
  }

  /** As of the last command. */
  get catalog(): Catalog {
    return this.#catalog;
  }

  get functions(): FunctionRegistry {
    return this.#functions;
  }

  /** The schema registry as of the last commit. */
  get schemas(): SchemaResolver {
    return this.#registry.store;
  }

  registry<Op extends RegistryOp>(request: RequestOf<Op>): Promise<RegistryReplies[Op]> {
    return this.#registry.request<Op>(request);
  }

  /** Requests run one after the other. */
  async execute(request: StatementRequest): Promise<readonly StatementReply[]> {
    await this.#commandDone(request);
    const result = this.#statements.then(() => this.#runner.execute(request));
    this.#statements = result.catch(() => undefined);
    return await result;
  }

  async query(request: StatementRequest): Promise<QueryStream> {
    await this.#commandDone(request);
    await this.#statements;
    const stream = await startQuery(request, {
      plans: this.#pullPlans,
      runner: this.#runner,
      queries: this.#queries,
      catalog: () => this.#catalog,
      properties: this.#config.properties,
    });
    this.#meter.queryStarted(stream.head.kind);
    return stream;
  }

  async storeLags(): ReturnType<Engine['storeLags']> {
    return storeLags(
      this.#catalog,
      (query) => this.#supervisor.positions(query),
      (topic, partition) => this.#log.bounds({ topic, partition }).end,
    );
  }

  async consistencyToken(): Promise<string> {
    return consistencyToken(this.#log.nextTime());
  }

  async subscribe(request: SubscribeRequest): Promise<Subscription> {
    return openQueue((sink) => this.openSubscription(request, sink));
  }

  /** The same for whoever carries deliveries elsewhere. */
  async openSubscription(request: SubscribeRequest, sink: DeliverySink): Promise<OpenSubscription> {
    await this.#commandDone(request);
    await this.#statements;
    const { statement, effect } = await this.#runner.prepareSubscription(request, request.after);
    const properties = { ...this.#config.properties, ...request.properties };
    const subscription = { sql: statement.text, effect, properties, form: 'frames' } as const;
    const { ast } = statement;
    const from = ast.kind === 'select' && ast.query.start !== undefined ? 'beginning' : 'session';
    return this.#subscriptions.open({ ...subscription, from }, sink);
  }

  async #commandDone({ afterCommand }: StatementRequest): Promise<void> {
    if (afterCommand === undefined) return;
    const { properties } = this.#config;
    await awaitCommand(afterCommand, () => this.#catalog.version, properties, this.#parts.env);
  }

  produce(records: readonly ProduceRecord[]): Promise<readonly Produced[]> {
    const produced = this.#produce.push(records);
    this.#ticker.wake();
    return produced;
  }

  async insertRows(target: string, rows: readonly string[]): Promise<readonly (Problem | null)[]> {
    const inserter = this.#inserters.of(target, this.#catalog);
    const missing = missingSchemas(inserter.schemas, this.schemas);
    if (missing.length > 0) await this.#registry.change(missing);
    const records = rows.map((row) => inserter.record(row));
    await this.produce(records.filter((record): record is ProduceRecord => 'topic' in record));
    return records.map((record) => ('topic' in record ? null : record));
  }

  async complete(sqlPrefix: string): Promise<readonly string[]> {
    // Loaded by the first who asks: it walks the grammar, which nothing else does.
    const { completions } = await import('./statements/complete.ts');
    const functions = [...this.#functions.all()].map(({ name }) => name);
    return completions(sqlPrefix, this.#catalog, functions);
  }

  /** Batches already encoded, each with its own logical time; for loaders and the wire listener. */
  async appendBatches(appends: readonly Append[]): Promise<void> {
    await this.#ticker.atRest(() =>
      this.#log.commit([{ owner: null, appends, offsets: [], state: [] }]),
    );
    this.#ticker.wake();
  }

  async fetch(
    topic: string,
    partition: number,
    offset: Offset,
    maxBytes: number,
  ): Promise<readonly ConsumedRecord[]> {
    const batches = await this.#log.read({ topic, partition }, offset, maxBytes);
    return consumedRecords(batches, partition, offset);
  }

  async topics(): Promise<readonly TopicSpec[]> {
    return this.#log.topics();
  }

  createTopic(spec: TopicSpec): Promise<void> {
    return this.#ticker.atRest(() => this.#topics.create(spec));
  }

  async closeQuery(queryId: string): Promise<boolean> {
    return this.#queries.close(queryId);
  }

  async settle(): ReturnType<Engine['settle']> {
    await this.#ticker.idle();
    return this.#supervisor.failures();
  }

  async describe(): Promise<EngineDescription> {
    const hidden = commandTopicName(this.#config.properties);
    return describeCatalog(this.#catalog, this.#log.topics(), hidden);
  }

  async metrics(): Promise<EngineMetrics> {
    return this.#meter.samples(this.#ticker, this.#supervisor, {
      log: this.#log,
      memory: this.#memory,
      persistentQueries: this.#catalog.queries.size,
      pushQueries: this.#queries.running.length,
      slowConsumers: this.#queries.slow,
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#upkeep.stop();
    this.#registry.stop();
    this.#queries.stop();
    this.#supervisor.stop();
    await this.#ticker.stop();
    this.#parts.spill?.[Symbol.dispose]();
    await this.#log[Symbol.asyncDispose]();
  }

  #context(): HostContext {
    return hostContext(this.#parts, {
      log: this.#log,
      functions: this.#functions,
      supervisor: this.#supervisor,
      queries: this.#queries,
      partitions: this.#topics.counts,
      properties: this.#config.properties,
      catalog: this.#catalog,
    });
  }

  /** Runs between two ticks. */
  async #command(command: Command, planned: () => Promise<PlannedSchemas>): Promise<number> {
    const sequence = await carryOut(command, planned, {
      commands: this.#commands,
      topics: this.#topics,
      supervisor: this.#supervisor,
      queries: this.#queries,
      env: this.#parts.env,
      properties: this.#config.properties,
      catalog: () => this.#catalog,
      become: (catalog) => {
        this.#catalog = catalog;
      },
    });
    this.#ticker.wake();
    return sequence;
  }

  async #insert(effect: Extract<Effect, { kind: 'insert' }>): Promise<void> {
    const { topic, key, value, timestamp } = effect;
    await this.produce([{ topic, partition: null, key, value, timestamp, headers: [] }]);
  }

  /** Nothing is kept once somebody has deleted the log's topic. */
  #takeReports(processingLog: ProcessingLog | null): Append | null {
    const reports = processingLog?.take() ?? null;
    return reports !== null && this.#topics.has(reports.to.topic) ? reports : null;
  }

  /** Makes the topic and the stream of the processing log where the configuration asks for them and they are not there. */
  async #makeProcessingLog(): Promise<void> {
    const sql = await makeProcessingLogTopic(this.#config.properties, this.#topics, this.#catalog);
    if (sql !== null) await this.execute({ sql, properties: {}, variables: {} });
  }

  async #onLost(): Promise<void> {
    this.#parts.env.logger.error('disk-full', {
      hint: 'Free some space: what was not acknowledged is tried again.',
    });
    this.#queries.fail(
      problem('log.disk-full', 'the disk is full: the query was stopped and can be started again'),
    );
    await this.#supervisor.rebuild(this.#catalog);
  }
}
