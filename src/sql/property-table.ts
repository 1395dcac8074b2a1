/**
 * Every property a server or session may have, in one table (spec: api.md §15). A line: name, type, default, and where it
 * may be set. Kafka's own client properties are known by name only and may be set freely; most mean nothing to Leat, which
 * has no brokers to talk to, but scripts set them.
 */

export type PropertyType = 'boolean' | 'int' | 'long' | 'double' | 'string' | 'list' | 'password';
/** `session`: any request may override it; `server`: only the server's own configuration may set it. */
export type PropertyEditor = 'session' | 'server';

export interface PropertyDef {
  /** Full name as in a server's properties file, without the `ksql.streams.` prefix of Kafka's own. */
  readonly name: string;
  readonly type: PropertyType;
  /** null: no value unless set. */
  readonly default: string | null;
  readonly editor: PropertyEditor;
  /** Whose it is: written `ksql.streams.<name>` in full when it is Kafka's. */
  readonly family: 'ksql' | 'streams';
}

type Line = readonly [
  name: string,
  type: PropertyType,
  fallback: string | null,
  editor?: PropertyEditor,
];

const topics =
  '_confluent.*,__confluent.*,_schemas,__consumer_offsets,__transaction_state,connect-configs,connect-offsets,connect-status,connect-statuses';

const server: readonly Line[] = [
  ['listeners', 'list', 'http://0.0.0.0:8088'],
  ['listeners.proxy.protocol', 'list', ''],
  ['authentication.method', 'string', 'NONE'],
  ['authentication.realm', 'string', ''],
  ['authentication.roles', 'list', '*'],
  ['authentication.skip.paths', 'list', ''],
  ['access.control.allow.origin', 'string', ''],
  ['access.control.allow.methods', 'list', ''],
  ['access.control.allow.headers', 'list', ''],
  ['response.http.headers.config', 'string', ''],
  ['ssl.keystore.type', 'string', 'JKS'],
  ['ssl.keystore.location', 'string', ''],
  ['ssl.keystore.password', 'password', ''],
  ['ssl.keystore.reload', 'boolean', 'false'],
  ['ssl.keystore.watch.location', 'string', ''],
  ['ssl.key.password', 'password', ''],
  ['ssl.truststore.type', 'string', 'JKS'],
  ['ssl.truststore.location', 'string', ''],
  ['ssl.truststore.password', 'password', ''],
  ['ssl.client.authentication', 'string', 'NONE'],
  ['ssl.client.auth', 'boolean', 'false'],
  ['ssl.enabled.protocols', 'list', ''],
  ['ssl.cipher.suites', 'list', ''],
  ['query.stream.disconnect.check', 'long', '1000'],
  ['ksql.advertised.listener', 'string', null],
  ['ksql.internal.listener', 'string', null],
  ['ksql.internal.ssl.client.authentication', 'string', 'NONE'],
  ['ksql.internal.http2.max.pool.size', 'int', '3000'],
  ['ksql.authentication.plugin.class', 'string', null],
  ['ksql.server.command.response.timeout.ms', 'long', '5000'],
  ['ksql.server.command.blocked.threshold.error.ms', 'long', '15000'],
  ['ksql.server.command.topic.rate.limit', 'double', '1.7976931348623157E308'],
  ['ksql.server.command.topic.migration.enabled', 'string', 'NONE'],
  ['ksql.server.websockets.num.threads', 'int', '5'],
  ['ksql.server.preconditions', 'list', ''],
  ['ksql.server.precondition.max.backoff.ms', 'long', '5000'],
  ['ksql.server.error.messages', 'string', ''],
  ['ksql.server.exception.uncaught.handler.enable', 'boolean', 'false'],
  ['ksql.server.sni.check.enable', 'boolean', 'false'],
  ['ksql.healthcheck.interval.ms', 'long', '5000'],
  ['ksql.heartbeat.enable', 'boolean', 'false'],
  ['ksql.heartbeat.send.interval.ms', 'long', '100'],
  ['ksql.heartbeat.check.interval.ms', 'long', '200'],
  ['ksql.heartbeat.window.ms', 'long', '2000'],
  ['ksql.heartbeat.missed.threshold.ms', 'long', '3'],
  ['ksql.heartbeat.discover.interval.ms', 'long', '2000'],
  ['ksql.heartbeat.thread.pool.size', 'int', '3'],
  ['ksql.lag.reporting.enable', 'boolean', 'false'],
  ['ksql.lag.reporting.send.interval.ms', 'long', '5000'],
  ['ksql.verticle.instances', 'int', null],
  ['ksql.worker.pool.size', 'int', '100'],
  ['ksql.max.push.queries', 'int', '100'],
  ['ksql.idle.connection.timeout.seconds', 'int', '86400'],
  ['ksql.logging.server.rate.limited.response.codes', 'string', ''],
  ['ksql.logging.server.rate.limited.request.paths', 'string', ''],
  ['ksql.endpoint.logging.ignored.paths.regex', 'string', ''],
  ['ksql.endpoint.logging.log.queries', 'boolean', 'false'],
  ['ksql.local.commands.location', 'string', ''],
  ['ksql.queries.file', 'string', null],
];

