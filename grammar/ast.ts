/**
 * What the parser makes of SQL text (spec: sql-statements.md). Plain data: unions told apart by `kind`, every node with the
 * span of the text it came from (character offsets into the whole text that was given to the parser).
 *
 * Several spellings give one AST: `!=` is `<>`, `a NOT LIKE b` is NOT (a LIKE b), `a || b` is CONCAT(a, b), `LIST` is `SHOW`,
 * `VARCHAR` is STRING, SECOND is SECONDS. Spans, `text` and `Identifier.quoted` say how it was written; nothing else does.
 */
import type { Span } from '../src/base/errors.ts';

/** What all nodes have. */
export interface AstNode {
  readonly kind: string;
  readonly span: Span;
}

/** A name, folded to upper case unless it was quoted; `name` is what is compared. */
export interface Identifier {
  readonly kind: 'identifier';
  readonly name: string;
  readonly quoted: boolean;
  readonly span: Span;
}

// ── Types ────────────────────────────────────────────────────────────────────────────────────────────────────────────────

export type PrimitiveTypeName =
  | 'BOOLEAN'
  | 'INTEGER'
  | 'BIGINT'
  | 'DOUBLE'
  | 'STRING'
  | 'BYTES'
  | 'DATE'
  | 'TIME'
  | 'TIMESTAMP';

export interface PrimitiveType {
  readonly kind: 'primitiveType';
  readonly name: PrimitiveTypeName;
  readonly span: Span;
}
/** Precision and scale as written: whether they make a DECIMAL is for the reader to check. */
export interface DecimalType {
  readonly kind: 'decimalType';
  readonly precision: number;
  readonly scale: number;
  readonly span: Span;
}
export interface ArrayType {
  readonly kind: 'arrayType';
  readonly element: Type;
  readonly span: Span;
}
export interface MapType {
  readonly kind: 'mapType';
  readonly key: Type;
  readonly value: Type;
  readonly span: Span;
}
export interface StructType {
  readonly kind: 'structType';
  readonly fields: readonly StructTypeField[];
  readonly span: Span;
}
export interface StructTypeField {
  readonly kind: 'structTypeField';
  readonly name: Identifier;
  readonly type: Type;
  readonly span: Span;
}
/** A name that is no built-in type: perhaps one that CREATE TYPE registered. */
export interface CustomType {
  readonly kind: 'customType';
  readonly name: Identifier;
  readonly span: Span;
}
export type Type = PrimitiveType | DecimalType | ArrayType | MapType | StructType | CustomType;

// ── Expressions ──────────────────────────────────────────────────────────────────────────────────────────────────────────

export interface NullLiteral {
  readonly kind: 'null';
  readonly span: Span;
}
export interface BooleanLiteral {
  readonly kind: 'boolean';
  readonly value: boolean;
  readonly span: Span;
}
/** `type` is INTEGER when the value fits 32 bits, else BIGINT. A sign before the digits is part of the literal. */
export interface IntegerLiteral {
  readonly kind: 'integer';
  readonly value: bigint;
  readonly type: 'INTEGER' | 'BIGINT';
  readonly span: Span;
}
/** `text` is canonical and exact: an optional `-`, digits without needless leading zeros, and perhaps `.` with all its digits. */
export interface DecimalLiteral {
  readonly kind: 'decimal';
  readonly text: string;
  readonly span: Span;
}
export interface DoubleLiteral {
  readonly kind: 'double';
  readonly value: number;
  readonly span: Span;
}
export interface StringLiteral {
  readonly kind: 'string';
  readonly value: string;
  readonly span: Span;
}
export type Literal =
  | NullLiteral
  | BooleanLiteral
  | IntegerLiteral
  | DecimalLiteral
  | DoubleLiteral
  | StringLiteral;

