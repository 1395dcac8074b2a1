/** The text a JSON value becomes in a STRING column (spec: semantics.md §3.4). */
import { type DecimalValue, decimalText, parseDecimal } from '../../types/decimal.ts';
import { NUMBER_DIGITS_MAX } from '../limits.ts';
import { type JsonNode, JsonNumber } from './json-node.ts';
import { jsonQuoted } from './write-text.ts';

/**
 * Text as is; numbers and booleans as their text; objects as compact JSON with sorted names; arrays as `[a, b]`, where text
 * stands without quotes.
 */
export function nodeText(node: JsonNode): string {
  if (typeof node === 'string') return node;
  if (node === null || typeof node === 'boolean') return String(node);
  if (node instanceof JsonNumber) return numberText(node.text);
  if (node instanceof Map) return compactJson(node);
  return `[${(node as readonly JsonNode[]).map(nodeText).join(', ')}]`;
}

function compactJson(node: JsonNode): string {
  if (typeof node === 'string') return jsonQuoted(node);
  if (node === null || typeof node === 'boolean') return String(node);
  if (node instanceof JsonNumber) return numberText(node.text);
  if (node instanceof Map) {
    const names = [...(node as ReadonlyMap<string, JsonNode>).keys()].sort();
    return `{${names.map((name) => `${jsonQuoted(name)}:${compactJson(node.get(name)!)}`).join(',')}}`;
  }
  return `[${(node as readonly JsonNode[]).map(compactJson).join(',')}]`;
}

/** As Java prints the number the text stands for: an integer, or a decimal that keeps its trailing zeros. */
function numberText(text: string): string {
  if (!/[.eE]/.test(text)) return text === '-0' ? '0' : text;
  const decimal = text.length > NUMBER_DIGITS_MAX ? null : parseDecimal(text);
  return decimal === null ? text : javaDecimalText(decimal);
}

/** As Java's BigDecimal.toString: with an exponent when the scale is negative or more than five zeros follow the point. */
function javaDecimalText({ unscaled, scale }: DecimalValue): string {
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString();
  const exponent = digits.length - 1 - scale;
  if (scale >= 0 && exponent >= -6) return decimalText(unscaled, scale);
  const mantissa = digits.length === 1 ? digits : `${digits[0]}.${digits.slice(1)}`;
  return `${unscaled < 0n ? '-' : ''}${mantissa}E${exponent < 0 ? '' : '+'}${exponent}`;
}
