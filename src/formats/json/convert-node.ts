/**
 * JSON values to SQL values, with ksqlDB's coercions and error texts (spec: semantics.md §3.4).
 *
 * Differs: ksqlDB lets INTEGER and BIGINT wrap around and turns a DOUBLE beyond the largest into Infinity; here a number that
 * does not fit is refused.
 */
import { base64ToBytes } from '../../types/base64.ts';
import { type DecimalValue, parseDecimal, rescaleDown } from '../../types/decimal.ts';
import { isInt64 } from '../../types/integer.ts';
import { javaTrim, parseDouble } from '../../types/java-text.ts';
import { MS_PER_DAY } from '../../types/temporal.ts';
import type { SqlType } from '../../types/type.ts';
import type { Value } from '../../types/value.ts';
import { fitDecimal } from '../fit-decimal.ts';
import { FormatError } from '../format.ts';
import { NUMBER_DIGITS_MAX } from '../limits.ts';
import { findField, foldNames } from './field-names.ts';
import { type JsonNode, JsonNumber, nodeKind } from './json-node.ts';
import { nodeText } from './node-text.ts';

/** A conversion failed; the path is added from the inside out. */
class ConversionError extends Error {
  path = '';
}

/** The value of the document. Throws FormatError with the path of the value at fault. */
export function convertDocument(node: JsonNode, type: SqlType): Value {
  try {
    return convert(node, type);
  } catch (error) {
    if (!(error instanceof ConversionError)) throw error;
    throw new FormatError(`${error.message}, path: $${error.path}`);
  }
}

/** The error for a document that is not there at all. */
export function missingDocument(type: SqlType): FormatError {
  return new FormatError(
    `Can't convert type. sourceType: MissingNode, requiredType: ${typeText(type)}, path: $`,
  );
}

function convert(node: JsonNode, type: SqlType): Value {
  if (node === null) return null;
  switch (type.kind) {
    case 'BOOLEAN':
      if (typeof node === 'boolean') return node;
      throw mismatch(node, type);
    case 'INTEGER':
    case 'DATE':
      return int32(node, type);
    case 'BIGINT':
      return integer(node, type, isInt64);
    case 'TIME':
      return timeOfDay(node, type);
    case 'TIMESTAMP':
      return Number(integer(node, type, isTimestamp));
    case 'DOUBLE':
      return double(node, type);
    case 'DECIMAL':
      return decimal(node, type);
    case 'STRING':
      return nodeText(node);
    case 'BYTES':
      return bytes(node, type);
    default:
      return convertContainer(node, type);
  }
}

function convertContainer(
  node: JsonNode,
  type: Extract<SqlType, { kind: 'ARRAY' | 'MAP' | 'STRUCT' }>,
): Value {
  switch (type.kind) {
    case 'ARRAY':
      if (!Array.isArray(node)) throw mismatch(node, type);
      return node.map((element, index) => at(`[${index}]`, element, type.element));
    case 'MAP': {
      if (!(node instanceof Map)) throw mismatch(node, type);
      const entries = new Map<Value, Value>();
      for (const [name, value] of node as ReadonlyMap<string, JsonNode>) {
        entries.set(name, at(`.${name}.value`, value, type.value));
      }
      return entries;
    }
    case 'STRUCT': {
      if (!(node instanceof Map)) throw mismatch(node, type);
      const folded = foldNames(node);
      return type.fields.map((field) => {
        const value = findField(node, folded, field.name);
        return value === undefined ? null : at(`.${field.name}`, value, field.type);
      });
    }
  }
}

/** Converts what is inside, and on failure says where it was. */
function at(step: string, node: JsonNode, type: SqlType): Value {
  try {
    return convert(node, type);
  } catch (error) {
    if (error instanceof ConversionError) error.path = step + error.path;
    throw error;
  }
}

function int32(node: JsonNode, type: SqlType): number {
  return Number(integer(node, type, (value) => BigInt.asIntN(32, value) === value));
}

function timeOfDay(node: JsonNode, type: SqlType): number {
  const timeMs = integer(node, type, isInt64);
  if (timeMs >= 0n && timeMs <= BigInt(MS_PER_DAY)) return Number(timeMs);
  throw new ConversionError(
    'Time values must use number of milliseconds greater than 0 and less than 86400000.',
  );
}