/** `column` or `source.column`. */
export interface ColumnReference {
  readonly kind: 'column';
  readonly source: Identifier | null;
  readonly name: Identifier;
  readonly span: Span;
}
/** `base->field`. */
export interface Dereference {
  readonly kind: 'dereference';
  readonly base: Expression;
  readonly field: Identifier;
  readonly span: Span;
}
/** `base[index]`. */
export interface Subscript {
  readonly kind: 'subscript';
  readonly base: Expression;
  readonly index: Expression;
  readonly span: Span;
}
/** `star` for `f(*)`, which has no arguments. */
export interface FunctionCall {
  readonly kind: 'call';
  readonly name: Identifier;
  readonly arguments: readonly Argument[];
  readonly star: boolean;
  readonly span: Span;
}
/** `x => body` or `(x, y) => body`; only ever an argument. */
export interface Lambda {
  readonly kind: 'lambda';
  readonly parameters: readonly Identifier[];
  readonly body: Expression;
  readonly span: Span;
}
export type TimeUnit = 'DAYS' | 'HOURS' | 'MINUTES' | 'SECONDS' | 'MILLISECONDS';
/** A bare unit of time; only ever an argument, as in `TIMESTAMPADD(DAYS, 1, t)`. */
export interface IntervalUnit {
  readonly kind: 'intervalUnit';
  readonly unit: TimeUnit;
  readonly span: Span;
}
export type Argument = Expression | Lambda | IntervalUnit;

export interface WhenClause {
  readonly kind: 'when';
  readonly condition: Expression;
  readonly result: Expression;
  readonly span: Span;
}
/** Searched when `operand` is null; else simple, each condition being compared with the operand. */
export interface CaseExpression {
  readonly kind: 'case';
  readonly operand: Expression | null;
  readonly whens: readonly WhenClause[];
  readonly otherwise: Expression | null;
  readonly span: Span;
}
export interface CastExpression {
  readonly kind: 'cast';
  readonly value: Expression;
  readonly type: Type;
  readonly span: Span;
}
/** `ARRAY[a, b]`. */
export interface ArrayConstructor {
  readonly kind: 'array';
  readonly elements: readonly Expression[];
  readonly span: Span;
}
export interface MapEntry {
  readonly kind: 'mapEntry';
  readonly key: Expression;
  readonly value: Expression;
  readonly span: Span;
}
/** `MAP(k := v)`. */
export interface MapConstructor {
  readonly kind: 'map';
  readonly entries: readonly MapEntry[];
  readonly span: Span;
}
export interface StructField {
  readonly kind: 'structField';
  readonly name: Identifier;
  readonly value: Expression;
  readonly span: Span;
}
/** `STRUCT(name := value)`. */
export interface StructConstructor {
  readonly kind: 'struct';
  readonly fields: readonly StructField[];
  readonly span: Span;
}
/** A sign that is not part of a literal. */
export interface UnaryExpression {
  readonly kind: 'unary';
  readonly operator: '+' | '-';
  readonly value: Expression;
  readonly span: Span;
}
export type ArithmeticOperator = '+' | '-' | '*' | '/' | '%';
export interface ArithmeticExpression {
  readonly kind: 'arithmetic';
  readonly operator: ArithmeticOperator;
  readonly left: Expression;
  readonly right: Expression;
  readonly span: Span;
}
/** `IS NOT DISTINCT FROM` is a `not` around `IS DISTINCT FROM`. */
export type ComparisonOperator = '=' | '<>' | '<' | '<=' | '>' | '>=' | 'IS DISTINCT FROM';
export interface ComparisonExpression {
  readonly kind: 'comparison';
  readonly operator: ComparisonOperator;
  readonly left: Expression;
  readonly right: Expression;
  readonly span: Span;
}
export interface LogicalExpression {
  readonly kind: 'logical';
  readonly operator: 'AND' | 'OR';
  readonly left: Expression;
  readonly right: Expression;
  readonly span: Span;
}
/** Also what `NOT BETWEEN`, `NOT IN`, `NOT LIKE` and `IS NOT DISTINCT FROM` become. */
export interface NotExpression {
  readonly kind: 'not';
  readonly value: Expression;
  readonly span: Span;
}
export interface BetweenExpression {
  readonly kind: 'between';
  readonly value: Expression;
  readonly lower: Expression;
  readonly upper: Expression;
  readonly span: Span;
}
/** At least one item. */
export interface InExpression {
  readonly kind: 'in';
  readonly value: Expression;
  readonly items: readonly Expression[];
  readonly span: Span;
}
/** `escape` is the text of the ESCAPE literal, of any length: one character is for the reader to demand. */
export interface LikeExpression {
  readonly kind: 'like';
  readonly value: Expression;
  readonly pattern: Expression;
  readonly escape: string | null;
  readonly span: Span;
}
/** `negated` for `IS NOT NULL`. */
export interface IsNullExpression {
  readonly kind: 'isNull';
  readonly value: Expression;
  readonly negated: boolean;
  readonly span: Span;
}
export type Expression =
  | Literal
  | ColumnReference
  | Dereference
  | Subscript
  | FunctionCall
  | CaseExpression
  | CastExpression
  | ArrayConstructor
  | MapConstructor
  | StructConstructor
  | UnaryExpression
  | ArithmeticExpression
  | ComparisonExpression
  | LogicalExpression
  | NotExpression
  | BetweenExpression
  | InExpression
  | LikeExpression
  | IsNullExpression;

