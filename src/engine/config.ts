/** What an engine is started with. */
import type { Env } from '../base/env.ts';
import type { LogOptions } from '../base/log-line.ts';
import type { FunctionDef } from '../functions/define.ts';
import type { SpillArea } from '../execution/state/spill-area.ts';
import type { Durability } from '../log/log.ts';
import { isEnabled } from '../sql/properties.ts';

export interface EngineConfig {
  /** Where the log lives; null: in memory. */
  readonly directory: string | null;
  readonly durability: Durability;
  /** Server properties by full name, over the defaults of src/sql/properties.ts. */
  readonly properties: Readonly<Record<string, string>>;
  /** Modules with a user's functions (docs/user-functions.md); absent: the property `ksql.extension.dir`, or none. */
  readonly functionsDirectory?: string | null;
  /** What its log shows, and how; absent: warnings, as JSON. */
  readonly log?: LogOptions;
  /** What EngineParts.timers says where that is not given, as on a thread; absent: true. */
  readonly timers?: boolean;
}

/** What an inline engine takes beyond its configuration. */
export interface EngineParts {
  readonly env: Env;
  /** Functions beyond the built-in ones. */
  readonly functions: readonly FunctionDef[];
  /** false: nothing happens merely because time passes (deterministic tests): failed queries stay failed. */
  readonly timers: boolean;
  /** The test tool makes topics as they are named; absent: a statement must say PARTITIONS. */
  readonly topicDefaults?: { readonly partitions: number };
  /** Where state goes that memory has no room for; the engine disposes of it. Absent: to memory, in less of it. */
  readonly spill?: SpillArea & Disposable;
  /** The engine cannot go on: its log's outcome is unknown, or it is at fault. */
  readonly onFatal: (error: unknown) => void;
}

/** `ksql.service.id` names internal topics and the command topic. */
export function serviceId(properties: Readonly<Record<string, string>>): string {
  return properties['ksql.service.id'] ?? 'default_';
}

export function commandTopicName(properties: Readonly<Record<string, string>>): string {
  return `_confluent-ksql-${serviceId(properties)}_command_topic`;
}

/** Where a user's functions are; null: nowhere. ksqlDB looks in `ext` unasked, Leat only where it is told to. */
export function functionsDirectoryOf({
  functionsDirectory,
  properties,
}: EngineConfig): string | null {
  if (!isEnabled(properties, 'ksql.udfs.enabled')) return null;
  return functionsDirectory ?? properties['ksql.extension.dir'] ?? null;
}
