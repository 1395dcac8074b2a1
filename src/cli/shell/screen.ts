/**
 * The terminal as the shell sees it: output scrolls by above, a live frame stays below it. Output is gathered for a moment so
 * that a thousand rows redraw the frame once, and whoever writes faster than the terminal takes it can wait for `drained`.
 */
import { render, useStdout } from 'ink';
import { createElement, type ReactElement, useInsertionEffect } from 'react';
import { outputWaitingMax } from './limits.ts';
import { type Frame, ShellView } from './view.ts';

export interface Screen {
  /** Columns. */
  readonly width: number;
  /** Puts text above the frame; what ends without a line break waits for the rest of its line. */
  write(text: string): void;
  /** Resolves when there is room for more and keys have had their turn. */
  drained(): Promise<void>;
  show(frame: Frame): void;
  /** Empties the screen; the frame is at its top then. */
  clear(): void;
  /** Writes what is left and gives the terminal back. */
  close(): Promise<void>;
}

export interface ScreenOptions {
  readonly stdout: NodeJS.WriteStream;
  readonly isColorful: boolean;
}

type Write = (text: string) => void;

export class InkScreen implements Screen {
  readonly #stdout: NodeJS.WriteStream;
  readonly #isColorful: boolean;
  readonly #ink: ReturnType<typeof render>;
  #writeAbove: Write | null = null;
  #waiting: string[] = [];
  #waitingLength = 0;
  #unfinishedLine = '';
  #isScheduled = false;

  constructor({ stdout, isColorful }: ScreenOptions) {
    this.#stdout = stdout;
    this.#isColorful = isColorful;
    this.#ink = render(this.#view({ kind: 'nothing' }), {
      stdout,
      exitOnCtrlC: false,
      interactive: true,
      maxFps: 60,
    });
  }

  get width(): number {
    return this.#stdout.columns || 80;
  }

  write(text: string): void {
    const whole = this.#unfinishedLine + text;
    const end = whole.lastIndexOf('\n') + 1;
    this.#unfinishedLine = whole.slice(end);
    if (end === 0) return;
    this.#waiting.push(whole.slice(0, end));
    this.#waitingLength += end;
    if (this.#waitingLength > outputWaitingMax) this.#flush();
    else if (!this.#isScheduled) {
      this.#isScheduled = true;
      setImmediate(() => this.#flush());
    }
  }

  async drained(): Promise<void> {
    if (this.#stdout.writableNeedDrain)
      await new Promise<void>((resolve) => this.#stdout.once('drain', resolve));
    await new Promise<void>((resolve) => setImmediate(resolve));
  }

  show(frame: Frame): void {
    this.#flush();
    this.#ink.rerender(this.#view(frame));
  }

  clear(): void {
    this.#flush();
    this.#writeAbove?.('\u001b[H\u001b[2J');
  }

  async close(): Promise<void> {
    if (this.#unfinishedLine !== '') this.write('\n');
    this.show({ kind: 'nothing' });
    await this.#ink.waitUntilRenderFlush();
    this.#ink.clear();
    this.#ink.unmount();
    await this.#ink.waitUntilExit();
  }

  #flush(): void {
    this.#isScheduled = false;
    if (this.#waiting.length === 0) return;
    const text = this.#waiting.join('');
    this.#waiting = [];
    this.#waitingLength = 0;
    this.#writeAbove?.(text);
  }

  #view(frame: Frame): ReactElement {
    const onMount = (write: Write) => {
      this.#writeAbove = write;
    };
    return createElement(WithOutput, { onMount, frame, isColorful: this.#isColorful });
  }
}

interface WithOutputProps {
  readonly frame: Frame;
  readonly isColorful: boolean;
  readonly onMount: (write: Write) => void;
}

/** Hands out ink's way of writing above the frame, which only a component can have. */
function WithOutput({ onMount, ...view }: WithOutputProps): ReactElement {
  const { write } = useStdout();
  useInsertionEffect(() => onMount(write));
  return createElement(ShellView, view);
}
