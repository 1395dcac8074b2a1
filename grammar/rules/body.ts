import type { Statement } from '../ast.ts';

type WithoutText<S> = S extends Statement ? Omit<S, 'span' | 'text'> : never;

/** A statement before it is known where it ends. */
export type StatementBody = WithoutText<Statement>;