const engine: readonly Line[] = [
  ['ksql.service.id', 'string', 'default_', 'server'],
  ['ksql.output.topic.name.prefix', 'string', '', 'session'],
  ['ksql.persistent.prefix', 'string', 'query_'],
  ['ksql.transient.prefix', 'string', 'transient_'],
  ['ksql.persistence.default.format.key', 'string', 'KAFKA', 'session'],
  ['ksql.persistence.default.format.value', 'string', null, 'session'],
  ['ksql.persistence.wrap.single.values', 'boolean', null, 'session'],
  ['ksql.schema.registry.url', 'string', '', 'session'],
  ['ksql.connect.url', 'string', 'http://localhost:8083', 'session'],
  ['ksql.connect.worker.config', 'string', '', 'session'],
  ['ksql.connect.basic.auth.credentials.source', 'string', 'NONE', 'session'],
  ['ksql.connect.basic.auth.credentials.file', 'string', '', 'session'],
  ['ksql.connect.basic.auth.credentials.reload', 'boolean', 'false', 'session'],
  ['ksql.connect.request.timeout.ms', 'long', '5000', 'session'],
  ['ksql.extension.dir', 'string', 'ext'],
  ['ksql.udfs.enabled', 'boolean', 'true', 'session'],
  ['ksql.udf.collect.metrics', 'boolean', 'false', 'session'],
  ['ksql.internal.topic.replicas', 'int', '1', 'session'],
  ['ksql.internal.topic.min.insync.replicas', 'int', '1', 'session'],
  ['ksql.create.topic.inherit.source.replicas.enabled', 'boolean', 'true', 'session'],
  ['ksql.insert.into.values.enabled', 'boolean', 'true', 'session'],
  ['ksql.create.or.replace.enabled', 'boolean', 'true', 'session'],
  ['ksql.headers.columns.enabled', 'boolean', 'true'],
  ['ksql.source.table.materialization.enabled', 'boolean', 'true'],
  ['ksql.suppress.enabled', 'boolean', 'true', 'session'],
  ['ksql.suppress.buffer.size.bytes', 'long', '-1', 'session'],
  ['ksql.lambdas.enabled', 'boolean', 'true', 'session'],
  ['ksql.nested.error.set.null', 'boolean', 'true', 'session'],
  ['ksql.cast.strings.preserve.nulls', 'boolean', 'true', 'session'],
  ['ksql.timestamp.throw.on.invalid', 'boolean', 'false', 'session'],
  ['ksql.variable.substitution.enable', 'boolean', 'true', 'session'],
  ['ksql.json_sr.converter.deserializer.enabled', 'boolean', 'true', 'session'],
  ['ksql.access.validator.enable', 'string', 'auto', 'session'],
  ['ksql.authorization.cache.expiry.time.secs', 'long', '30', 'session'],
  ['ksql.authorization.cache.max.entries', 'long', '10000', 'session'],
  ['ksql.hidden.topics', 'list', topics],
  ['ksql.readonly.topics', 'list', topics],
  ['ksql.properties.overrides.denylist', 'list', ''],
  ['ksql.properties.overrides.allowlist', 'list', ''],
  ['ksql.properties.overrides.validation.mode', 'string', 'denylist'],
  ['ksql.properties.overrides.validation.restore.enabled', 'boolean', 'false'],
  ['ksql.properties.overrides.log', 'boolean', 'false'],
  ['ksql.query.persistent.active.limit', 'int', '2147483647'],
  ['ksql.query.persistent.max.bytes.buffering.total', 'long', '-1', 'session'],
  ['ksql.query.transient.max.bytes.buffering.total', 'long', '-1', 'session'],
  ['ksql.query.retry.backoff.initial.ms', 'long', '15000', 'session'],
  ['ksql.query.retry.backoff.max.ms', 'long', '900000', 'session'],
  ['ksql.query.error.max.queue.size', 'int', '10', 'session'],
  ['ksql.query.status.running.threshold.seconds', 'int', '300', 'session'],
  ['ksql.error.classifier.regex', 'string', '', 'session'],
  ['ksql.query.cleanup.shutdown.timeout.ms', 'long', '30000', 'session'],
  ['ksql.transient.query.cleanup.service.enable', 'boolean', 'true', 'session'],
  ['ksql.transient.query.cleanup.service.initial.delay.seconds', 'int', '600', 'session'],
  ['ksql.transient.query.cleanup.service.period.seconds', 'int', '600', 'session'],
  ['ksql.runtime.feature.shared.enabled', 'boolean', 'false', 'session'],
  ['ksql.shared.runtimes.count', 'int', '2', 'session'],
  ['ksql.streams.shutdown.timeout.ms', 'long', '300000', 'session'],
  ['ksql.admin.request.retry.timeout.ms', 'long', '2500', 'session'],
  ['ksql.assert.topic.default.timeout.ms', 'int', '1000', 'session'],
  ['ksql.assert.schema.default.timeout.ms', 'int', '1000', 'session'],
  ['ksql.websocket.connection.max.timeout.ms', 'long', '3600000', 'session'],
  ['ksql.fetch.remote.hosts.max.timeout.seconds', 'long', '10', 'session'],
  ['ksql.endpoint.migrate.query', 'boolean', 'true', 'session'],
  ['ksql.metastore.backup.location', 'string', '', 'session'],
  ['ksql.metrics.tags.custom', 'string', '', 'session'],
  ['ksql.metrics.extension', 'string', null, 'session'],
  ['ksql.fail.on.deserialization.error', 'boolean', 'false', 'session'],
  ['ksql.fail.on.production.error', 'boolean', 'true', 'session'],
  ['ksql.pull.queries.enable', 'boolean', 'true'],
  ['ksql.query.pull.cancel.on.disconnect.enabled', 'boolean', 'false', 'session'],
  ['ksql.query.pull.enable.standby.reads', 'boolean', 'false', 'session'],
  ['ksql.query.pull.max.allowed.offset.lag', 'long', '9223372036854775807', 'session'],
  ['ksql.query.pull.table.scan.enabled', 'boolean', 'true', 'session'],
  ['ksql.query.pull.stream.enabled', 'boolean', 'true', 'session'],
  ['ksql.query.pull.range.scan.enabled', 'boolean', 'true', 'session'],
  ['ksql.query.pull.limit.clause.enabled', 'boolean', 'true', 'session'],
  ['ksql.query.pull.interpreter.enabled', 'boolean', 'true', 'session'],
  ['ksql.query.pull.metrics.enabled', 'boolean', 'true', 'session'],
  ['ksql.query.pull.max.qps', 'int', '2147483647', 'session'],
  ['ksql.query.pull.max.concurrent.requests', 'int', '2147483647', 'session'],
  ['ksql.query.pull.max.hourly.bandwidth.megabytes', 'int', '2147483647', 'session'],
  ['ksql.query.pull.thread.pool.size', 'int', '50', 'session'],
  ['ksql.query.pull.router.thread.pool.size', 'int', '50', 'session'],
  ['ksql.query.pull.forwarding.timeout.ms', 'long', '20000', 'session'],
  ['ksql.query.pull.consistency.token.enabled', 'boolean', 'false', 'session'],
  ['ksql.query.push.v2.enabled', 'boolean', 'false', 'session'],
  ['ksql.query.push.v2.registry.installed', 'boolean', 'false', 'session'],
  ['ksql.query.push.v2.alos.enabled', 'boolean', 'true', 'session'],
  ['ksql.query.push.v2.interpreter.enabled', 'boolean', 'true', 'session'],
  ['ksql.query.push.v2.new.latest.delay.ms', 'long', '5000', 'session'],
  ['ksql.query.push.v2.latest.reset.age.ms', 'long', '30000', 'session'],
  ['ksql.query.push.v2.continuation.tokens.enabled', 'boolean', 'false', 'session'],
  ['ksql.query.push.v2.max.catchup.consumers', 'int', '5', 'session'],
  ['ksql.query.push.v2.catchup.consumer.msg.window', 'int', '50', 'session'],
  ['ksql.logging.processing.topic.auto.create', 'boolean', 'false', 'session'],
  ['ksql.logging.processing.topic.name', 'string', null, 'session'],
  ['ksql.logging.processing.topic.partitions', 'int', '1', 'session'],
  ['ksql.logging.processing.topic.replication.factor', 'int', '1', 'session'],
  ['ksql.logging.processing.stream.auto.create', 'boolean', 'false', 'session'],
  ['ksql.logging.processing.stream.name', 'string', 'KSQL_PROCESSING_LOG', 'session'],
  ['ksql.logging.processing.rows.include', 'boolean', 'false', 'session'],
  ['ksql.sink.partitions', 'int', null, 'session'],
  ['ksql.sink.replicas', 'int', null, 'session'],
  ['ksql.new.query.planner.enabled', 'boolean', 'false', 'session'],
  ['ksql.windowed.session.key.legacy', 'boolean', 'false', 'session'],
];

