/** Generated code against the interpreter on random rows: values, failures with their messages, and what was reported, in order. */
import { compilePredicate, compileRow } from '../../src/execution/codegen/compile.ts';
import type { FunctionRegistry } from '../../src/functions/define.ts';
import { createRegistry } from '../../src/functions/registry.ts';
import { builtinFunctions } from '../../src/functions/table.ts';
import type { Expression, NamedExpression } from '../../src/plan/expression.ts';
import type { Value } from '../../src/types/value.ts';
import { ExpressionGenerator } from './generate.ts';
import { type InterpretedRow, Interpreter } from './interpreter.ts';
import { Random } from './random.ts';
import { randomRow, randomShape, type Scope } from './scope.ts';
import { randomType } from './values.ts';

export interface Disagreement {
  readonly seed: number;
  readonly expressions: readonly Expression[];
  readonly row: InterpretedRow;
  readonly compiled: string;
  readonly interpreted: string;
}

export interface Agreement {
  /** Compared (expression, row) pairs. */
  readonly pairs: number;
  /** Of these, evaluations that failed. */
  readonly failures: number;
  readonly disagreements: readonly Disagreement[];
  /** Calls generated per function. */
  readonly calls: ReadonlyMap<string, number>;
}

export interface AgreementOptions {
  readonly pairs: number;
  readonly seed: number;
  readonly rowsPerExpression: number;
  readonly depth: number;
  readonly functions?: FunctionRegistry;
  readonly onProgress?: (pairs: number) => void;
}

const COLUMNS = 2;
const DISAGREEMENTS_MAX = 20;

/** Each round has a seed of its own, so that one can be run alone: `seed`, `seed + 1`, and so on. */
export function compareOnRandom(options: AgreementOptions): Agreement {
  const functions = options.functions ?? createRegistry(builtinFunctions);
  const calls = new Map<string, number>();
  const disagreements: Disagreement[] = [];
  let pairs = 0;
  let failures = 0;
  for (let seed = options.seed; pairs < options.pairs; seed++) {
    const round = new Round(seed, functions, options);
    pairs += round.run(disagreements);
    failures += round.failures;
    for (const [name, count] of round.calls) calls.set(name, (calls.get(name) ?? 0) + count);
    options.onProgress?.(pairs);
    if (disagreements.length >= DISAGREEMENTS_MAX) break;
  }
  return { pairs, failures, disagreements, calls };
}

/** One shape of rows, one set of properties, one projection of a few columns and one condition. */
class Round {
  failures = 0;
  readonly #seed: number;
  readonly #random: Random;
  readonly #options: AgreementOptions;
  readonly #functions: FunctionRegistry;
  readonly #generator: ExpressionGenerator;
  readonly #properties: Readonly<Record<string, string>>;

  constructor(seed: number, functions: FunctionRegistry, options: AgreementOptions) {
    this.#seed = seed;
    this.#random = new Random(seed * 7919);
    this.#options = options;
    this.#functions = functions;
    this.#generator = new ExpressionGenerator(this.#random, functions.all());
    this.#properties = {
      'ksql.nested.error.set.null': String(!this.#random.oneIn(8)),
      'ksql.cast.strings.preserve.nulls': String(!this.#random.oneIn(8)),
    };
  }

  get calls(): ReadonlyMap<string, number> {
    return this.#generator.calls;
  }

  run(into: Disagreement[]): number {
    const random = this.#random;
    const scope: Scope = { shape: randomShape(random), params: [] };
    const { depth, rowsPerExpression } = this.#options;
    const expressions = Array.from({ length: COLUMNS }, () =>
      this.#generator.expression(
        random.oneIn(2) ? randomType(random, 2) : this.#generator.resultType(),
        1 + random.below(depth),
        scope,
      ),
    );
    const condition = this.#generator.expression(
      { kind: 'BOOLEAN' },
      1 + random.below(depth),
      scope,
    );
    const reports: string[] = [];
    const context = {
      functions: this.#functions,
      properties: this.#properties,
      now: () => 0,
      random: () => 0,
      onError: (message: string) => void reports.push(message),
    };
    const columns = expressions.map(
      (expression, index): NamedExpression => ({
        name: `X${index}`,
        expression,
        text: `e${index}`,
      }),
    );
    const compiledRow = compileRow(columns, context);
    const compiledCondition = compilePredicate(condition, context, 'c');
    const interpreter = new Interpreter(this.#functions, this.#properties);
    for (let at = 0; at < rowsPerExpression; at++) {
      const row = randomRow(random, scope.shape);
      const interpreted = this.#interpret(interpreter, columns, condition, row);
      reports.length = 0;
      const compiled = orThrown(() => {
        const values = compiledRow(row.key, row.value, row.timestamp);
        const holds = compiledCondition(row.key, row.value, row.timestamp);
        return describe([...values, holds], reports);
      });
      if (compiled === interpreted) continue;
      into.push({
        seed: this.#seed,
        expressions: [...expressions, condition],
        row,
        compiled,
        interpreted,
      });
      break;
    }
    return rowsPerExpression * (COLUMNS + 1);
  }

  #interpret(
    interpreter: Interpreter,
    columns: readonly NamedExpression[],
    condition: Expression,
    row: InterpretedRow,
  ): string {
    interpreter.reports = [];
    const values = columns.map(({ expression, name, text }, index) =>
      this.#orElse(
        null,
        () => interpreter.run(expression, row),
        (message) =>
          interpreter.reports.push(
            `Error computing expression ${text} for column ${name} with index ${index}: ${message}`,
          ),
      ),
    );
    const holds = this.#orElse(
      false,
      () => {
        const value = interpreter.run(condition, row);
        if (value === null) throw new Error('NULL operand');
        return value;
      },
      (message) => interpreter.reports.push(`Error evaluating predicate c: ${message}`),
    );
    return describe([...values, holds], interpreter.reports);
  }

  #orElse(otherwise: Value, compute: () => Value, report: (message: string) => void): Value {
    try {
      return compute();
    } catch (error) {
      this.failures++;
      report((error as Error).message);
      return otherwise;
    }
  }
}

/** Nothing is thrown by code that handles its own failures. */
function orThrown(run: () => string): string {
  try {
    return run();
  } catch (error) {
    return `thrown: ${(error as Error).stack}`;
  }
}

/** Text that tells any two different values apart. */
function describe(values: readonly Value[], reports: readonly string[]): string {
  return `${values.map(valueText).join(' | ')}\n${reports.join('\n')}`;
}

function valueText(value: Value): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : String(value);
  if (value === undefined) return 'undefined!';
  if (value === null || typeof value === 'boolean') return String(value);
  if (value instanceof Uint8Array) return `x'${Buffer.from(value).toString('hex')}'`;
  if (value instanceof Map) {
    const entries = [...value].map(([key, item]) => `${valueText(key)}: ${valueText(item)}`);
    return `{${entries.join(', ')}}`;
  }
  return `[${(value as readonly Value[]).map(valueText).join(', ')}]`;
}
