/** Statements that parse but that this server does not have. */
import { problem } from '../../base/errors.ts';
import type { Effect, PrepareContext } from './statement.ts';
import type { AlterSystem } from '../../../grammar/ast.ts';
import { isEnabled, isKnownProperty } from '../properties.ts';

/** CREATE, DROP, SHOW and DESCRIBE of connectors. */
export function refuseConnectors(): Effect {
  throw problem('connect.unsupported', 'Connectors are not supported by this server');
}

/** Statements of the test tool and the shell, in the words of a parser that does not know them. */
export function refuseTestStatement(statement: {
  readonly kind: string;
  readonly text: string;
}): Effect {
  const word = statement.text.trim().split(/\s+/)[0] ?? '';
  throw problem('statement.unknown', `Unknown statement '${word}'`, {
    hint: 'Only the test tool and the shell know it.',
  });
}

/** `ALTER SYSTEM 'prop'='value'` needs runtimes that queries share, which are off. */
export function prepareAlterSystem(statement: AlterSystem, context: PrepareContext): Effect {
  const { property, value } = statement;
  if (!isEnabled(context.properties, 'ksql.runtime.feature.shared.enabled')) {
    throw problem(
      'system.unsupported',
      'Cannot alter system configs when KSQL_SHARED_RUNTIME_ENABLED is turned off.',
    );
  }
  if (!isKnownProperty(property)) {
    throw problem(
      'system.unknown',
      `Failed to set ${property} to ${value}. Caused by: Not recognizable as ksql, streams, consumer, or producer property: ${property}`,
    );
  }
  throw problem('system.unsupported', 'ALTER SYSTEM is not supported by this server');
}