const streams: readonly Line[] = [
  ['bootstrap.servers', 'list', 'localhost:9092', 'server'],
  ['auto.offset.reset', 'string', 'latest', 'session'],
  ['commit.interval.ms', 'long', '2000', 'session'],
  ['cache.max.bytes.buffering', 'long', '10000000', 'session'],
  ['statestore.cache.max.bytes', 'long', '10000000', 'session'],
  ['num.stream.threads', 'int', '4', 'session'],
  ['num.standby.replicas', 'int', '0', 'session'],
  ['processing.guarantee', 'string', 'at_least_once', 'session'],
  ['replication.factor', 'int', '-1', 'session'],
  ['state.dir', 'string', '/tmp/kafka-streams', 'session'],
  ['max.task.idle.ms', 'long', '0', 'session'],
  ['task.timeout.ms', 'long', '300000', 'session'],
  ['buffered.records.per.partition', 'int', '1000', 'session'],
  ['producer.compression.type', 'string', 'snappy', 'session'],
  ['producer.delivery.timeout.ms', 'long', '2147483647', 'session'],
  ['producer.max.block.ms', 'long', '9223372036854775807', 'session'],
  ['topology.optimization', 'string', 'all', 'session'],
  ['default.timestamp.extractor', 'string', null, 'session'],
];

