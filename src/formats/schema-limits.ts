/** Limits on schemas that come from outside (design: reliability §4), checked before any parser sees them. */
import { type ProblemError, problem } from '../base/errors.ts';

/** Characters of one schema's text. */
export const SCHEMA_CHARACTERS_MAX: number = 1024 * 1024;
/** How deep brackets may nest in a schema's text. */
export const SCHEMA_DEPTH_MAX = 100;
/** Named types, messages or fields in one schema. */
export const SCHEMA_ITEMS_MAX = 10_000;

/** A text that is not a schema, in the registry's words. */
export function invalidSchema(type: string, reason: string): ProblemError {
  return problem('schema.invalid', `Invalid schema of type ${type}: ${reason}`);
}

/**
 * Refuses texts that are too long or too deep, and names that mean something to JavaScript objects. Brackets inside of quotes
 * do not count.
 */
export function checkSchemaText(type: string, text: string): void {
  if (text.length > SCHEMA_CHARACTERS_MAX) {
    throw invalidSchema(type, `${text.length} characters, limit ${SCHEMA_CHARACTERS_MAX}`);
  }
  if (text.includes('__proto__')) throw invalidSchema(type, "the name '__proto__' is not allowed");
  let depth = 0;
  let quote = '';
  for (let at = 0; at < text.length; at++) {
    const character = text[at]!;
    if (quote !== '') {
      if (character === '\\') at++;
      else if (character === quote || character === '\n') quote = '';
    } else if (character === '"' || (character === "'" && type === 'PROTOBUF')) quote = character;
    else if (character === '{' || character === '[') depth++;
    else if (character === '}' || character === ']') depth--;
    if (depth > SCHEMA_DEPTH_MAX) {
      throw invalidSchema(type, `brackets nest deeper than ${SCHEMA_DEPTH_MAX}`);
    }
  }
}
