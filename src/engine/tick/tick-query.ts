/** A query as the tick sees it: a task, who it commits as, and what happens around it. */
import type { Task, TaskCommit } from '../../execution/task.ts';
import type { Owner, RecordBatch } from '../../log/log.ts';

export interface TickQuery {
  readonly id: string;
  /** null for a transient query: its progress is nobody's but its own. */
  readonly owner: Owner | null;
  task: Task;
  /** The topic its root writes to. */
  readonly writes: string | null;
  status: 'RUNNING' | 'PAUSED' | 'ERROR';
  /** Asked before each run: false holds the query back (a slow reader); it then falls behind and later reads from the log. */
  isReady(): boolean;
  /**
   * Asked before a batch is offered: false refuses it, and `isReady` is then false until it can be taken. The query falls
   * behind and reads it from the log. Absent: all are taken.
   */
  admits?(topic: string, batch: RecordBatch): boolean;
  /**
   * At the end of a tick in which it ran: sets aside what is to leave; `part` is what it does to the log. The function is called once that tick is durable, by
   * which time the query may have run again.
   */
  seal(part: TaskCommit | null): () => void;
  /** It threw; its task's results of this tick are dropped, and the task with them. */
  onFailed(error: unknown): void;
}
