/** All statements: what prepares each. Adding one is a file here and a line in the table. */
import type { Statement } from '../../../grammar/ast.ts';
import { statementLimits } from '../limits.ts';
import { canonicalProperties } from '../properties.ts';
import { checkColumns, checkStatement } from '../statement-limits.ts';
import { prepareAlterSource } from './alter-source.ts';
import { prepareAssertSchema, prepareAssertTopic } from './assert-topic.ts';
import { prepareCreateSourceAs } from './create-as.ts';
import { prepareCreateSource } from './create-source.ts';
import { prepareCreateType, prepareDropType } from './custom-type.ts';
import { prepareDropSource } from './drop-source.ts';
import { prepareExplainQuery, prepareExplainStatement } from './explain.ts';
import { prepareInsertInto } from './insert-into.ts';
import { prepareInsertValues } from './insert-values.ts';
import { preparePrint } from './print-topic.ts';
import { prepareAlterSystem, refuseConnectors, refuseTestStatement } from './refused.ts';
import { preparePause, prepareResume, prepareTerminate } from './run-state.ts';
import { prepareSelect } from './select.ts';
import { prepareDefine, prepareSet, prepareUndefine, prepareUnset } from './session.ts';
import { prepareDescribeFunction, prepareShowFunctions } from './show-functions.ts';
import { prepareShowTypes, prepareShowVariables } from './show-names.ts';
import { prepareShowProperties } from './show-properties.ts';
import { prepareShowQueries } from './show-queries.ts';
import {
  prepareDescribeSource,
  prepareDescribeStreams,
  prepareDescribeTables,
  prepareShowStreams,
  prepareShowTables,
} from './show-sources.ts';
import { prepareShowTopics } from './show-topics.ts';
import type { Effect, PrepareContext } from './statement.ts';

type Kind = Statement['kind'];
type Prepare<K extends Kind> = (
  statement: Extract<Statement, { readonly kind: K }>,
  context: PrepareContext,
) => Effect;

const statements: { readonly [K in Kind]: Prepare<K> } = {
  createSource: prepareCreateSource,
  createSourceAs: prepareCreateSourceAs,
  insertInto: prepareInsertInto,
  insertValues: prepareInsertValues,
  select: prepareSelect,
  dropSource: prepareDropSource,
  terminate: prepareTerminate,
  pause: preparePause,
  resume: prepareResume,
  alterSource: prepareAlterSource,
  alterSystem: prepareAlterSystem,
  createType: prepareCreateType,
  dropType: prepareDropType,
  showStreams: prepareShowStreams,
  showTables: prepareShowTables,
  showTopics: prepareShowTopics,
  showQueries: prepareShowQueries,
  showProperties: prepareShowProperties,
  showFunctions: prepareShowFunctions,
  showTypes: prepareShowTypes,
  showVariables: prepareShowVariables,
  showConnectors: refuseConnectors,
  showConnectorPlugins: refuseConnectors,
  describeSource: prepareDescribeSource,
  describeStreams: prepareDescribeStreams,
  describeTables: prepareDescribeTables,
  describeFunction: prepareDescribeFunction,
  describeConnector: refuseConnectors,
  explainQuery: prepareExplainQuery,
  explainStatement: prepareExplainStatement,
  print: preparePrint,
  set: prepareSet,
  unset: prepareUnset,
  define: prepareDefine,
  undefine: prepareUndefine,
  assertTopic: prepareAssertTopic,
  assertSchema: prepareAssertSchema,
  createConnector: refuseConnectors,
  dropConnector: refuseConnectors,
  assertValues: refuseTestStatement,
  assertNullValues: refuseTestStatement,
  assertSource: refuseTestStatement,
  runScript: refuseTestStatement,
};

/**
 * Decides what a statement does: pure, the effect is for the engine to carry out. Throws Problems. `context.text` is the text
 * that the statement's spans index into.
 */
export function prepareStatement(statement: Statement, context: PrepareContext): Effect {
  const limits = statementLimits(context.properties);
  checkStatement(statement, limits);
  // Each entry takes the statement of its own kind, which is what the lookup by kind gives.
  const prepare = statements[statement.kind] as Prepare<Kind>;
  const properties = canonicalProperties(context.properties);
  const effect = prepare(statement, { ...context, properties });
  if (effect.kind === 'command' && effect.command.kind === 'define-source')
    checkColumns(effect.command.source.schema, limits);
  return effect;
}
