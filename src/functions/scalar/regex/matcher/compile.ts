/** Compiles a pattern to the instructions of a small non-deterministic machine (Thompson; Cox, "Regular Expression Matching"). */
import { limitExceeded, patternProgramMax } from '../../limits.ts';
import type { Assertion, CharacterTest, Node, Pattern } from './node.ts';

type Instruction =
  | { readonly kind: 'character'; readonly test: CharacterTest }
  /** Goes on at both, preferring the first. */
  | { readonly kind: 'split'; first: number; second: number }
  | { readonly kind: 'jump'; to: number }
  /** Remembers the position in a slot: group n has slots 2n and 2n + 1. */
  | { readonly kind: 'save'; readonly slot: number }
  | { readonly kind: 'assertion'; readonly assertion: Assertion }
  | { readonly kind: 'match' };

export interface Program {
  readonly instructions: readonly Instruction[];
  readonly slotCount: number;
  /** Whether a match can begin with this code point; null if a match may be empty. */
  readonly firstTest: CharacterTest | null;
}

/** Counted repeats are written out; a program over the limit is refused. */
export function compilePattern(pattern: Pattern): Program {
  const instructions: Instruction[] = [];
  emit(instructions, { kind: 'group', index: 0, body: pattern.root });
  push(instructions, { kind: 'match' });
  return {
    instructions,
    slotCount: 2 * (pattern.groupCount + 1),
    firstTest: firstTest(instructions),
  };
}

function push<T extends Instruction>(into: Instruction[], instruction: T): T {
  const count = into.push(instruction);
  if (count > patternProgramMax.value) {
    throw limitExceeded(patternProgramMax, 'regular expression program', count);
  }
  return instruction;
}

function emit(into: Instruction[], node: Node): void {
  switch (node.kind) {
    case 'character':
      push(into, { kind: 'character', test: node.test });
      return;
    case 'assertion':
      push(into, { kind: 'assertion', assertion: node.assertion });
      return;
    case 'sequence':
      for (const item of node.items) emit(into, item);
      return;
    case 'group':
      push(into, { kind: 'save', slot: 2 * node.index });
      emit(into, node.body);
      push(into, { kind: 'save', slot: 2 * node.index + 1 });
      return;
    case 'choice':
      emitChoice(into, node.options);
      return;
    case 'repeat':
      emitRepeat(into, node);
  }
}

function emitChoice(into: Instruction[], options: readonly Node[]): void {
  const exits: { to: number }[] = [];
  for (const [index, option] of options.entries()) {
    if (index === options.length - 1) {
      emit(into, option);
    } else {
      const fork = push(into, { kind: 'split', first: into.length + 1, second: 0 });
      emit(into, option);
      exits.push(push(into, { kind: 'jump', to: 0 }));
      fork.second = into.length;
    }
  }
  for (const exit of exits) exit.to = into.length;
}

type Repeat = Extract<Node, { kind: 'repeat' }>;

/**
 * `x{2,4}` is `xx(x(x)?)?`, `x{2,}` is `xx+`. `x*` is `(x+)?`, so that a body that matches nothing is still entered once and
 * its groups are set, as a backtracking matcher would set them.
 */
function emitRepeat(into: Instruction[], { body, min, max, isLazy }: Repeat): void {
  const isUnbounded = max === Number.POSITIVE_INFINITY;
  const required = isUnbounded && min > 0 ? min - 1 : min;
  for (let count = 0; count < required; count += 1) emit(into, body);
  const forks: Extract<Instruction, { kind: 'split' }>[] = [];
  if (isUnbounded) {
    if (min === 0) forks.push(pushFork(into));
    const start = into.length;
    emit(into, body);
    const again = pushFork(into);
    again.first = start;
    forks.push(again);
  } else {
    for (let count = min; count < max; count += 1) {
      forks.push(pushFork(into));
      emit(into, body);
    }
  }
  for (const fork of forks) {
    fork.second = into.length;
    if (isLazy) [fork.first, fork.second] = [fork.second, fork.first];
  }
}

/** A split into what follows and, to be filled in, elsewhere. */
function pushFork(into: Instruction[]): Extract<Instruction, { kind: 'split' }> {
  return push(into, { kind: 'split', first: into.length + 1, second: 0 });
}

/** Lets the search skip characters no match begins with. */
function firstTest(instructions: readonly Instruction[]): CharacterTest | null {
  const tests: CharacterTest[] = [];
  const seen = new Set<number>();
  const pending = [0];
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    if (seen.has(at)) continue;
    seen.add(at);
    const instruction = instructions[at];
    if (instruction === undefined || instruction.kind === 'match') return null;
    if (instruction.kind === 'character') tests.push(instruction.test);
    else if (instruction.kind === 'jump') pending.push(instruction.to);
    else if (instruction.kind === 'split') pending.push(instruction.first, instruction.second);
    else pending.push(at + 1);
  }
  return (codePoint) => tests.some((test) => test(codePoint));
}
