/**
 * Properties from environment variables, as ksqlDB's images read them: `KSQL_KSQL_SERVICE_ID` is `ksql.service.id`, `KSQL_LISTENERS`
 * is `listeners`. In what follows the first `KSQL_` a `_` stands for a dot, `__` for a dash and `___` for an underscore. Leat's own
 * begin with `LEAT_`: `LEAT_LIMIT_STATE_ROWS` is `leat.limit.state.rows`. `KSQL_OPTS` holds `-Dname=value …`.
 */

export type Environment = Readonly<Record<string, string | undefined>>;

/** What the images' own scripts read. */
const ofScripts =
  /^KSQL_(?:OPTS|HEAP_OPTS|JVM_PERFORMANCE_OPTS|GC_LOG_OPTS|LOG4J_.*|JMX_.*|CLASSPATH|CONFIG_DIR|LOG_DIR|BASE_DIR|HOME|DOCKER_.*)$/;

/** By property name. Of Leat's only `known` ones: other tools have variables that begin like these. */
export function propertiesOfEnvironment(
  environment: Environment,
  known: (name: string) => boolean,
): Readonly<Record<string, string>> {
  const properties: Record<string, string> = {};
  for (const [variable, value] of Object.entries(environment)) {
    if (value === undefined) continue;
    if (variable.startsWith('KSQL_') && !ofScripts.test(variable))
      properties[dotted(variable.slice('KSQL_'.length))] = value;
    const name = dotted(variable);
    if (variable.startsWith('LEAT_') && known(name)) properties[name] = value;
  }
  return properties;
}

function dotted(variable: string): string {
  return variable
    .toLowerCase()
    .replace(/_{1,3}/g, (run) => (run.length === 1 ? '.' : run.length === 2 ? '-' : '_'));
}

/** The system properties in `KSQL_OPTS`; quotes keep blanks together. */
export function propertiesOfOptions(options: string | undefined): Readonly<Record<string, string>> {
  const properties: Record<string, string> = {};
  for (const [, name = '', double, single, plain] of (options ?? '').matchAll(
    /-D([^\s=]+)=(?:"([^"]*)"|'([^']*)'|(\S*))/g,
  ))
    properties[name] = double ?? single ?? plain ?? '';
  return properties;
}
