/** Rows to insert as JSON, no digit lost: the inverse of read-value.ts. */
import { formatTimestamp } from '../types/temporal.ts';
import { toBase64 } from './base64.ts';
import { LeatError } from './leat-error.ts';
import { Decimal } from './literal.ts';

/**
 * bigint and decimals become numbers of all their digits, bytes base64, Date a timestamp's text, Map and objects objects, what
 * is undefined nothing. Throws `client.bad-parameter` for what JSON has no form for.
 */
export function jsonText(value: unknown): string {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return JSON.stringify(value);
    case 'bigint':
      return String(value);
    case 'number':
      if (!Number.isFinite(value)) throw bad(`${value} cannot be inserted`);
      return Object.is(value, -0) ? '-0.0' : String(value);
    case 'object':
      return value === null ? 'null' : objectText(value);
    default:
      throw bad(`a ${typeof value} cannot be inserted`);
  }
}

function objectText(value: object): string {
  if (value instanceof Decimal) return `"${value.text}"`;
  if (value instanceof Uint8Array) return `"${toBase64(value)}"`;
  if (value instanceof Date) {
    if (Number.isNaN(value.getTime())) throw bad('an invalid Date cannot be inserted');
    return `"${formatTimestamp(value.getTime())}"`;
  }
  if (Array.isArray(value)) return `[${value.map(jsonText).join(',')}]`;
  const entries = value instanceof Map ? [...value] : Object.entries(value);
  return `{${entries
    .filter(([, of]) => of !== undefined)
    .map(([name, of]) => `${JSON.stringify(String(name))}:${jsonText(of)}`)
    .join(',')}}`;
}

function bad(message: string): LeatError {
  return new LeatError({ code: 'client.bad-parameter', message });
}
