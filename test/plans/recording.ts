/**
 * What is kept of a program for ever: the command topic's records as a version stored them, what came in, what went out, and
 * the state that its queries had between two phases.
 */
import type { Json } from '../../src/base/env.ts';
import type { Offset, TopicSpec } from '../../src/log/log.ts';
import type { Payload } from './payload.ts';

/** A record that came in from outside. */
export interface InputRecord {
  readonly topic: string;
  readonly partition: number;
  readonly timestamp: number;
  readonly key: Payload;
  readonly value: Payload;
  readonly headers?: readonly (readonly [string, Payload])[];
}

/** A record that a query wrote. */
export interface OutputRecord extends InputRecord {
  readonly offset: Offset;
}

/** A query's progress at the end of a phase; entries in base64. */
export interface OwnerRecord {
  readonly owner: string;
  readonly positions: readonly (readonly [topic: string, partition: number, next: Offset])[];
  readonly stores: Readonly<Record<string, readonly (readonly [key: string, value: string])[]>>;
}

/** A pull query at the end of a phase. */
export interface PullRecord {
  readonly sql: string;
  /** Each is a JSON text. */
  readonly rows: readonly string[];
}

/** A server's life: it starts with all commands so far, takes records, and ends. */
export interface Phase {
  /** What was typed; for readers only. */
  readonly sql: readonly string[];
  /** Topics made in this phase. */
  readonly topics: readonly TopicSpec[];
  /** Values of the command topic. */
  readonly commands: readonly Json[];
  /** Records of the schema registry's topic. */
  readonly schemas: readonly (readonly [key: Payload, value: Payload])[];
  /** In the order in which they came. */
  readonly inputs: readonly InputRecord[];
  /** In the order in which they were written, by topic and partition. */
  readonly outputs: readonly OutputRecord[];
  readonly pulls: readonly PullRecord[];
  readonly state: readonly OwnerRecord[];
}

export interface Recording {
  readonly about: string;
  readonly phases: readonly Phase[];
}
