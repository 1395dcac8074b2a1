/** Messages between the engine's thread and the one that holds its `ThreadEngine`. Everything is plain data. */
import type { Problem } from '../../base/errors.ts';
import { ProblemError } from '../../base/errors.ts';
import type {
  Engine,
  FailureData,
  QueryFrame,
  QueryHead,
  QueryStream,
  SubscriptionHead,
} from '../api.ts';
import { StatementFailure } from '../api.ts';
import { plainProblem } from '../plain-problem.ts';
import type { QueryEnd } from '../push/row-queue.ts';
import type { Delivery } from '../subscribe/delivery.ts';

/** Methods that are called and answered; `query` answers with a stream instead. */
export type CallMethod = Exclude<keyof Engine, typeof Symbol.asyncDispose>;

export type ToEngine =
  | {
      readonly kind: 'call';
      readonly id: number;
      readonly method: CallMethod;
      readonly args: readonly unknown[];
    }
  /** A call of `query` with nothing but its statement: text crosses much faster than objects. */
  | readonly [id: number, sql: string]
  /** The reader has taken `bytes` of the stream's rows and may be sent as many more. */
  | { readonly kind: 'credit'; readonly stream: number; readonly bytes: number }
  | { readonly kind: 'close-stream'; readonly stream: number }
  | { readonly kind: 'subscription-credit'; readonly subscription: number; readonly bytes: number }
  | { readonly kind: 'close-subscription'; readonly subscription: number }
  | { readonly kind: 'stop' };

export type FromEngine =
  | { readonly kind: 'ready' }
  /** The messages sent last have arrived. */
  | { readonly kind: 'received' }
  /** To `query`: the whole answer. */
  | readonly [
      id: number,
      queryId: string,
      /** Number of the columns of its head; their JSON comes before it is used. */
      columns: number,
      rows: readonly string[],
      consistencyToken: string | undefined,
    ]
  /** What columns a number stands for, until another message gives it to others. */
  | { readonly kind: 'columns'; readonly number: number; readonly text: string }
  | { readonly kind: 'result'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'error'; readonly id: number; readonly error: ErrorData }
  /** A frame with all streams that get it. */
  | { readonly kind: 'frame'; readonly streams: number[]; readonly frame: QueryFrame }
  | {
      readonly kind: 'end';
      readonly stream: number;
      readonly end: ReturnType<QueryStream['end']>;
      readonly error: ErrorData | null;
    }
  /** Each delivery with all subscriptions that get it. */
  | { readonly kind: 'deliveries'; readonly deliveries: readonly AddressedDelivery[] }
  | {
      readonly kind: 'subscription-end';
      readonly subscription: number;
      readonly end: QueryEnd;
      readonly error: ErrorData | null;
    }
  | { readonly kind: 'fatal'; readonly error: ErrorData }
  | { readonly kind: 'stopped' };

/** What `query` answers. `stream` numbers its frames. */
export interface StreamHead {
  readonly stream: number;
  readonly head: QueryHead;
}

/** What `subscribe` answers. */
export interface SubscriptionStart {
  readonly subscription: number;
  readonly head: SubscriptionHead;
}

export interface AddressedDelivery {
  readonly delivery: Delivery;
  readonly subscriptions: readonly number[];
}

export type ErrorData =
  | { readonly kind: 'problem'; readonly problem: Problem }
  | { readonly kind: 'statement'; readonly data: FailureData }
  | { readonly kind: 'other'; readonly message: string; readonly stack: string | undefined };

export function errorData(error: unknown): ErrorData {
  if (error instanceof StatementFailure) return { kind: 'statement', data: error.data };
  if (error instanceof ProblemError) return { kind: 'problem', problem: plainProblem(error) };
  if (error instanceof Error) return { kind: 'other', message: error.message, stack: error.stack };
  return { kind: 'other', message: String(error), stack: undefined };
}

export function errorOf(data: ErrorData): Error {
  switch (data.kind) {
    case 'problem':
      return new ProblemError(data.problem);
    case 'statement':
      return new StatementFailure(data.data);
    case 'other': {
      const error = new Error(data.message);
      if (data.stack !== undefined) error.stack = data.stack;
      return error;
    }
  }
}