/** Client properties of Kafka that are known by name: accepted, shown when set, without a default of ours. */
const kafka = `acceptable.recovery.lag acks allow.auto.create.topics application.id application.server auto.commit.interval.ms
  auto.include.jmx.reporter batch.size buffer.memory built.in.metrics.version check.crcs client.dns.lookup client.id client.rack
  compression.type connections.max.idle.ms default.api.timeout.ms default.deserialization.exception.handler default.dsl.store
  default.key.serde default.list.key.serde.inner default.list.value.serde.inner default.production.exception.handler
  default.value.serde delivery.timeout.ms enable.auto.commit enable.idempotence exclude.internal.topics fetch.max.bytes
  fetch.max.wait.ms fetch.min.bytes group.id group.instance.id heartbeat.interval.ms interceptor.classes
  internal.leave.group.on.close isolation.level key.deserializer key.serializer linger.ms max.block.ms
  max.in.flight.requests.per.connection max.partition.fetch.bytes max.poll.interval.ms max.poll.records max.request.size
  max.warmup.replicas metadata.max.age.ms metadata.max.idle.ms metric.reporters metrics.num.samples metrics.recording.level
  metrics.sample.window.ms partition.assignment.strategy partitioner.adaptive.partitioning.enable
  partitioner.availability.timeout.ms partitioner.class partitioner.ignore.keys poll.ms probing.rebalance.interval.ms
  rack.aware.assignment.strategy rack.aware.assignment.tags receive.buffer.bytes reconnect.backoff.max.ms reconnect.backoff.ms
  repartition.purge.interval.ms request.timeout.ms retries retry.backoff.ms rocksdb.config.setter security.protocol
  send.buffer.bytes session.timeout.ms socket.connection.setup.timeout.max.ms socket.connection.setup.timeout.ms
  state.cleanup.delay.ms transaction.timeout.ms transactional.id upgrade.from value.deserializer value.serializer
  window.size.ms windowed.inner.class.serde windowstore.changelog.additional.retention.ms
  __emit.interval.ms.kstreams.windowed.aggregation__ __emit.interval.ms.kstreams.outer.join.spurious.results.fix__`;

function define(lines: readonly Line[], family: PropertyDef['family']): PropertyDef[] {
  return lines.map(([name, type, fallback, editor]) => ({
    name,
    type,
    default: fallback,
    editor: editor ?? 'server',
    family,
  }));
}

/** Properties with a default or a meaning of their own, in the order SHOW PROPERTIES lists them. */
export const propertyTable: readonly PropertyDef[] = [
  ...define(engine, 'ksql'),
  ...define(server, 'ksql'),
  ...define(streams, 'streams'),
];

/** Names of Kafka's client properties beyond the table. */
export const kafkaPropertyNames: ReadonlySet<string> = new Set(kafka.split(/\s+/));

/** Properties that a query may be started with and that SHOW PROPERTIES lists at level QUERY. */
export const queryLevelProperties: ReadonlySet<string> = new Set([
  'auto.offset.reset',
  'buffered.records.per.partition',
  'cache.max.bytes.buffering',
  'ksql.fail.on.deserialization.error',
  'ksql.cast.strings.preserve.nulls',
  'ksql.nested.error.set.null',
  'ksql.query.retry.backoff.max.ms',
  'ksql.query.pull.max.allowed.offset.lag',
  'ksql.query.pull.table.scan.enabled',
  'ksql.timestamp.throw.on.invalid',
  'max.task.idle.ms',
  'task.timeout.ms',
]);
