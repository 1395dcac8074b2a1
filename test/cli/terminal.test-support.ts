/** A terminal for tests: a program in a tmux of its own, keys in, screen out. */
import { execFileSync } from 'node:child_process';

let count = 0;

export function hasTmux(): boolean {
  try {
    execFileSync('tmux', ['-V'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

export class Terminal implements Disposable {
  /** A server of its own: one that is about to end takes no new window. */
  readonly #socket: string = `leat-test-${process.pid}-${count++}`;

  /** Runs `command` (a shell's command line) in a window of 100 by 40; when it ends, its status is shown. */
  constructor(command: string) {
    const window = `${command}; echo "ended with $?"; cat`;
    this.#tmux('new-session', '-d', '-x', '100', '-y', '40', window);
  }

  /** Keys by their tmux names: Enter, Tab, Up, C-c. */
  press(...keys: readonly string[]): void {
    this.#tmux('send-keys', ...keys);
  }

  type(text: string): void {
    // tmux takes a semicolon at the end of an argument for its own.
    this.#tmux('send-keys', '-l', text.replace(/;$/, '\\;'));
  }

  /** As a terminal does it: bracketed, if the program asked for that. */
  paste(text: string): void {
    this.#tmux('set-buffer', text);
    this.#tmux('paste-buffer', '-p');
  }

  resize(columns: number, rows: number): void {
    this.#tmux('resize-window', '-x', String(columns), '-y', String(rows));
  }

  /** What is on the screen, without blanks at the ends of lines and empty lines at its end. */
  screen(): string {
    return this.#tmux('capture-pane', '-p').trimEnd();
  }

  /** The screen once it looks like `pattern`; throws with what is there when it does not come to that. */
  async until(pattern: RegExp, timeoutMs = 20_000): Promise<string> {
    const end = Date.now() + timeoutMs;
    for (;;) {
      const screen = this.screen();
      if (pattern.test(screen)) return screen;
      if (Date.now() > end) throw new Error(`no ${pattern} on the screen:\n${screen}`);
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
  }

  #tmux(...args: readonly string[]): string {
    const all = ['-L', this.#socket, '-f', '/dev/null', ...args];
    return execFileSync('tmux', all, { encoding: 'utf8' });
  }

  [Symbol.dispose](): void {
    try {
      this.#tmux('kill-server');
    } catch {
      // It went away with its last window.
    }
  }
}
