/** A JSON document as data, without loss: numbers keep their text, objects the order of their keys. */

/** A number as it was written. */
export class JsonNumber {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** Objects are maps, so that `__proto__` is a name like any other. */
export type JsonNode =
  | null
  | boolean
  | string
  | JsonNumber
  | readonly JsonNode[]
  | ReadonlyMap<string, JsonNode>;

const INT_MAX = 2147483647n;
const LONG_MAX = 9223372036854775807n;

/** The name ksqlDB's messages give to a node. */
export function nodeKind(node: JsonNode): string {
  if (node === null) return 'NullNode';
  if (typeof node === 'boolean') return 'BooleanNode';
  if (typeof node === 'string') return 'TextNode';
  if (node instanceof JsonNumber) return numberKind(node.text);
  return node instanceof Map ? 'ObjectNode' : 'ArrayNode';
}

function numberKind(text: string): string {
  if (/[.eE]/.test(text)) return 'DecimalNode';
  if (text.length < 10) return 'IntNode';
  if (text.length > 20) return 'BigIntegerNode';
  const value = BigInt(text);
  if (value >= -INT_MAX - 1n && value <= INT_MAX) return 'IntNode';
  return value >= -LONG_MAX - 1n && value <= LONG_MAX ? 'LongNode' : 'BigIntegerNode';
}