// ── Queries ──────────────────────────────────────────────────────────────────────────────────────────────────────────────

/** A length of time as written; `durationMs` in duration.ts gives milliseconds. */
export interface Duration {
  readonly kind: 'duration';
  /** A safe integer, zero or more. */
  readonly amount: number;
  readonly unit: TimeUnit;
  readonly span: Span;
}

export type SelectItem = SelectExpression | SelectAll | SelectStructAll;
/** `expression [AS alias]`. */
export interface SelectExpression {
  readonly kind: 'selectExpression';
  readonly expression: Expression;
  readonly alias: Identifier | null;
  readonly span: Span;
}
/** `*`, or `source.*`. */
export interface SelectAll {
  readonly kind: 'selectAll';
  readonly source: Identifier | null;
  readonly span: Span;
}
/** `base->*`. */
export interface SelectStructAll {
  readonly kind: 'selectStructAll';
  readonly base: Expression;
  readonly span: Span;
}

/** `source [AS] [alias]`. */
export interface AliasedSource {
  readonly kind: 'source';
  readonly name: Identifier;
  readonly alias: Identifier | null;
  readonly span: Span;
}
/** `WITHIN n unit` has equal `before` and `after`. */
export interface WithinClause {
  readonly kind: 'within';
  readonly before: Duration;
  readonly after: Duration;
  readonly grace: Duration | null;
  readonly span: Span;
}
export interface Join {
  readonly kind: 'join';
  readonly type: 'INNER' | 'LEFT' | 'RIGHT' | 'FULL';
  readonly source: AliasedSource;
  readonly within: WithinClause | null;
  readonly on: Expression;
  readonly span: Span;
}
/** The left-most source and what is joined to it, left to right. */
export interface FromClause {
  readonly kind: 'from';
  readonly source: AliasedSource;
  readonly joins: readonly Join[];
  readonly span: Span;
}

export type Window = TumblingWindow | HoppingWindow | SessionWindow;
export interface TumblingWindow {
  readonly kind: 'tumbling';
  readonly size: Duration;
  readonly retention: Duration | null;
  readonly grace: Duration | null;
  readonly span: Span;
}
export interface HoppingWindow {
  readonly kind: 'hopping';
  readonly size: Duration;
  readonly advance: Duration;
  readonly retention: Duration | null;
  readonly grace: Duration | null;
  readonly span: Span;
}
export interface SessionWindow {
  readonly kind: 'session';
  readonly gap: Duration;
  readonly retention: Duration | null;
  readonly grace: Duration | null;
  readonly span: Span;
}

