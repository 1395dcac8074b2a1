/**
 * Session variables in SQL text (spec §12): `${name}` is replaced before parsing, outside strings by a whole name or literal, inside
 * them by text that cannot end the string. `$${name}` stands for the text `${name}` itself.
 *
 * Whether a name or a literal is wanted is found by walking the grammar along the tokens before the variable. Where both are
 * possible, as in an expression, either will do. So no value can smuggle in more than one name or one literal.
 *
 * Differs: ksqlDB takes only literals where both are possible.
 */
import type { IToken, TokenType } from 'chevrotain';
import { problem, type Span } from '../src/base/errors.ts';
import { position } from './position.ts';
import { endOfVariable, scan } from './scan.ts';
import * as t from './tokens.ts';
import { type State, Walk } from './walk.ts';

/**
 * The text with variables replaced; those that are not in the map are left as they are, names being compared as typed. Values are
 * not searched for further variables. Error: `parse.variable`, when a value is neither name nor literal, as the place demands.
 */
export function substituteVariables(sql: string, variables: ReadonlyMap<string, string>): string {
  if (!sql.includes('${')) return sql;
  const tokens = scan(sql);
  const walk = new Walk('singleTestStatement');
  const pieces: string[] = [];
  let copied = 0;
  const replace = (span: Span, text: string): void => {
    pieces.push(sql.slice(copied, span.start), text);
    copied = span.end;
  };
  let state: State | null = walk.start;
  for (const token of tokens) {
    const span = { start: token.startOffset, end: token.startOffset + token.image.length };
    let type = token.tokenType;
    if (type === t.StringValue) {
      const text = substituteInString(token.image, variables);
      if (text !== token.image) replace(span, text);
    } else if (type === t.Variable) {
      const isEscaped = sql.charAt(span.start - 1) === '$' && span.start > copied;
      const value = variables.get(token.image.slice(2, -1));
      if (isEscaped) {
        replace({ start: span.start - 1, end: span.end }, token.image);
      } else if (value !== undefined) {
        type = checked(sql, { value, span, state });
        replace(span, value);
      }
    }
    state = type === t.Semicolon ? walk.start : state && walk.follow(state, type);
  }
  pieces.push(sql.slice(copied));
  return pieces.join('');
}

/** Replaces within a string token, quotes included: what is put in has its quotes doubled. */
function substituteInString(image: string, variables: ReadonlyMap<string, string>): string {
  let text = '';
  let copied = 0;
  for (let at = image.indexOf('${'); at >= 0; at = image.indexOf('${', at + 1)) {
    const end = endOfVariable(image, at);
    if (end === at) continue;
    const isEscaped = at > copied && image.charAt(at - 1) === '$';
    const value = variables.get(image.slice(at + 2, end - 1));
    if (isEscaped) {
      text += image.slice(copied, at - 1) + image.slice(at, end);
      copied = end;
    } else if (value !== undefined) {
      text += image.slice(copied, at) + value.replaceAll("'", "''");
      copied = end;
    }
  }
  return text + image.slice(copied);
}

/** The kind of token the value is; throws when it is none that may stand in the place. */
function checked(
  sql: string,
  {
    value,
    span,
    state,
  }: { readonly value: string; readonly span: Span; readonly state: State | null },
): TokenType {
  const wanted = state?.steps.map(({ type }) => type) ?? [];
  const wantsName = state === null || wanted.some((type) => NAME_CLASSES.includes(type));
  const wantsLiteral = state === null || wanted.some((type) => LITERALS.includes(type));
  const type = soleToken(value);
  const isName = type !== null && (type.CATEGORIES ?? []).includes(t.AnyIdentifier);
  const isLiteral = type !== null && LITERALS.includes(type);
  if (type !== null && ((isName && wantsName) || (isLiteral && wantsLiteral))) return type;
  const { line, column } = position(sql, span.start);
  const rule =
    wantsName && !wantsLiteral
      ? ` Identifier names cannot start with '@' and may only contain alphanumeric values and '_'.`
      : '';
  throw problem(
    'parse.variable',
    `Illegal argument at Line: ${line}, Col: ${column}.${rule} Got: '${value}'`,
    { span },
  );
}

const NAME_CLASSES: readonly TokenType[] = [t.AnyIdentifier, t.UnquotedIdentifier];
const LITERALS: readonly TokenType[] = [
  t.StringValue,
  t.IntegerValue,
  t.DecimalValue,
  t.FloatValue,
  t.keyword('TRUE'),
  t.keyword('FALSE'),
];
const NUMBERS: readonly TokenType[] = [t.IntegerValue, t.DecimalValue, t.FloatValue];

/** The type of the one token that the text is, a signed number counting as one; else null. */
function soleToken(text: string): TokenType | null {
  const [first, second, third]: readonly (IToken | undefined)[] = scan(text);
  if (first === undefined || first.image.length > text.trim().length) return null;
  if (second === undefined) return first.image === text.trim() ? first.tokenType : null;
  const isNegative = first.tokenType === t.Minus && NUMBERS.includes(second.tokenType);
  const isAll = third === undefined && first.image + second.image === text.trim();
  return isNegative && isAll ? second.tokenType : null;
}
