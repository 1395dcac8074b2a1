import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { problem } from '../../base/errors.ts';
import { Session } from '../session.ts';
import { TestBackend } from './backend.test-support.ts';
import { KeyDecoder } from './key-decoder.ts';
import { ShellLoop } from './loop.ts';
import type { Screen } from './screen.ts';
import type { Frame } from './view.ts';

/** A screen that remembers what was put on it. */
class TestScreen implements Screen {
  readonly width = 40;
  text = '';
  frame: Frame = { kind: 'nothing' };

  write(text: string): void {
    this.text += text;
  }
  async drained(): Promise<void> {}
  show(frame: Frame): void {
    this.frame = frame;
  }
  clear(): void {
    this.text = '';
  }
  async close(): Promise<void> {}
}

/** Waits, turn by turn, until nothing is thrown any more. */
async function soon(check: () => void): Promise<void> {
  for (let turn = 0; turn < 200; turn++) {
    try {
      check();
      return;
    } catch {
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
  check();
}

function openShell(isColorful = false) {
  const backend = new TestBackend();
  const screen = new TestScreen();
  const entries: string[] = ['select old;'];
  const loop = new ShellLoop({
    session: new Session(backend),
    screen,
    history: { entries, add: (entry) => void entries.push(entry) },
    format: 'TABULAR',
    isColorful,
    location: 'here',
  });
  loop.start();
  const decoder = new KeyDecoder();
  return {
    backend,
    screen,
    loop,
    entries,
    type: (typed: string) => loop.press(decoder.decode(new TextEncoder().encode(typed))),
    /** Resolves when the prompt is back. */
    prompt: () =>
      soon(() => {
        expect(screen.frame.kind).toBe('prompt');
      }),
    input: () => (screen.frame.kind === 'prompt' ? screen.frame.prompt.editor.text : null),
  };
}

describe('statements', () => {
  test('are shown as entered, executed, and answered', async () => {
    const shell = openShell();
    shell.type('show\rstreams;\r');
    await shell.prompt();
    expect(shell.screen.text).toBe(
      'leat> show\n    > streams;\n\n Message\n---------------\n show\n streams;\n---------------\n'.replace(
        /-+/g,
        '-'.repeat(10),
      ),
    );
    expect(shell.entries).toEqual(['select old;', 'show\nstreams;']);
  });

  test('that are typed ahead wait for those before them', async () => {
    const shell = openShell();
    shell.type('show streams;\rshow tables;\rsel');
    await soon(() => expect(shell.input()).toBe('sel'));
    expect(shell.backend.requests.map(({ sql }) => sql)).toEqual(['show streams;', 'show tables;']);
  });

  test('that fail show where, in red, and the ones after them in the input do not run', async () => {
    const shell = openShell(true);
    shell.backend.answer = () => {
      throw problem('analyze.x', 'no such source', {
        span: { start: 5, end: 12 },
        hint: 'Make it.',
      });
    };
    shell.type('\u001b[200~drop stream nope;\noutput json\n\u001b[201~\r');
    await shell.prompt();
    const red = (text: string) => `\u001b[31m${text}\u001b[39m\n`;
    const told = `${red('no such source')}\n${red('1 | drop stream nope;')}${red('  |      ^^^^^^^')}${red('Hint: Make it.')}`;
    expect(shell.screen.text.endsWith(`\n${told}`)).toBe(true);
    expect(shell.loop.format).toBe('TABULAR');
  });

  test('that do not parse are not sent', async () => {
    const shell = openShell();
    shell.type('selekt 1;\r');
    await shell.prompt();
    expect(shell.screen.text).toContain('line 1:1: Syntax Error');
    expect(shell.backend.requests).toEqual([]);
  });

  test('blank input gives a new prompt', () => {
    const shell = openShell();
    shell.type('\r  \r');
    expect(shell.screen.text).toBe('leat> \nleat>   \n');
    expect(shell.entries).toEqual(['select old;']);
  });
});

describe('a push query', () => {
  test('shows rows as they come and how many, until Ctrl-C', async () => {
    const shell = openShell();
    shell.type('select x from s emit changes;\r');
    await soon(() => expect(shell.backend.queries.length).toBe(1));
    shell.backend.queries[0]?.push('[1]', '[2]');
    await vi.waitFor(() => {
      expect(shell.screen.text).toContain(`|${'2'.padEnd(38)}|`);
      expect(shell.screen.frame).toMatchObject({
        kind: 'running',
        status: expect.stringMatching(/^2 rows · 0 s · Press CTRL-C to interrupt$/),
      });
    });
    shell.type('typed ahead\u0003');
    await shell.prompt();
    expect(shell.screen.text.endsWith('Query terminated\n')).toBe(true);
    expect(shell.input()).toBe('');
  });

  test('that ends by itself says why', async () => {
    const shell = openShell();
    shell.type('select x from s emit changes limit 1;\r');
    await soon(() => expect(shell.backend.queries.length).toBe(1));
    shell.backend.queries[0]?.push('[7]');
    shell.backend.queries[0]?.finish('limit');
    await shell.prompt();
    expect(shell.screen.text).toContain('Limit Reached\nQuery terminated\n');
  });

  test('when it is interrupted, what was to come after it does not run', async () => {
    const shell = openShell();
    shell.type('select x from s emit changes; show streams;\r');
    await soon(() => expect(shell.backend.queries.length).toBe(1));
    shell.type('\u0003');
    await shell.prompt();
    expect(shell.backend.requests.length).toBe(1);
  });

  test('Ctrl-C before it has begun keeps it from beginning', async () => {
    const shell = openShell();
    shell.type('select x from s emit changes;\r');
    shell.type('\u0003');
    await shell.prompt();
    expect(shell.backend.queries).toEqual([]);
  });
});

describe('at the prompt', () => {
  test('Ctrl-C shows what is given up', () => {
    const shell = openShell();
    shell.type('select 1\u0003');
    expect(shell.screen.text).toBe('leat> select 1^C\n');
    expect(shell.entries).toEqual(['select old;']);
  });

  test('Tab completes what the engine offers', async () => {
    const shell = openShell();
    shell.backend.candidates = ['ORDERS'];
    shell.type('select * from o\t');
    await soon(() => expect(shell.input()).toBe('select * from orders '));
  });

  test('Tab quotes names that need it', async () => {
    const shell = openShell();
    shell.backend.candidates = ['myStream'];
    shell.type('select * from my\t');
    await soon(() => expect(shell.input()).toBe('select * from `myStream` '));
  });

  test('Tab knows the commands of the shell', async () => {
    const shell = openShell();
    shell.backend.answer = () => [];
    shell.type('run s\t');
    await soon(() => expect(shell.input()).toBe('run script '));
  });

  test('Tab knows keywords where the backend knows nothing', async () => {
    const shell = openShell();
    shell.backend.answer = () => [];
    shell.type('SELECT * FR\t');
    await soon(() => expect(shell.input()).toBe('SELECT * FROM '));
  });

  test('Tab completes names that a server lists', async () => {
    const shell = openShell();
    shell.backend.answer = (sql) => [
      {
        statementText: sql,
        entity: sql.includes('STREAMS;')
          ? { '@type': 'streams', streams: [{ name: 'PAGEVIEWS' }] }
          : { '@type': 'tables', tables: [{ name: 'USERS' }] },
        warnings: [],
        session: null,
      },
    ];
    shell.type('select * from pa\t');
    await soon(() => expect(shell.input()).toBe('select * from pageviews '));
  });

  test('an answer to Tab that comes too late changes nothing', async () => {
    const shell = openShell();
    shell.backend.candidates = ['ORDERS'];
    shell.type('from o\tx');
    await new Promise((resolve) => setImmediate(resolve));
    expect(shell.input()).toBe('from ox');
  });

  test('Up brings back what was entered', async () => {
    const shell = openShell();
    shell.type('show streams;\r');
    await shell.prompt();
    shell.type('\u001b[A');
    expect(shell.input()).toBe('show streams;');
  });

  test('!! repeats', async () => {
    const shell = openShell();
    shell.type('show streams;\r');
    await shell.prompt();
    shell.type('!!\r');
    await shell.prompt();
    shell.type('!nothing\r');
    await shell.prompt();
    expect(shell.backend.requests.length).toBe(2);
    expect(shell.screen.text).toContain('leat> !!\nshow streams;\n');
    expect(shell.screen.text.endsWith('!nothing: event not found\n')).toBe(true);
  });
});

describe('leaving', () => {
  test.each(['\u0004', 'exit\r', 'QUIT;\r', '  exit ;\r'])('by %j', async (typed) => {
    const shell = openShell();
    shell.type(typed);
    expect(await shell.loop.finished).toBe(0);
    expect(shell.screen.text.endsWith('Exiting Leat.\n')).toBe(true);
  });

  test('what follows exit does not run', async () => {
    const shell = openShell();
    shell.type('exit\rshow streams;\r');
    await shell.loop.finished;
    await new Promise((resolve) => setImmediate(resolve));
    expect(shell.backend.requests).toEqual([]);
  });
});

describe('commands', () => {
  async function said(...lines: readonly string[]): Promise<string> {
    const shell = openShell();
    for (const line of lines) {
      shell.screen.text = '';
      shell.type(`${line}\r`);
      await shell.prompt();
    }
    return shell.screen.text.replace(/^leat> .*\n/, '');
  }

  test.each([
    ['output', 'Current output format: TABULAR\n'],
    ['output json', 'Output format set to JSON\n'],
    ['OUTPUT xml;', "Invalid output format: 'xml' (valid formats: 'JSON', 'TABULAR')\n"],
    [
      'output a b',
      'Too many parameters\noutput\noutput JSON|TABULAR\n\tView or set the format of results.\n',
    ],
    ['version', 'Version: 0.1.0\n'],
    ['server', 'here\n'],
    ['server nowhere', 'Server URL must begin with protocol (e.g., http:// or https://)\n'],
    ['history', '   1: history\n'],
    ['set cli WRAP off', 'WRAP set to OFF\n'],
    ['set cli wrap maybe', "Invalid value for WRAP: 'maybe'. Valid values are ON and OFF.\n"],
    ['set cli column-width 12', 'COLUMN-WIDTH set to 12\n'],
    [
      'set cli column-width x',
      "Invalid value for COLUMN-WIDTH: 'x'. It is a number from 0 to 9999.\n",
    ],
    ['set cli FOO 1', 'Undefined property: FOO. Valid properties are: [WRAP, COLUMN-WIDTH]\n'],
    ['run script', "Too few parameters\nrun script '<file>'\n\tRun the statements of a file.\n"],
    ["run script '/does/not/exist'", 'Failed to read file: /does/not/exist\n'],
    ['spool /does/not/exist/x', 'Cannot SPOOL to file: /does/not/exist/x\n'],
    ['spool off', 'No spool is set.\n'],
  ])('%s', async (line, answer) => {
    expect(await said(line)).toBe(answer);
  });

  test('help names every command', async () => {
    const text = await said('help');
    for (const word of [
      'help',
      'clear',
      'output',
      'history',
      'version',
      'exit',
      'quit',
      'run script',
      'server',
      'spool',
      'set cli',
    ])
      expect(text).toContain(`\n${word}`);
  });

  test('output JSON changes how rows look', async () => {
    const shell = openShell();
    shell.type('output JSON\rselect x from s;\r');
    await soon(() => expect(shell.backend.queries.length).toBe(1));
    shell.backend.queries[0]?.push('[1]');
    shell.backend.queries[0]?.finish('completed');
    await shell.prompt();
    expect(shell.screen.text).toContain('{"row":{"columns":[1]}}\n');
  });

  test('history lists what was entered in this session', async () => {
    expect(await said('output', 'show streams;', 'history')).toBe(
      '   1: output\n   2: show streams;\n   3: history\n',
    );
  });

  test('run script runs the statements of a file', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'leat-script-')), "it's.sql");
    writeFileSync(file, 'show streams;\nshow tables;\n');
    const text = await said(`run script '${file.replace("'", "''")}'`);
    expect(text).toContain(' show streams;\n');
    expect(text).toContain('show tables;\n');
  });

  test('spool copies the session to a file', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'leat-spool-')), 'out.txt');
    const shell = openShell();
    for (const line of [`spool '${file}'`, 'version', `spool '${file}'`, 'spool OFF', 'version']) {
      shell.type(`${line}\r`);
      await shell.prompt();
    }
    expect(readFileSync(file, 'utf8')).toBe(
      `Session will be spooled to ${file}\nEnter SPOOL OFF to disable\n\nleat> version\nVersion: 0.1.0\n\nleat> spool '${file}'\nCannot set two spools! Please issue SPOOL OFF.\n\nleat> spool OFF\n`,
    );
    expect(shell.screen.text).toContain(`Spool written to ${file}\n`);
  });
});

test('control characters in answers do not reach the terminal', async () => {
  const shell = openShell();
  shell.backend.answer = () => {
    throw problem('x.y', 'bad \u001b]0;title\u0007 name');
  };
  shell.type('show streams;\r');
  await shell.prompt();
  expect(shell.screen.text).not.toMatch(/[^\P{Cc}\n]/u);
});