/** The items of GROUP BY or PARTITION BY; none for `GROUP BY ()`. */
export interface ByClause {
  readonly kind: 'by';
  readonly items: readonly Expression[];
  readonly span: Span;
}

/** Where a subscription begins: with the rows there are (`WITH SNAPSHOT`), or behind what a token stands for (`AFTER '…'`). */
export type QueryStart =
  | { readonly kind: 'snapshot'; readonly span: Span }
  | { readonly kind: 'after'; readonly token: string; readonly span: Span };

export interface Query {
  readonly kind: 'query';
  /** At least one. */
  readonly select: readonly SelectItem[];
  readonly from: FromClause;
  readonly window: Window | null;
  readonly where: Expression | null;
  readonly groupBy: ByClause | null;
  readonly partitionBy: ByClause | null;
  readonly having: Expression | null;
  /** Null without an EMIT clause: a pull query, unless it stands in a CREATE or INSERT. */
  readonly emit: 'CHANGES' | 'FINAL' | null;
  /** Only with EMIT CHANGES, and only where it is written. Differs: ksqlDB has no such clause. */
  readonly start?: QueryStart;
  /** A safe integer, zero or more. */
  readonly limit: number | null;
  readonly span: Span;
}

// ── Statements ───────────────────────────────────────────────────────────────────────────────────────────────────────────

export type SourceType = 'STREAM' | 'TABLE';

/**
 * One entry of a WITH clause. For sources and topics `name` is folded to upper case however it was written; for connectors it
 * keeps its case. Nothing checks that names differ.
 */
export interface Property {
  readonly kind: 'property';
  readonly name: string;
  readonly value: Literal;
  readonly span: Span;
}

export type ColumnConstraint =
  | { readonly kind: 'key'; readonly span: Span }
  | { readonly kind: 'primaryKey'; readonly span: Span }
  | { readonly kind: 'headers'; readonly span: Span }
  /** `key` is trimmed. */
  | { readonly kind: 'header'; readonly key: string; readonly span: Span };

export interface TableElement {
  readonly kind: 'element';
  readonly name: Identifier;
  readonly type: Type;
  readonly constraint: ColumnConstraint | null;
  readonly span: Span;
}

/** What all statements have. */
interface StatementBase {
  /** From the first token to the `;`, both included. */
  readonly span: Span;
  /** The exact text of `span`. */
  readonly text: string;
}

