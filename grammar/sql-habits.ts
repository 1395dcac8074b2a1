/** What people know from other SQL and write here: hints that say what there is instead. */
import type { IToken } from 'chevrotain';

interface Habit {
  /** The words up to and with the token at fault, in upper case. */
  readonly words: readonly string[];
  readonly hint: string;
}

const habits: readonly Habit[] = [
  { words: ['ORDER', 'BY'], hint: 'There is no ORDER BY: sort the rows where you read them.' },
  {
    words: ['FROM', '('],
    hint: 'There are no sub-queries: make the inner one a CREATE STREAM … AS or CREATE TABLE … AS, and read from that.',
  },
  {
    words: ['UPDATE'],
    hint: 'A row of a table is replaced by INSERT INTO … VALUES with the same key.',
  },
  {
    words: ['DELETE'],
    hint: 'A row of a table goes when a record with its key and no value comes to the topic.',
  },
  { words: ['CREATE', 'CONNECTOR'], hint: 'Connectors are not supported by this server.' },
];

/** The hint for the first habit whose words end at the token at `index`; null for none. */
export function habitHint(tokens: readonly IToken[], index: number): string | null {
  const word = (at: number): string | undefined => tokens[at]?.image.toUpperCase();
  const found = habits.find(({ words }) =>
    words.every((expected, place) => word(index - words.length + 1 + place) === expected),
  );
  if (found !== undefined) return found.hint;
  const lacksSource = word(0) === 'SELECT' && word(index) === ';' && !hasWord(tokens, 'FROM');
  return lacksSource ? 'A query reads FROM a stream or table.' : null;
}

function hasWord(tokens: readonly IToken[], word: string): boolean {
  return tokens.some((token) => token.image.toUpperCase() === word);
}
