/**
 * What each property of src/sql/property-table.ts means here, for `leat config` and docs/configuration.md. What has no meaning of its
 * own is accepted because configurations of ksqlDB have it; then the reason says why it changes nothing.
 */

/** Properties that do something. */
export const propertyMeanings: Readonly<Record<string, string>> = {
  'ksql.service.id':
    'Part of the names of internal topics and of the cluster, as clients are told.',
  'ksql.output.topic.name.prefix': 'Begins the names of topics that queries make.',
  'ksql.persistent.prefix': 'Part of the consumer groups that descriptions of queries name.',
  'ksql.persistence.default.format.key': 'Format of keys where a statement names none.',
  'ksql.persistence.default.format.value': 'Format of values where a statement names none.',
  'ksql.persistence.wrap.single.values':
    'Whether a single value column is written as a record; by default as its format does.',
  'ksql.schema.registry.url': 'A schema registry elsewhere; empty: the one in this process.',
  'ksql.extension.dir': 'Directory of functions of your own; none unless it is set.',
  'ksql.udfs.enabled': 'Whether they are loaded.',
  'ksql.insert.into.values.enabled': 'Whether INSERT INTO … VALUES is allowed.',
  'ksql.create.or.replace.enabled': 'Whether CREATE OR REPLACE is allowed.',
  'ksql.headers.columns.enabled': 'Whether columns may be HEADERS.',
  'ksql.source.table.materialization.enabled':
    'Whether CREATE SOURCE TABLE keeps its rows for pull queries.',
  'ksql.suppress.enabled': 'Whether EMIT FINAL is allowed.',
  'ksql.lambdas.enabled': 'Whether lambda functions are allowed.',
  'ksql.nested.error.set.null':
    'Whether an error inside of an array, map or struct makes only that part NULL.',
  'ksql.cast.strings.preserve.nulls':
    'Whether CAST(NULL AS STRING) is NULL instead of the text null.',
  'ksql.timestamp.throw.on.invalid':
    'Whether a record without a valid timestamp stops its query instead of being skipped.',
  'ksql.variable.substitution.enable': 'Whether ${name} in statements is replaced.',
  'ksql.hidden.topics': 'Topics that SHOW TOPICS leaves out; patterns.',
  'ksql.readonly.topics': 'Topics that no statement may write to; patterns.',
  'ksql.properties.overrides.denylist': 'Properties that sessions may not set.',
  'ksql.properties.overrides.allowlist': 'The only ones they may set, in mode allowlist.',
  'ksql.properties.overrides.validation.mode':
    'Which of the two lists counts: denylist or allowlist.',
  'ksql.query.persistent.active.limit':
    'Persistent queries that may exist; at most 500, whatever is set.',
  'ksql.query.retry.backoff.initial.ms': 'How long a failed query rests before it is tried again.',
  'ksql.query.retry.backoff.max.ms': 'The longest rest: it doubles each time.',
  'ksql.runtime.feature.shared.enabled':
    'Shown as set; every query has a task of its own in the one process.',
  'ksql.assert.topic.default.timeout.ms': 'How long ASSERT TOPIC waits.',
  'ksql.assert.schema.default.timeout.ms': 'How long ASSERT SCHEMA waits.',
  'ksql.websocket.connection.max.timeout.ms': 'The longest that a WebSocket may live on one token.',
  'ksql.pull.queries.enable': 'Whether pull queries are answered.',
  'ksql.query.pull.table.scan.enabled': 'Whether a pull query may look at all rows of a table.',
  'ksql.query.pull.stream.enabled': 'Whether pull queries may read streams.',
  'ksql.query.pull.range.scan.enabled': 'Whether a pull query may ask for a range of keys.',
  'ksql.query.pull.limit.clause.enabled': 'Whether pull queries may have a LIMIT.',
  'ksql.query.pull.max.allowed.offset.lag':
    'Records that a table may be behind its sources for a pull query to be answered from it.',
  'ksql.query.pull.max.qps': 'Pull queries per second.',
  'ksql.query.pull.max.concurrent.requests': 'Pull queries at a time.',
  'ksql.query.pull.max.hourly.bandwidth.megabytes':
    'What pull queries may answer in an hour, in MB.',
  'ksql.query.pull.consistency.token.enabled':
    'Whether acknowledgements carry a token with which a pull query sees what was acknowledged.',
  'ksql.query.push.v2.enabled':
    'Whether push queries over a stream’s latest rows are shown as scalable.',
  'ksql.query.push.v2.continuation.tokens.enabled':
    'Whether scalable push queries send tokens from which they can go on.',
  'ksql.logging.processing.topic.auto.create':
    'Whether the topic of the processing log is made; `leat serve` makes it unless told otherwise.',
  'ksql.logging.processing.topic.name': 'Its name; by default <service id>ksql_processing_log.',
  'ksql.logging.processing.topic.partitions': 'Its partitions.',
  'ksql.logging.processing.stream.auto.create':
    'Whether the stream over it is made; `leat serve` makes it unless told otherwise.',
  'ksql.logging.processing.stream.name': 'The name of that stream.',
  'ksql.logging.processing.rows.include': 'Whether its lines hold the record that went wrong.',
  'ksql.sink.partitions': 'Partitions of topics that queries make, where nothing else says.',
  'ksql.new.query.planner.enabled': 'Shown as set; there is one planner.',
  listeners:
    'Where the server listens: http or https, address and port. `--host` and `--port` come first.',
  'authentication.method':
    'NONE, or BASIC: whoever calls has a name and a password (docs/security.md).',
  'authentication.realm': 'The realm that browsers show.',
  'authentication.roles': 'Roles of which a user needs one.',
  'authentication.skip.paths': 'Paths that need no login; * stands for anything.',
  'access.control.allow.origin': 'Origins whose pages may call, comma separated; * for all.',
  'ssl.keystore.type': 'PEM or PKCS12; JKS is refused.',
  'ssl.keystore.location': 'File with the certificate and its key.',
  'ssl.keystore.password': 'Its password.',
  'ssl.keystore.reload': 'Whether a changed file is loaded without a restart.',
  'ssl.key.password': 'Password of the key.',
  'ssl.truststore.type': 'PEM or PKCS12; JKS is refused.',
  'ssl.truststore.location': 'File with the authorities of clients’ certificates.',
  'ssl.client.authentication': 'Whether clients show a certificate: NONE, REQUESTED, REQUIRED.',
  'ssl.client.auth': 'The same in the older form: true is REQUIRED.',
  'ssl.enabled.protocols': 'Versions of TLS; by default 1.2 and 1.3.',
  'ssl.cipher.suites': 'Ciphers; by default Node’s.',
  'ksql.advertised.listener':
    'The address that clients are told, for the names by which this server may be called.',
  'ksql.authentication.plugin.class': 'Java classes cannot be loaded: refused where one is named.',
  'ksql.server.command.topic.rate.limit': 'Commands that clients may send in a second.',
  'ksql.server.command.response.timeout.ms': 'How long a request waits for the command it names.',
  'ksql.server.sni.check.enable':
    'Whether the Host header must be the name that TLS was opened for.',
  'ksql.heartbeat.enable': 'Whether /clusterStatus, /heartbeat and /lag are served.',
  'ksql.heartbeat.send.interval.ms': 'How often other hosts are expected to send heartbeats.',
  'ksql.heartbeat.missed.threshold.ms':
    'How many of them may be missed until a host counts as gone.',
  'ksql.lag.reporting.enable': 'Whether /clusterStatus shows lags.',
  'ksql.max.push.queries': 'Push queries at a time.',
  'ksql.idle.connection.timeout.seconds': 'How long a connection may be idle.',
  'ksql.fail.on.deserialization.error':
    'Whether a query stops at a record that it cannot read, rather than skip it.',
  'processing.guarantee': 'Checked and shown; every query is exactly-once, whatever is set.',
  'auto.offset.reset': 'Where queries begin that have read nothing yet: earliest or latest.',
};