/** `CREATE [OR REPLACE] [SOURCE] {STREAM|TABLE} [IF NOT EXISTS] name [(…)] [WITH (…)]`. */
export interface CreateSource extends StatementBase {
  readonly kind: 'createSource';
  readonly sourceType: SourceType;
  readonly orReplace: boolean;
  /** `CREATE SOURCE …`: a read-only source. */
  readonly readOnly: boolean;
  readonly ifNotExists: boolean;
  readonly name: Identifier;
  /** Empty without a list. */
  readonly elements: readonly TableElement[];
  readonly properties: readonly Property[];
}
/** `CREATE [OR REPLACE] {STREAM|TABLE} [IF NOT EXISTS] name [WITH (…)] AS SELECT …`. */
export interface CreateSourceAs extends StatementBase {
  readonly kind: 'createSourceAs';
  readonly sourceType: SourceType;
  readonly orReplace: boolean;
  readonly ifNotExists: boolean;
  readonly name: Identifier;
  readonly properties: readonly Property[];
  readonly query: Query;
}
/** `INSERT INTO target [WITH (…)] SELECT …`. */
export interface InsertInto extends StatementBase {
  readonly kind: 'insertInto';
  readonly target: Identifier;
  readonly properties: readonly Property[];
  readonly query: Query;
}
/** `columns` is null without a list. `values` may be empty. */
export interface InsertValues extends StatementBase {
  readonly kind: 'insertValues';
  readonly target: Identifier;
  readonly columns: readonly Identifier[] | null;
  readonly values: readonly Expression[];
}
/** A pull or push query. */
export interface SelectStatement extends StatementBase {
  readonly kind: 'select';
  readonly query: Query;
}
export interface DropSource extends StatementBase {
  readonly kind: 'dropSource';
  readonly sourceType: SourceType;
  readonly ifExists: boolean;
  readonly name: Identifier;
  readonly deleteTopic: boolean;
}
/** `queryId` is null for ALL. */
export interface TerminateQuery extends StatementBase {
  readonly kind: 'terminate';
  readonly queryId: Identifier | null;
}
/** `queryId` is null for ALL. */
export interface PauseQuery extends StatementBase {
  readonly kind: 'pause';
  readonly queryId: Identifier | null;
}
/** `queryId` is null for ALL. */
export interface ResumeQuery extends StatementBase {
  readonly kind: 'resume';
  readonly queryId: Identifier | null;
}
export interface AddedColumn {
  readonly kind: 'addedColumn';
  readonly name: Identifier;
  readonly type: Type;
  readonly span: Span;
}
/** At least one column. */
export interface AlterSource extends StatementBase {
  readonly kind: 'alterSource';
  readonly sourceType: SourceType;
  readonly name: Identifier;
  readonly columns: readonly AddedColumn[];
}
export interface AlterSystem extends StatementBase {
  readonly kind: 'alterSystem';
  readonly property: string;
  readonly value: string;
}
export interface CreateType extends StatementBase {
  readonly kind: 'createType';
  readonly ifNotExists: boolean;
  readonly name: Identifier;
  readonly type: Type;
}
export interface DropType extends StatementBase {
  readonly kind: 'dropType';
  readonly ifExists: boolean;
  readonly name: Identifier;
}

export interface ShowStreams extends StatementBase {
  readonly kind: 'showStreams';
  readonly extended: boolean;
}
export interface ShowTables extends StatementBase {
  readonly kind: 'showTables';
  readonly extended: boolean;
}
/** `all` includes hidden topics. */
export interface ShowTopics extends StatementBase {
  readonly kind: 'showTopics';
  readonly all: boolean;
  readonly extended: boolean;
}
export interface ShowQueries extends StatementBase {
  readonly kind: 'showQueries';
  readonly extended: boolean;
}
export interface ShowProperties extends StatementBase {
  readonly kind: 'showProperties';
}
export interface ShowFunctions extends StatementBase {
  readonly kind: 'showFunctions';
}
export interface ShowTypes extends StatementBase {
  readonly kind: 'showTypes';
}
export interface ShowVariables extends StatementBase {
  readonly kind: 'showVariables';
}
/** `scope` is null for both kinds. */
export interface ShowConnectors extends StatementBase {
  readonly kind: 'showConnectors';
  readonly scope: ConnectorType | null;
}
export interface ShowConnectorPlugins extends StatementBase {
  readonly kind: 'showConnectorPlugins';
}
export interface DescribeSource extends StatementBase {
  readonly kind: 'describeSource';
  readonly name: Identifier;
  readonly extended: boolean;
}
export interface DescribeStreams extends StatementBase {
  readonly kind: 'describeStreams';
  readonly extended: boolean;
}
export interface DescribeTables extends StatementBase {
  readonly kind: 'describeTables';
  readonly extended: boolean;
}
export interface DescribeFunction extends StatementBase {
  readonly kind: 'describeFunction';
  readonly name: Identifier;
}
export interface DescribeConnector extends StatementBase {
  readonly kind: 'describeConnector';
  readonly name: Identifier;
}
export interface ExplainQuery extends StatementBase {
  readonly kind: 'explainQuery';
  readonly queryId: Identifier;
}
/** `statement.text` has no `;` of its own. */
export interface ExplainStatement extends StatementBase {
  readonly kind: 'explainStatement';
  readonly statement: Statement;
}
/** The topic's name keeps its case. `interval` prints every n-th record. */
export interface PrintTopic extends StatementBase {
  readonly kind: 'print';
  readonly topic: string;
  readonly fromBeginning: boolean;
  readonly interval: number | null;
  readonly limit: number | null;
}
export interface SetProperty extends StatementBase {
  readonly kind: 'set';
  readonly property: string;
  readonly value: string;
}
export interface UnsetProperty extends StatementBase {
  readonly kind: 'unset';
  readonly property: string;
}
/** `name` as typed: it is not folded. */
export interface DefineVariable extends StatementBase {
  readonly kind: 'define';
  readonly name: string;
  readonly value: string;
}
export interface UndefineVariable extends StatementBase {
  readonly kind: 'undefine';
  readonly name: string;
}
/** The topic's name keeps its case. */
export interface AssertTopic extends StatementBase {
  readonly kind: 'assertTopic';
  readonly notExists: boolean;
  readonly topic: string;
  readonly properties: readonly Property[];
  readonly timeout: Duration | null;
}
/** The subject keeps its case; neither subject nor id is demanded here. */
export interface AssertSchema extends StatementBase {
  readonly kind: 'assertSchema';
  readonly notExists: boolean;
  readonly subject: string | null;
  readonly id: Literal | null;
  readonly timeout: Duration | null;
}

