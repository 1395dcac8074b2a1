/** docs/functions.md: the reference of the functions, made from what they say of themselves. */
import type { Category, FunctionDef } from './define.ts';
import { formatParameterType, formatParameters, parseSignature } from './signature.ts';

const TITLES: Readonly<Record<Category, string>> = {
  CONDITIONAL: 'Conditions',
  MATHEMATICAL: 'Numbers',
  STRING: 'Text',
  'REGULAR EXPRESSION': 'Regular expressions',
  JSON: 'JSON',
  'DATE / TIME': 'Dates and times',
  ARRAY: 'Arrays',
  MAP: 'Maps',
  LAMBDA: 'Lambdas',
  URL: 'URLs',
  CONVERSIONS: 'Conversions',
  OTHER: 'Other',
  AGGREGATE: 'Aggregates',
  TABLE: 'Table functions',
};

const HEAD = `# Functions

This page is generated from the functions themselves: \`UPDATE=1 npm test -- test/functions/docs.test.ts\`. Every example is a test.
\`DESCRIBE FUNCTION name;\` shows the same. How to add functions of your own: [user-functions.md](user-functions.md).

In a signature \`T\`, \`K\`, \`V\`, \`R\` and \`S\` stand for any type, the same wherever the letter stands; \`DECIMAL\` for one of any precision
and scale; \`...\` for any number of arguments, or one array of them; \`;\` separates an aggregate's columns from its literal arguments;
\`!\` marks an argument where NULL is an error. Results are shown as \`CAST(… AS STRING)\` prints them.
`;

/** The page, as Markdown: categories in a fixed order, functions by name. */
export function functionReference(defs: readonly FunctionDef[]): string {
  const categories = (Object.keys(TITLES) as Category[])
    .map((category) => ({
      title: TITLES[category],
      functions: defs
        .filter((def) => def.category === category)
        .toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    }))
    .filter(({ functions }) => functions.length > 0);
  const contents = categories.map(
    ({ title, functions }) =>
      `**${title}**: ${functions.map(({ name }) => `[${name}](#${name.toLowerCase()})`).join(', ')}\n`,
  );
  const sections = categories.map(
    ({ title, functions }) => `## ${title}\n\n${functions.map(entry).join('\n')}`,
  );
  return [HEAD, contents.join('\n'), ...sections].join('\n');
}

function entry(def: FunctionDef): string {
  const signatures = def.overloads.map(({ signature }) => `${def.name}${signatureText(signature)}`);
  const examples = def.examples.map(([sql, result]) => `| ${code(sql)} | ${code(result)} |`);
  const table = examples.length === 0 ? [] : ['', '| example | result |', '|---|---|', ...examples];
  return [`### ${def.name}`, '', def.doc, '', '```', ...signatures, '```', ...table, ''].join('\n');
}

/** The signature in one spelling, whatever way it was written. */
function signatureText(text: string): string {
  const signature = parseSignature(text);
  const marked = {
    ...signature,
    parameters: signature.parameters.map((parameter) => ({
      ...parameter,
      name: `${parameter.name ?? ''}${parameter.primitive ? '!' : ''}`,
    })),
  };
  const { columnCount } = signature;
  const columns = formatParameters({
    ...marked,
    parameters: marked.parameters.slice(0, columnCount),
  });
  const literals = formatParameters({
    ...marked,
    parameters: marked.parameters.slice(columnCount),
  });
  const parameters = literals === '' ? columns : `${columns}; ${literals}`;
  return `(${parameters}) → ${formatParameterType(signature.result)}`;
}

/** Code in a cell of a table: a bar would end the cell, backticks need a longer fence. */
function code(text: string): string {
  if (text === '') return '(empty)';
  const fence = text.includes('`') ? '``' : '`';
  const shown = text.replaceAll('\n', '⏎').replaceAll('|', '\\|');
  return `${fence}${shown}${fence}`;
}
