/**
 * Runs a program over a text, breadth first: all threads stand at one position, in order of priority, at most one per
 * instruction, so the time is linear in text × program (Pike's machine). The first thread to match cuts off those behind it
 * but not those before, which gives the leftmost match a backtracking matcher would prefer.
 */
import { limitExceeded, patternStepsMax } from '../../limits.ts';
import { holds } from './assertions.ts';
import type { Program } from './compile.ts';

/** Start and end of each group by turns, -1 for groups that took no part; the whole match is group 0. */
export type Slots = readonly number[];

/** Steps taken so far, over all searches of one call. */
export interface StepBudget {
  steps: number;
}

/** The leftmost match at or after `from`, or null. */
export function search(
  program: Program,
  text: string,
  from: number,
  lastEnd: number,
  budget: StepBudget,
): Slots | null {
  return new Run(program, text, lastEnd, budget).search(from);
}

interface Threads {
  readonly at: number[];
  readonly slots: Slots[];
}

class Run {
  readonly #program: Program;
  readonly #text: string;
  readonly #lastEnd: number;
  readonly #budget: StepBudget;
  /** Per instruction: the generation in which a thread was last there. */
  readonly #seen: Int32Array;
  #generation = 0;

  constructor(program: Program, text: string, lastEnd: number, budget: StepBudget) {
    this.#program = program;
    this.#text = text;
    this.#lastEnd = lastEnd;
    this.#budget = budget;
    this.#seen = new Int32Array(program.instructions.length);
  }

  search(from: number): Slots | null {
    const { slotCount, firstTest } = this.#program;
    const none: Slots = new Array<number>(slotCount).fill(-1);
    let current: Threads = { at: [], slots: [] };
    let matched: Slots | null = null;
    for (let position = from; position <= this.#text.length; ) {
      const codePoint = this.#text.codePointAt(position);
      const size = codePoint !== undefined && codePoint > 0xffff ? 2 : 1;
      // The threads' generation is still the current one, so a new start comes behind and does not repeat them.
      if (matched === null && (firstTest === null || this.#canStart(codePoint))) {
        if (current.at.length === 0) this.#generation += 1;
        this.#add(current, 0, position, none);
      }
      this.#count(1);
      if (current.at.length > 0) {
        const next: Threads = { at: [], slots: [] };
        matched = this.#step(current, next, codePoint, position + size) ?? matched;
        current = next;
      }
      if (matched !== null && current.at.length === 0) break;
      position += size;
    }
    return matched;
  }

  #canStart(codePoint: number | undefined): boolean {
    return codePoint !== undefined && this.#program.firstTest?.(codePoint) === true;
  }

  /** Moves every thread over one character; gives the slots of the first that had matched before it. */
  #step(
    current: Threads,
    next: Threads,
    codePoint: number | undefined,
    position: number,
  ): Slots | null {
    this.#generation += 1;
    for (const [index, at] of current.at.entries()) {
      const instruction = this.#program.instructions[at];
      const slots = current.slots[index] ?? [];
      if (instruction?.kind === 'match') return slots;
      if (instruction?.kind === 'character' && codePoint !== undefined) {
        this.#count(1);
        if (instruction.test(codePoint)) this.#add(next, at + 1, position, slots);
      }
    }
    return null;
  }

  /** Adds a thread, following what consumes nothing; an own stack keeps priorities and spares the engine's. */
  #add(threads: Threads, start: number, position: number, startSlots: Slots): void {
    const pending: { readonly at: number; readonly slots: Slots }[] = [
      { at: start, slots: startSlots },
    ];
    for (let entry = pending.pop(); entry !== undefined; entry = pending.pop()) {
      const { at, slots } = entry;
      if (this.#seen[at] === this.#generation) continue;
      this.#seen[at] = this.#generation;
      this.#count(1);
      const instruction = this.#program.instructions[at];
      switch (instruction?.kind) {
        case 'jump':
          pending.push({ at: instruction.to, slots });
          break;
        case 'split':
          pending.push({ at: instruction.second, slots }, { at: instruction.first, slots });
          break;
        case 'save':
          pending.push({ at: at + 1, slots: slots.with(instruction.slot, position) });
          break;
        case 'assertion':
          if (holds(instruction.assertion, this.#text, position, this.#lastEnd)) {
            pending.push({ at: at + 1, slots });
          }
          break;
        default:
          threads.at.push(at);
          threads.slots.push(slots);
      }
    }
  }

  #count(steps: number): void {
    this.#budget.steps += steps;
    if (this.#budget.steps > patternStepsMax.value) {
      throw limitExceeded(patternStepsMax, 'regular expression steps', this.#budget.steps);
    }
  }
}
