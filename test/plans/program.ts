/** A program to record. */
import type { Command } from '../../src/catalog/command.ts';
import type { InputRecord } from './recording.ts';
import type { Payload } from './payload.ts';

/** A phase is a server's life. Statements come first, then what goes in; topics that queries write take nothing from outside. */
export interface ProgramPhase {
  readonly sql?: readonly string[];
  /** Commands that stand in the command topic when the server starts: kinds that no statement writes. Not in the first phase. */
  readonly commands?: readonly Command[];
  /** Properties of the session that runs `sql`, over `auto.offset.reset` = earliest. */
  readonly session?: Readonly<Record<string, string>>;
  /** INSERT VALUES, for formats that nobody writes by hand. */
  readonly inserts?: readonly string[];
  readonly records?: readonly InputRecord[];
  /** Pull queries, at the end. */
  readonly pulls?: readonly string[];
}

export interface Program {
  /** Its file. */
  readonly name: string;
  readonly about: string;
  /** Of the server. */
  readonly properties?: Readonly<Record<string, string>>;
  readonly phases: readonly ProgramPhase[];
}

/** A record whose value is JSON, in partition 0 unless another is given; `undefined` as key or value: none. */
export function json(
  topic: string,
  timestamp: number,
  key: Payload | undefined,
  value: { readonly [column: string]: unknown } | undefined,
  partition = 0,
): InputRecord {
  return {
    topic,
    partition,
    timestamp,
    key: key ?? null,
    value: value === undefined ? null : ({ json: value } as Payload),
  };
}
