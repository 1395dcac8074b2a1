/** What a statement does to the registry, as plain data; carried out together with the statement's command. */
import type { SchemaText } from '../formats/schema.ts';

export type SchemaChange =
  /** Registers the schema; with `onlyFirst` only where the subject has none. `topic` is for messages. */
  | {
      readonly kind: 'register';
      readonly topic: string;
      readonly subject: string;
      readonly schema: SchemaText;
      readonly onlyFirst: boolean;
    }
  /** Puts a schema that the registry has under a subject too. */
  | {
      readonly kind: 'register-id';
      readonly topic: string;
      readonly subject: string;
      readonly id: number;
    }
  /** Nothing happens where there is no such subject. */
  | { readonly kind: 'delete-subject'; readonly subject: string };
