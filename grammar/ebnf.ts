/**
 * The recorded grammar as text, in the EBNF of XML's specification: the committed `leat.ebnf` is this, so that every change of syntax
 * can be seen in review. Gates do not show.
 */
import {
  Alternation,
  Alternative,
  type IProduction,
  NonTerminal,
  Option,
  Repetition,
  RepetitionMandatory,
  RepetitionMandatoryWithSeparator,
  RepetitionWithSeparator,
  Terminal,
  type TokenType,
} from 'chevrotain';
import { recordedGrammar } from './parser.ts';
import { keywords } from './tokens.ts';

const LINE_LENGTH_MAX = 120;

/** One rule after the other, sorted by name, and the words that are reserved and not. */
export function ebnf(): string {
  const rules = Object.entries(recordedGrammar())
    .toSorted(([left], [right]) => (left < right ? -1 : 1))
    .map(([name, { definition }]) => `${name} ::=\n${alternatives(definition)}`);
  const header =
    '/* The language of Leat. Generated from the parser; UPDATE=1 npm test rewrites it. */';
  return `${[header, ...rules, words(true), words(false)].join('\n\n')}\n`;
}

function alternatives(definition: readonly IProduction[]): string {
  const [only] = definition;
  if (definition.length === 1 && only instanceof Alternation) {
    const branches = only.definition.map((branch) => sequence(inside(branch)));
    return branches.map((text, index) => `  ${index === 0 ? ' ' : '|'} ${text}`).join('\n');
  }
  return `    ${sequence(definition)}`;
}

function sequence(productions: readonly IProduction[]): string {
  return productions.length === 0 ? '/* nothing */' : productions.map(one).join(' ');
}

function one(production: IProduction): string {
  if (production instanceof Terminal) return label(production.terminalType);
  if (production instanceof NonTerminal) return production.nonTerminalName;
  if (production instanceof Alternation) {
    return `(${production.definition.map((branch) => sequence(inside(branch))).join(' | ')})`;
  }
  if (production instanceof Option) return `${group(production.definition)}?`;
  if (production instanceof Repetition) return `${group(production.definition)}*`;
  if (production instanceof RepetitionMandatory) return `${group(production.definition)}+`;
  if (production instanceof RepetitionWithSeparator) {
    return `(${separated(production.definition, production.separator)})?`;
  }
  if (production instanceof RepetitionMandatoryWithSeparator) {
    return separated(production.definition, production.separator);
  }
  throw new Error('unknown production');
}

function separated(definition: readonly IProduction[], separator: TokenType): string {
  const item = sequence(definition);
  return `${item} (${label(separator)} ${item})*`;
}

function group(definition: readonly IProduction[]): string {
  const text = sequence(definition);
  return definition.length === 1 && !text.includes(' ') ? text : `(${text})`;
}

function inside(branch: IProduction): readonly IProduction[] {
  return branch instanceof Alternative ? branch.definition : [branch];
}

function label(type: TokenType): string {
  return type.LABEL ?? type.name;
}

function words(reserved: boolean): string {
  const lines: string[] = [];
  let line = '  ';
  for (const keyword of [...keywords.values()].filter((one) => one.reserved === reserved)) {
    if (line.length + keyword.word.length >= LINE_LENGTH_MAX) {
      lines.push(line);
      line = '  ';
    }
    line += ` ${keyword.word}`;
  }
  lines.push(line);
  const title = reserved ? 'Reserved' : 'Not reserved, so names too';
  return `/* ${title}:\n${lines.join('\n')} */`;
}
