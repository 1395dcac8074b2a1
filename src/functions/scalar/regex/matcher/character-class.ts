/** Reading `[…]` and `\p{…}`: unions, ranges, nested classes, intersections and negation, as Java has them. */
import { allOf, anyOf, characterRange, not, predefinedClass, propertyClass } from './characters.ts';
import type { CharacterTest, Flags } from './node.ts';
import type { Source } from './source.ts';

/** The class whose opening bracket has been taken. A negation covers the whole intersection, as since Java 9. */
export function readClass(source: Source, flags: Flags): CharacterTest {
  const isNegated = source.take('^');
  const operands: CharacterTest[] = [];
  let union: CharacterTest[] = [];
  for (;;) {
    if (flags.comments) source.skipComments();
    if (source.isAtEnd) throw source.error('Unclosed character class');
    const isFirst = union.length === 0 && operands.length === 0;
    if (!isFirst && source.take(']')) break;
    if (source.take('&&')) {
      if (union.length > 0) operands.push(anyOf(union));
      union = [];
    } else if (source.take('[')) {
      union.push(readClass(source, flags));
    } else {
      union.push(readMember(source, flags));
    }
  }
  if (union.length > 0) operands.push(anyOf(union));
  const [only, ...others] = operands;
  if (only === undefined) throw source.error('Bad class syntax');
  const test = others.length === 0 ? only : allOf(operands);
  return isNegated ? not(test) : test;
}

function readMember(source: Source, flags: Flags): CharacterTest {
  if (source.take('\\')) {
    if (source.take('Q')) return anyOf(quoted(source.until('\\E'), flags));
    const letter = source.next();
    const test = readClassEscape(source, letter, flags);
    if (test !== null) return test;
    return readRange(source, source.escapedCharacter(letter), flags);
  }
  return readRange(source, source.next().codePointAt(0) ?? 0, flags);
}

function quoted(text: string, flags: Flags): readonly CharacterTest[] {
  return Array.from(text, (character) => {
    const codePoint = character.codePointAt(0) ?? 0;
    return characterRange(codePoint, codePoint, flags);
  });
}

/** A single character, or a range if a dash and a character follow. */
function readRange(source: Source, first: number, flags: Flags): CharacterTest {
  const isRange = source.lookingAt('-') && !source.lookingAt('-]') && !source.lookingAt('-[');
  if (!isRange) return characterRange(first, first, flags);
  source.next();
  const last = source.take('\\')
    ? source.escapedCharacter(source.next())
    : (source.next().codePointAt(0) ?? 0);
  if (last < first) throw source.error('Illegal character range');
  return characterRange(first, last, flags);
}

/** The set that `\d`, `\p{…}` and the like stand for; null if the escape is a single character. */
export function readClassEscape(
  source: Source,
  letter: string,
  flags: Flags,
): CharacterTest | null {
  if (letter !== 'p' && letter !== 'P') return predefinedClass(letter, flags);
  const name = source.take('{') ? source.until('}') : source.next();
  const test = propertyClass(name);
  if (test === null) throw source.error(`Unknown character property name {${name}}`);
  return letter === 'p' ? test : not(test);
}
