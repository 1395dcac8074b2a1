/**
 * The recorded grammar in five kinds of nodes. Chevrotain records eight kinds of productions; repetitions with separators and those
 * of at least one unfold into plain ones here, so that whoever walks the grammar has fewer cases.
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

export type Node =
  | { readonly kind: 'token'; readonly type: TokenType }
  | { readonly kind: 'rule'; readonly name: string }
  | { readonly kind: 'choice'; readonly branches: readonly Sequence[] }
  | { readonly kind: 'optional'; readonly body: Sequence }
  /** Any number of times, none included. */
  | { readonly kind: 'loop'; readonly body: Sequence };

/** Nodes one after the other, and the rule they stand in. */
export interface Sequence {
  /** Unique within the graph. */
  readonly id: number;
  readonly rule: string;
  readonly nodes: readonly Node[];
}

export type Graph = ReadonlyMap<string, Sequence>;

let cached: Graph | null = null;

/** The rules by name; computed once. */
export function graph(): Graph {
  cached ??= build();
  return cached;
}

function build(): Graph {
  let nextId = 0;
  const convert = (rule: string, productions: readonly IProduction[]): readonly Node[] =>
    productions.flatMap((production) => convertOne(rule, production));
  const sequence = (rule: string, nodes: readonly Node[]): Sequence => ({
    id: nextId++,
    rule,
    nodes,
  });
  const convertOne = (rule: string, production: IProduction): readonly Node[] => {
    if (production instanceof Terminal) return [{ kind: 'token', type: production.terminalType }];
    if (production instanceof NonTerminal) {
      return [{ kind: 'rule', name: production.nonTerminalName }];
    }
    if (production instanceof Alternation) {
      const branches = production.definition.map((branch) =>
        sequence(rule, branch instanceof Alternative ? convert(rule, branch.definition) : []),
      );
      return [{ kind: 'choice', branches }];
    }
    const separated =
      production instanceof RepetitionWithSeparator ||
      production instanceof RepetitionMandatoryWithSeparator;
    if (separated) {
      const body = convert(rule, production.definition);
      const separator: Node = { kind: 'token', type: production.separator };
      const items: readonly Node[] = [
        ...body,
        { kind: 'loop', body: sequence(rule, [separator, ...body]) },
      ];
      const isMandatory = production instanceof RepetitionMandatoryWithSeparator;
      return isMandatory ? items : [{ kind: 'optional', body: sequence(rule, items) }];
    }
    if (production instanceof Option) {
      return [{ kind: 'optional', body: sequence(rule, convert(rule, production.definition)) }];
    }
    if (production instanceof Repetition || production instanceof RepetitionMandatory) {
      const body = convert(rule, production.definition);
      const loop: Node = { kind: 'loop', body: sequence(rule, body) };
      return production instanceof RepetitionMandatory ? [...body, loop] : [loop];
    }
    throw new Error(`unknown production in rule ${rule}`);
  };
  const rules = new Map<string, Sequence>();
  for (const [name, { definition }] of Object.entries(recordedGrammar())) {
    rules.set(name, sequence(name, convert(name, definition)));
  }
  return rules;
}
