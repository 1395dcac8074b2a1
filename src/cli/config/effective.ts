/**
 * What a server is configured with. From the weakest to the strongest: defaults, files in their order, environment variables,
 * `KSQL_OPTS`, options of the command line (spec: api.md §13). What no server knows is told and has no effect, as in ksqlDB; a value
 * that its property cannot have, and a `leat.` property that does not exist, stop the start: there nobody else can be meant.
 */
import { readFileSync } from 'node:fs';
import { ProblemError, problem } from '../../base/errors.ts';
import { configuredLimit } from '../../base/limits.ts';
import { pullLimits } from '../../engine/pull/pull-limits.ts';
import { waitingRows } from '../../engine/push/waiting-rows.ts';
import { executionLimits } from '../../execution/limits.ts';
import { listenerLimits } from '../../server/limits.ts';
import { statementLimits } from '../../sql/limits.ts';
import { checkPropertyValue, isKnownProperty, propertyDef } from '../../sql/properties.ts';
import { propertyTable } from '../../sql/property-table.ts';
import { similarHint } from '../../sql/suggest.ts';
import { type Environment, propertiesOfEnvironment, propertiesOfOptions } from './environment.ts';
import { leatTable } from './leat-table.ts';
import { readProperties } from './properties-file.ts';

export interface ConfigSources {
  /** Properties files; of what stands in several the last counts. */
  readonly files: readonly string[];
  readonly environment: Environment;
  /** Options of the command line. */
  readonly flags: Readonly<Record<string, string>>;
}

export interface Setting {
  readonly value: string;
  /** `leat serve`, `file <path>`, `environment`, `KSQL_OPTS` or `command line`. */
  readonly source: string;
}
/** What is set, by name. */
export type Settings = ReadonlyMap<string, Setting>;

/** A server keeps a processing log, and a stream over it, unless told otherwise; as ksqlDB's configuration files have it. */
const serverDefaults: Readonly<Record<string, string>> = {
  'ksql.logging.processing.topic.auto.create': 'true',
  'ksql.logging.processing.stream.auto.create': 'true',
};

const leatByName = new Map(leatTable.map((property) => [property.name, property]));
const own = 'leat.';

/** Throws `config.unreadable`, `config.unknown-property`, `config.invalid-property` and `config.invalid-limit`. */
export function effectiveSettings({ files, environment, flags }: ConfigSources): Settings {
  const layers: (readonly [string, Readonly<Record<string, string>>])[] = [
    ['leat serve', serverDefaults],
    ...files.map((path) => [`file ${path}`, propertiesOfFile(path)] as const),
    ['environment', propertiesOfEnvironment(environment, (name) => leatByName.has(name))],
    ['KSQL_OPTS', propertiesOfOptions(environment['KSQL_OPTS'])],
    ['command line', flags],
  ];
  const settings = new Map<string, Setting>();
  for (const [source, properties] of layers)
    for (const [name, value] of Object.entries(properties)) settings.set(name, { value, source });
  for (const [name, setting] of settings) check(name, setting);
  checkLimits(propertiesOf(settings));
  return settings;
}

/** Names that are set and that nobody knows, with the one that is like it. */
export function unknownSettings(
  settings: Settings,
): readonly { readonly name: string; readonly source: string; readonly hint: string | null }[] {
  return [...settings].flatMap(([name, { source }]) => {
    if (name.startsWith(own) || isKnownProperty(name)) return [];
    const { hint } = similarHint(name, knownNames()) ?? {};
    return [{ name, source, hint: hint ?? null }];
  });
}

/** The settings as the engine and the server take them. */
export function propertiesOf(settings: Settings): Readonly<Record<string, string>> {
  return Object.fromEntries([...settings].map(([name, { value }]) => [name, value]));
}

function knownNames(): readonly string[] {
  return [...propertyTable, ...leatTable].map(({ name }) => name);
}

function propertiesOfFile(path: string): Readonly<Record<string, string>> {
  try {
    return readProperties(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw problem(
      'config.unreadable',
      `configuration file ${path} cannot be read: ${(cause as Error).message}`,
      {
        hint: 'Name a file of lines such as ksql.service.id=orders_',
        cause,
      },
    );
  }
}

/** What each layer allows at most; otherwise the first statement or connection would tell. */
function checkLimits(properties: Readonly<Record<string, string>>): void {
  statementLimits(properties);
  executionLimits(properties);
  pullLimits(properties);
  waitingRows(properties);
  listenerLimits(properties);
}

function check(name: string, { value, source }: Setting): void {
  const property = leatByName.get(name);
  if (property === undefined && name.startsWith(own))
    throw problem('config.unknown-property', `there is no property ${name} (${source})`, {
      hint: 'leat config lists what there is.',
      ...similarHint(name, leatByName.keys()),
    });
  try {
    if (property?.type === 'number')
      configuredLimit({ key: name, value: Number(property.default) }, { [name]: value });
    else if (propertyDef(name) !== null) checkPropertyValue(name, value);
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    const message = `${error.message} (${source})`;
    const hint = error.hint === undefined ? {} : { hint: error.hint };
    if (error.code === 'config.invalid-limit') throw problem('config.invalid-limit', message, hint);
    throw problem('config.invalid-property', message, hint);
  }
}
