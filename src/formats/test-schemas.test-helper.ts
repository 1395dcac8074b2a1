/** A registry of schemas in memory for tests of formats: ids count from 1. */
import type { SchemaResolver, SchemaText, StoredSchema } from './schema.ts';

export class TestSchemas implements SchemaResolver {
  readonly #stored: StoredSchema[] = [];
  readonly #subjects = new Map<string, number[]>();

  /** Puts the schema under the subject and returns its id. */
  add(
    subject: string,
    type: SchemaText['type'],
    text: string,
    references: Readonly<Record<string, string>> = {},
  ): number {
    const id = this.#stored.length + 1;
    this.#stored.push({ id, type, text, references: new Map(Object.entries(references)) });
    this.#subjects.set(subject, [...(this.#subjects.get(subject) ?? []), id]);
    return id;
  }

  /** As a statement's effect asks for it. */
  register(change: {
    readonly subject: string;
    readonly schema: SchemaText;
    readonly onlyFirst: boolean;
  }): void {
    const { subject, schema, onlyFirst } = change;
    const isThere = onlyFirst ? this.latest(subject) !== null : this.find(subject, schema) !== null;
    if (!isThere) this.add(subject, schema.type, schema.text);
  }

  byId(id: number): StoredSchema | null {
    return this.#stored[id - 1] ?? null;
  }

  latest(subject: string): StoredSchema | null {
    const ids = this.#subjects.get(subject) ?? [];
    return this.byId(ids.at(-1) ?? 0);
  }

  find(subject: string, schema: SchemaText): number | null {
    const ids = this.#subjects.get(subject) ?? [];
    return ids.find((id) => this.byId(id)?.text === schema.text) ?? null;
  }
}
