/**
 * Input cut into what is executed one after the other: the shell's own commands, which end with their line or a `;`, and runs of
 * SQL statements, which end with `;` outside of quotes and comments. What is left over is not complete yet.
 */
import { splitStatements } from '../../../grammar/split.ts';
import { commandAt } from './commands/parse.ts';

export type Piece = { readonly kind: 'command' | 'sql'; readonly text: string };

export interface CutInput {
  readonly pieces: readonly Piece[];
  /** From the first word that no `;` follows; empty when the input is complete. */
  readonly rest: string;
}

export function cutInput(input: string): CutInput {
  const pieces: Piece[] = [];
  let at = 0;
  for (;;) {
    const text = input.slice(at);
    const { complete, rest, restStart } = splitStatements(text);
    const starts = complete.map(({ span }) => span.start);
    if (rest !== '') starts.push(restStart);
    const command = starts.find((start) => commandAt(text.slice(start)) !== null) ?? null;
    const sqlEnd = complete.findLast(({ span }) => command === null || span.start < command)?.span
      .end;
    if (sqlEnd !== undefined) pieces.push({ kind: 'sql', text: text.slice(starts[0], sqlEnd) });
    if (command === null) return { pieces, rest };
    const line = commandAt(text.slice(command)) as string;
    pieces.push({ kind: 'command', text: line.replace(/;\s*$/, '').trim() });
    at += command + line.length;
  }
}

/** Whether Enter executes the input instead of starting another line. */
export function isComplete(input: string): boolean {
  return cutInput(input).rest === '';
}
