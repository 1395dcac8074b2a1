/**
 * Properties of servers and sessions: which names exist, which values they take, and what a set of them says
 * (spec: api.md §15, sql-statements.md §12).
 */
import { problem } from '../base/errors.ts';
import {
  kafkaPropertyNames,
  type PropertyDef,
  type PropertyType,
  propertyTable,
} from './property-table.ts';
import { similarHint } from './suggest.ts';

/** A set of properties by name, either bare or with Kafka's `ksql.streams.` prefix. */
export type Properties = Readonly<Record<string, string>>;

const prefix = 'ksql.streams.';
const byName: ReadonlyMap<string, PropertyDef> = new Map(
  propertyTable.map((property) => [property.name, property]),
);

/** The name a property is known by: without `ksql.streams.`, for Kafka's own. */
export function canonicalName(name: string): string {
  const bare = name.startsWith(prefix) ? name.slice(prefix.length) : name;
  if (bare !== name && byName.has(name)) return name;
  return bare;
}

/** The same set under canonical names; a bare name wins over a prefixed one. */
export function canonicalProperties(properties: Properties): Properties {
  const result: Record<string, string> = {};
  for (const [name, value] of Object.entries(properties)) {
    if (canonicalName(name) !== name) result[canonicalName(name)] = value;
  }
  for (const [name, value] of Object.entries(properties)) {
    if (canonicalName(name) === name) result[name] = value;
  }
  return result;
}

/** Value of a property by its canonical name: as set, else its default, else undefined. */
export function propertyValue(properties: Properties, name: string): string | undefined {
  return properties[name] ?? properties[prefix + name] ?? byName.get(name)?.default ?? undefined;
}

/** Whether a boolean property is on. */
export function isEnabled(properties: Properties, name: string): boolean {
  return propertyValue(properties, name)?.trim().toLowerCase() === 'true';
}

/** The table's line for a name in either form, or null where the name is known but has no line, or is not known. */
export function propertyDef(name: string): PropertyDef | null {
  return byName.get(canonicalName(name)) ?? null;
}

/** Whether a property of this name exists. */
export function isKnownProperty(name: string): boolean {
  const bare = canonicalName(name);
  if (byName.has(bare) || kafkaPropertyNames.has(bare)) return true;
  if (/^ksql\.(functions|schema\.registry|connect|logging)\./.test(bare)) return true;
  if (/^(ssl|sasl|metrics|confluent)\./.test(bare)) return true;
  const client = /^(?:main\.|restore\.|global\.)?(?:consumer|producer|admin|topic)\.(.+)$/.exec(
    bare,
  );
  return client?.[1] !== undefined && client[1].length > 0;
}

/** Checks that a session may set a property at all; errors are those of `checkOverride`. */
export function checkOverridable(name: string, server: Properties): void {
  if (!isKnownProperty(name)) {
    throw problem(
      'property.unknown',
      `Unknown property: ${name}`,
      similarHint(name, byName.keys()),
    );
  }
  if (propertyDef(name)?.editor === 'server' || /^ssl\./.test(canonicalName(name))) {
    throw problem('property.immutable', `Cannot override property '${name}'`);
  }
  refuseDenied([name], server);
}

/**
 * Checks one override that a session or request makes. Throws `property.unknown`, `property.immutable`, `property.denied` or
 * `property.invalid` in ksqlDB's words. `server` are the server's own properties.
 */
export function checkOverride(name: string, value: string, server: Properties): void {
  checkOverridable(name, server);
  checkPropertyValue(name, value);
}

/** Whether a property of the table can have this value; throws `property.invalid`. */
export function checkPropertyValue(name: string, value: string): void {
  const property = propertyDef(name);
  if (property !== null) checkValue(property, name, value);
}

/** Checks all overrides of a request; the denied ones are named together. */
export function checkOverrides(overrides: Properties, server: Properties): void {
  refuseDenied(Object.keys(overrides), server);
  for (const [name, value] of Object.entries(overrides)) checkOverride(name, value, server);
}

function refuseDenied(names: readonly string[], server: Properties): void {
  const mode = propertyValue(server, 'ksql.properties.overrides.validation.mode');
  const isAllowlist = mode?.toLowerCase() === 'allowlist';
  const kind = isAllowlist ? 'allowlist' : 'denylist';
  const listed = new Set(
    (propertyValue(server, `ksql.properties.overrides.${kind}`) ?? '')
      .split(',')
      .map((name) => canonicalName(name.trim())),
  );
  const denied = names.filter((name) => listed.has(canonicalName(name)) !== isAllowlist);
  if (denied.length === 0) return;
  throw problem(
    'property.denied',
    `One or more properties overrides set locally are prohibited by the KSQL server ${kind} (use UNSET to reset their default value): [${denied.join(', ')}]`,
  );
}

function checkValue(property: PropertyDef, name: string, value: string): void {
  const text = value.trim();
  switch (property.type) {
    case 'string':
      if (property.name === 'auto.offset.reset') checkOffsetReset(name, value);
      if (property.name === 'processing.guarantee') checkGuarantee(name, value);
      return;
    case 'boolean':
      if (!/^(true|false)$/i.test(text)) {
        throw invalid(name, value, 'Expected value to be either true or false');
      }
      return;
    case 'int':
    case 'long':
      if (!isInteger(text, property.type)) {
        throw invalid(name, value, `Not a number of type ${property.type.toUpperCase()}`);
      }
      return;
    case 'double':
      if (text === '' || Number.isNaN(Number(text))) {
        throw invalid(name, value, 'Not a number of type DOUBLE');
      }
      return;
    default:
      return;
  }
}

function checkOffsetReset(name: string, value: string): void {
  if (value === 'earliest' || value === 'latest') return;
  if (value === 'none') {
    throw problem('property.invalid', "'none' is not valid for this property within KSQL");
  }
  throw invalid(name, value, 'String must be one of: latest, earliest, none');
}

/** What every Leat gives is exactly_once_v2, whichever of Kafka's is asked for. */
function checkGuarantee(name: string, value: string): void {
  const known = ['at_least_once', 'exactly_once', 'exactly_once_beta', 'exactly_once_v2'];
  if (known.includes(value)) return;
  throw invalid(name, value, `String must be one of: ${known.join(', ')}`);
}

function isInteger(text: string, type: PropertyType): boolean {
  if (!/^[+-]?\d+$/.test(text)) return false;
  const number = BigInt(text);
  return number === BigInt.asIntN(type === 'int' ? 32 : 64, number);
}

function invalid(name: string, value: string, reason: string): Error {
  return problem(
    'property.invalid',
    `Invalid value ${value} for configuration ${canonicalName(name)}: ${reason}`,
  );
}
