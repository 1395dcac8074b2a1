/**
 * Walks the recorded grammar along tokens, on all paths at once, to learn what could come next: for syntax errors and for completion.
 *
 * A place in the grammar is a stack of positions in sequences (`Frame`; equal stacks are one object). A `State` is the set of places
 * that the tokens so far lead to. Finding what follows a place means going down into rules, branches and bodies, and up again where a
 * sequence ends, until tokens are met. States and their transitions are remembered, so that long lists cost little.
 *
 * Gates of the rules are not recorded: a walk may go on where the parser would not.
 */
import type { IToken, TokenType } from 'chevrotain';
import { isOfType } from './dsl.ts';
import { type Graph, graph, type Node, type Sequence } from './graph.ts';
import { tokenTypes } from './tokens.ts';

/** A position in a sequence, `index` being the next node, and where to go on behind its end. */
export interface Frame {
  readonly id: number;
  readonly sequence: Sequence;
  readonly index: number;
  readonly parent: Frame | null;
}
/** A token that may come next. */
export interface Step {
  readonly type: TokenType;
  /** The position of the token itself. */
  readonly at: Frame;
}
export interface State {
  readonly places: readonly Frame[];
  readonly steps: readonly Step[];
  /** Whether the tokens so far may be all. */
  readonly isComplete: boolean;
}

/** What a token has been found to lead to; null for nothing. */
type Transitions = Map<TokenType, State | null>;

export class Walk {
  readonly #graph: Graph;
  readonly #frames = new Map<string, Frame>();
  readonly #states = new Map<string, State>();
  readonly #transitions = new Map<State, Transitions>();
  readonly start: State;

  /** Starts at the beginning of a rule, which must exist. */
  constructor(rule: string) {
    this.#graph = graph();
    this.start = this.#state([this.#frame(this.#rule(rule), 0, null)]);
  }

  /** The state behind the token; null when it cannot come here. */
  follow(state: State, type: TokenType): State | null {
    let transitions = this.#transitions.get(state);
    if (transitions === undefined) {
      transitions = new Map();
      this.#transitions.set(state, transitions);
    }
    const known = transitions.get(type);
    if (known !== undefined) return known;
    const places = state.steps
      .filter((step) => isOfType(type, step.type))
      .map(({ at }) => this.#frame(at.sequence, at.index + 1, at.parent));
    const next = places.length === 0 ? null : this.#state(places);
    transitions.set(type, next);
    return next;
  }

  /** Goes as far along the tokens as possible: how many it took, and the state behind each, the start included. */
  along(tokens: readonly IToken[]): readonly State[] {
    const states = [this.start];
    let state: State | null = this.start;
    for (const token of tokens) {
      state = this.follow(state, token.tokenType);
      if (state === null) break;
      states.push(state);
    }
    return states;
  }

  /**
   * What the place demands when everything optional is left out: the tokens of which one must come, together with those that would
   * start or repeat what is left out directly before them. Null where several different ways lead on.
   */
  demanded(place: Frame): Demand | null {
    const skipped: Frame[] = [];
    let frame: Frame | null = place;
    while (frame !== null) {
      const node: Node | undefined = frame.sequence.nodes[frame.index];
      if (node === undefined) {
        // What a rule leaves out at its end says nothing about what its caller wants.
        if (this.#graph.get(frame.sequence.rule) === frame.sequence) skipped.length = 0;
        frame = frame.parent;
        continue;
      }
      if (node.kind === 'rule') {
        const after: Frame = this.#frame(frame.sequence, frame.index + 1, frame.parent);
        frame = this.#frame(this.#rule(node.name), 0, after);
        continue;
      }
      if (node.kind === 'token' || (node.kind === 'choice' && !isOptional(node))) {
        const types = this.#onlyTokens(node);
        if (types === null) return null;
        const before = skipped.flatMap((at) => this.#firstOf(at));
        return { types: inOrder([...types, ...before]), isExact: before.length === 0 };
      }
      if (isClause(frame.sequence.rule, node)) return null;
      skipped.push(frame);
      frame = this.#frame(frame.sequence, frame.index + 1, frame.parent);
    }
    return { types: [], isExact: true };
  }

  /** The first tokens of the optional part at the frame. */
  #firstOf(at: Frame): readonly TokenType[] {
    const node = at.sequence.nodes[at.index];
    if (node?.kind !== 'optional' && node?.kind !== 'loop' && node?.kind !== 'choice') return [];
    const bodies = node.kind === 'choice' ? node.branches : [node.body];
    const starts = bodies.map((body) => this.#frame(body, 0, null));
    return this.#state(starts).steps.map(({ type }) => type);
  }

  /** The token, or the tokens that are a choice's branches; null if a branch is anything else. */
  #onlyTokens(node: Node): readonly TokenType[] | null {
    if (node.kind === 'token') return [node.type];
    if (node.kind === 'rule') {
      const { nodes } = this.#rule(node.name);
      return nodes.length === 1 && nodes[0]?.kind === 'token' ? [nodes[0].type] : null;
    }
    if (node.kind !== 'choice') return null;
    const types: TokenType[] = [];
    for (const { nodes } of node.branches) {
      const [only] = nodes;
      const found = only === undefined || nodes.length > 1 ? null : this.#onlyTokens(only);
      if (found === null) return null;
      types.push(...found);
    }
    return types;
  }

  #rule(name: string): Sequence {
    const sequence = this.#graph.get(name);
    if (sequence === undefined) throw new Error(`no rule: ${name}`);
    return sequence;
  }

  #frame(sequence: Sequence, index: number, parent: Frame | null): Frame {
    const key = `${sequence.id}:${index}:${parent?.id ?? -1}`;
    let frame = this.#frames.get(key);
    if (frame === undefined) {
      frame = { id: this.#frames.size, sequence, index, parent };
      this.#frames.set(key, frame);
    }
    return frame;
  }

  #state(places: readonly Frame[]): State {
    const key = places.map(({ id }) => id).join();
    let state = this.#states.get(key);
    if (state === undefined) {
      state = this.#expand(places);
      this.#states.set(key, state);
    }
    return state;
  }