export type ConnectorType = 'SOURCE' | 'SINK';
export interface CreateConnector extends StatementBase {
  readonly kind: 'createConnector';
  readonly connectorType: ConnectorType;
  readonly ifNotExists: boolean;
  readonly name: Identifier;
  readonly properties: readonly Property[];
}
export interface DropConnector extends StatementBase {
  readonly kind: 'dropConnector';
  readonly ifExists: boolean;
  readonly name: Identifier;
}

/** Test tool only. */
export interface AssertValues extends StatementBase {
  readonly kind: 'assertValues';
  readonly source: Identifier;
  readonly columns: readonly Identifier[] | null;
  readonly values: readonly Expression[];
}
/** Test tool only: the next record is a tombstone with this key. */
export interface AssertNullValues extends StatementBase {
  readonly kind: 'assertNullValues';
  readonly source: Identifier;
  readonly columns: readonly Identifier[] | null;
  readonly values: readonly Expression[];
}
/** Test tool only: ASSERT STREAM and ASSERT TABLE. */
export interface AssertSource extends StatementBase {
  readonly kind: 'assertSource';
  readonly sourceType: SourceType;
  readonly name: Identifier;
  readonly elements: readonly TableElement[];
  readonly properties: readonly Property[];
}
/** Test tool and shell only. */
export interface RunScript extends StatementBase {
  readonly kind: 'runScript';
  readonly path: string;
}

/** Statements that only the test tool accepts. */
type TestStatement = AssertValues | AssertNullValues | AssertSource | RunScript;

export type Statement =
  | CreateSource
  | CreateSourceAs
  | InsertInto
  | InsertValues
  | SelectStatement
  | DropSource
  | TerminateQuery
  | PauseQuery
  | ResumeQuery
  | AlterSource
  | AlterSystem
  | CreateType
  | DropType
  | ShowStreams
  | ShowTables
  | ShowTopics
  | ShowQueries
  | ShowProperties
  | ShowFunctions
  | ShowTypes
  | ShowVariables
  | ShowConnectors
  | ShowConnectorPlugins
  | DescribeSource
  | DescribeStreams
  | DescribeTables
  | DescribeFunction
  | DescribeConnector
  | ExplainQuery
  | ExplainStatement
  | PrintTopic
  | SetProperty
  | UnsetProperty
  | DefineVariable
  | UndefineVariable
  | AssertTopic
  | AssertSchema
  | CreateConnector
  | DropConnector
  | TestStatement;