const SAFE: bigint = BigInt(Number.MAX_SAFE_INTEGER);
function isTimestamp(value: bigint): boolean {
  return value >= -SAFE && value <= SAFE;
}

const INTEGER_TEXT = /^[+-]?[0-9]{1,1000}$/;

/** Null as well for a number whose digits are too many to be worth building. */
function parseNumber(text: string): DecimalValue | null {
  return text.length > NUMBER_DIGITS_MAX ? null : parseDecimal(text);
}

/** A number, its fraction cut off, or the text of an integer. */
function integer(node: JsonNode, type: SqlType, fits: (value: bigint) => boolean): bigint {
  if (typeof node === 'string') {
    if (INTEGER_TEXT.test(node)) {
      const value = BigInt(node.startsWith('+') ? node.slice(1) : node);
      if (fits(value)) return value;
    }
    throw badText(type);
  }
  if (!(node instanceof JsonNumber)) throw mismatch(node, type);
  const number = parseNumber(node.text);
  if (number !== null) {
    const value = rescaleDown(number.unscaled, number.scale, 0);
    if (fits(value)) return value;
  }
  throw outOfRange(node, type);
}

function double(node: JsonNode, type: SqlType): number {
  if (node instanceof JsonNumber) {
    const value = Number(node.text);
    if (Number.isFinite(value)) return value;
    throw outOfRange(node, type);
  }
  if (typeof node !== 'string') throw mismatch(node, type);
  const text = javaTrim(node);
  if (/^[+-]?(NaN|Infinity)$/.test(text)) return Number(text);
  let value: number;
  try {
    value = parseDouble(text);
  } catch {
    throw badText(type);
  }
  if (Number.isFinite(value)) return value;
  throw badText(type);
}

function decimal(node: JsonNode, type: Extract<SqlType, { kind: 'DECIMAL' }>): bigint {
  const text = node instanceof JsonNumber ? node.text : node;
  if (typeof text !== 'string') throw mismatch(node, type);
  const value = parseNumber(text);
  if (value === null) {
    if (node instanceof JsonNumber) throw outOfRange(node, type);
    throw badText(type);
  }
  try {
    return fitDecimal(value, type.precision, type.scale);
  } catch (error) {
    throw new ConversionError((error as Error).message);
  }
}

function bytes(node: JsonNode, type: SqlType): Uint8Array {
  if (typeof node !== 'string') throw mismatch(node, type);
  try {
    return base64ToBytes(node);
  } catch {
    throw new ConversionError('Value is not a valid Base64 encoded string');
  }
}

function mismatch(node: JsonNode, type: SqlType): ConversionError {
  return new ConversionError(
    `Can't convert type. sourceType: ${nodeKind(node)}, requiredType: ${typeText(type)}`,
  );
}

function badText(type: SqlType): ConversionError {
  return new ConversionError(`Can't coerce string to type. targetType: ${typeText(type)}`);
}

function outOfRange(node: JsonNumber, type: SqlType): ConversionError {
  return new ConversionError(
    `Can't convert type. sourceType: ${nodeKind(node)}, requiredType: ${typeText(type)}, the number is out of range`,
  );
}

/** Types as this family of messages names them: primitives by SQL name, inside containers as `VARCHAR` and `INT`. */
function typeText(type: SqlType): string {
  switch (type.kind) {
    case 'ARRAY':
    case 'MAP':
    case 'STRUCT':
      return innerTypeText(type);
    default:
      return type.kind;
  }
}

function innerTypeText(type: SqlType): string {
  switch (type.kind) {
    case 'INTEGER':
      return 'INT';
    case 'STRING':
      return 'VARCHAR';
    case 'DECIMAL':
      return `DECIMAL(${type.precision}, ${type.scale})`;
    case 'ARRAY':
      return `ARRAY<${innerTypeText(type.element)}>`;
    case 'MAP':
      return `MAP<${innerTypeText(type.key)}, ${innerTypeText(type.value)}>`;
    case 'STRUCT':
      return `STRUCT<${type.fields.map((field) => `${field.name} ${innerTypeText(field.type)}`).join(', ')}>`;
    default:
      return type.kind;
  }
}
