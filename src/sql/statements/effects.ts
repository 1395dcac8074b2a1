/** Effects in the shapes that statements share. */
import type { Json } from '../../base/env.ts';
import type { Command } from '../../catalog/command.ts';
import { quoteAlways } from '../../types/format-type.ts';
import type { Effect } from './statement.ts';

type CommandEffect = Effect & { readonly kind: 'command' };

/** A command with its status message. `warnings` and `schemas` default to none, `queryId` to null. */
export function commandEffect(
  command: Command,
  commandId: string,
  message: string,
  rest: Partial<Pick<CommandEffect, 'queryId' | 'warnings' | 'schemas'>> = {},
): Effect {
  return {
    kind: 'command',
    command,
    message,
    commandId,
    queryId: rest.queryId ?? null,
    warnings: rest.warnings ?? [],
    schemas: rest.schemas ?? [],
  };
}

/** `` stream/`S1`/create `` */
export function sourceCommandId(
  collection: 'stream' | 'table',
  name: string,
  action: 'create' | 'drop' | 'alter',
): string {
  return `${collection}/${quoteAlways(name)}/${action}`;
}

/** A reply: `{'@type': type, ...fields}`. */
export function entityEffect(type: string, fields: Readonly<Record<string, Json>>): Effect {
  return { kind: 'entity', entity: { '@type': type, ...fields } };
}

/** The reply of a statement that had nothing to do. */
export function warningEffect(message: string): Effect {
  return entityEffect('warning_entity', { message });
}