  #expand(places: readonly Frame[]): State {
    const steps: Step[] = [];
    const seen = new Set<Frame>();
    const pending = places.toReversed();
    let isComplete = false;
    for (let frame = pending.pop(); frame !== undefined; frame = pending.pop()) {
      if (seen.has(frame)) continue;
      seen.add(frame);
      const { sequence, index, parent } = frame;
      const node = sequence.nodes[index];
      if (node === undefined) {
        if (parent === null) isComplete = true;
        else pending.push(parent);
        continue;
      }
      if (node.kind === 'token') {
        steps.push({ type: node.type, at: frame });
        continue;
      }
      const after = this.#frame(sequence, index + 1, parent);
      if (node.kind === 'rule') {
        pending.push(this.#frame(this.#rule(node.name), 0, after));
      } else if (node.kind === 'choice') {
        for (const branch of node.branches) pending.push(this.#frame(branch, 0, after));
      } else {
        // Behind a loop's body comes the loop again.
        pending.push(after, this.#frame(node.body, 0, node.kind === 'loop' ? frame : after));
      }
    }
    return { places, steps, isComplete };
  }
}

export interface Demand {
  /** In the tokens' order, without repetition; empty at the end of everything. */
  readonly types: readonly TokenType[];
  /** Whether nothing that was left out could come here instead. */
  readonly isExact: boolean;
}

/** A choice may be for nothing. */
function isOptional(node: Node): boolean {
  return node.kind === 'choice' && node.branches.some(({ nodes }) => nodes.length === 0);
}

/**
 * A query's clauses and joins are alternatives to each other: where one may stand and something else does, it is not a single token
 * that is missing.
 */
function isClause(rule: string, node: Node): boolean {
  return rule === 'from' || (rule === 'query' && node.kind === 'optional');
}

/** Each type once, in the order of the table of tokens. */
export function inOrder(types: readonly TokenType[]): readonly TokenType[] {
  return tokenTypes.filter((type) => types.includes(type));
}