/** Why the others change nothing; the first pattern that fits. */
const reasons: readonly (readonly [RegExp, string])[] = [
  [/cancel\.on\.disconnect/, 'a query ends with its connection in any case'],
  [/^ksql\.connect\./, 'there is no Kafka Connect'],
  [/error\.max/, 'the last ten errors of a query are kept'],
  [
    /heartbeat|lag\.reporting|standby|forwarding|fetch\.remote|internal|allowed\.offset\.lag|command\.topic|advertised|replicas|replication|metastore|blocked\.threshold/,
    'one process, one data directory: there are no other servers, brokers and replicas',
  ],
  [
    /pool|threads|instances|runtimes|cleanup|max\.bytes|cache|interpreter|buffer/,
    'the engine shares its time and memory out by itself',
  ],
  [/push\.v2/, 'every push query is what ksqlDB calls scalable'],
  [/metric|telemetry/, 'metrics are at /metrics'],
  [/logging|log/, 'the log has options of its own'],
  [
    /^(?:bootstrap|producer|num\.|processing|state\.|commit|max\.task|task\.|topology|default\.timestamp)/,
    'there are no brokers and no Kafka clients',
  ],
];

/** Why a property of the table that is not among the meanings changes nothing. */
export function reasonWithoutEffect(name: string): string {
  const reason = reasons.find(([pattern]) => pattern.test(name))?.[1] ?? 'it is known and not used';
  return `No effect: ${reason}.`;
}
