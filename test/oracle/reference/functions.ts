/** Scalar functions that the generator uses, from functions.md §3. */
import type { Type, Value } from '../model.ts';
import { EvaluationError, toDouble, wrapped } from './numbers.ts';

export function callFunction(
  name: string,
  args: readonly Value[],
  types: readonly Type[],
  result: Type,
): Value {
  switch (name) {
    case '||':
    case 'CONCAT':
      return args.filter((arg) => arg !== null).join('');
    case 'COALESCE':
      return args.find((arg) => arg !== null) ?? null;
    case 'IFNULL':
      return args[0] ?? args[1]!;
    case 'NULLIF':
      return args[0] !== null && args[0] === args[1] ? null : args[0]!;
    case 'AS_VALUE':
      return args[0]!;
    case 'GREATEST':
    case 'LEAST':
      return extreme(args, name === 'GREATEST');
    case 'ROUND':
      return rounded(args[0]!, types[0]!);
    default:
      // The rest gives NULL for NULL.
      return args.includes(null) ? null : nullSafe(name, args, types, result);
  }
}

function extreme(args: readonly Value[], isGreatest: boolean): Value {
  let best: Value = null;
  for (const arg of args) {
    if (arg === null) continue;
    if (best === null || (isGreatest ? arg > best : arg < best)) best = arg;
  }
  return best;
}

function rounded(value: Value, type: Type): Value {
  if (type.kind === 'DOUBLE') {
    if (value === null) return null;
    const floor = Math.floor((value as number) + 0.5);
    if (Number.isNaN(floor)) return 0n;
    if (floor >= 2 ** 63) return 2n ** 63n - 1n;
    return floor <= -(2 ** 63) ? -(2n ** 63n) : BigInt(floor);
  }
  // A primitive parameter: NULL is an error.
  if (value === null) throw new EvaluationError('ROUND of NULL');
  return value;
}

function nullSafe(
  name: string,
  args: readonly Value[],
  types: readonly Type[],
  result: Type,
): Value {
  const [first] = args as readonly [Value];
  switch (name) {
    case 'ABS':
      if (typeof first === 'number') return Math.abs(first);
      return absolute(first as bigint, result);
    case 'SIGN':
      return BigInt(Math.sign(toDouble(first, types[0]!)) || 0);
    case 'LEN':
      return BigInt((first as string).length);
    case 'UCASE':
      return (first as string).toUpperCase();
    case 'LCASE':
      return (first as string).toLowerCase();
    case 'TRIM':
      // biome-ignore lint/suspicious/noControlCharactersInRegex: it trims all of them
      return (first as string).replace(/^[\u0000-\u0020]+|[\u0000-\u0020]+$/g, '');
    case 'SUBSTRING':
      return substring(
        first as string,
        Number(args[1]),
        args[2] === undefined ? null : Number(args[2]),
      );
    default:
      throw new Error(`no function ${name}`);
  }
}

function absolute(value: bigint, type: Type): bigint {
  const size = value < 0n ? -value : value;
  return type.kind === 'DECIMAL' ? size : wrapped(size, type);
}

function substring(text: string, position: number, length: number | null): string {
  const from = position < 0 ? Math.max(text.length + position, 0) : Math.max(position - 1, 0);
  return text.slice(from, length === null ? undefined : from + Math.max(length, 0));
}
