/** The shell as a person meets it: the real program in a real terminal. Everything finer is tested beside its source. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { hasTmux, Terminal } from './terminal.test-support.ts';

const directory = mkdtempSync(join(tmpdir(), 'leat-shell-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const program = resolve(import.meta.dirname, '../../src/leat.js');
const command = [
  `LEAT_HISTORY='${join(directory, 'history')}'`,
  `'${process.execPath}' '${program}' sql --data '${join(directory, 'data')}'`,
].join(' ');

const isPossible = hasTmux();
if (!isPossible)
  process.stderr.write('the shell is not tested in a terminal: there is no tmux here\n');

describe.skipIf(!isPossible)('leat sql in a terminal', () => {
  test('statements, a push query, completion, errors, and a history that survives', async () => {
    {
      using terminal = new Terminal(command);
      await terminal.until(/Leat v.*\n[\s\S]*\nleat>$/);

      terminal.type('create stream orders (id int key, item varchar)');
      terminal.press('Enter');
      terminal.type("with (kafka_topic='orders', value_format='json', partitions=1);");
      terminal.press('Enter');
      expect(await terminal.until(/Stream created\n-+\nleat>$/)).toContain(
        "leat> create stream orders (id int key, item varchar)\n    > with (kafka_topic='orders', value_format='json', partitions=1);\n",
      );

      terminal.press('C-l');
      await terminal.until(/^leat>$/);
      terminal.paste(
        "insert into orders values (1, '日本');\nset 'auto.offset.reset'='earliest';\n",
      );
      await terminal.until(/\n {4}> set 'auto\.offset\.reset'='earliest';\n {4}>$/);
      terminal.press('Enter');
      await terminal.until(/Successfully changed local property[^\n]*\n[^\n]*\nleat>$/);

      terminal.press('C-l');
      terminal.type('select * from ord');
      terminal.press('Tab');
      await terminal.until(/leat> select \* from orders$/);
      terminal.type('emit changes;');
      terminal.press('Enter');
      const cell = (text: string, width: number) => `|${text}${' '.repeat(width - text.length)}`;
      expect(await terminal.until(/1 row · \d+ s · Press CTRL-C to interrupt$/)).toContain(
        `${cell('1', 48)}${cell('日本', 46)}|`,
      );
      terminal.press('C-c');
      await terminal.until(/Query terminated\nleat>$/);

      terminal.press('C-l');
      terminal.type('select nope from orders;');
      terminal.press('Enter');
      expect(await terminal.until(/\n {2}\| {8}\^{4}\n(?:[^\n]*\n)*leat>$/)).toContain(
        "NOPE' cannot be resolved",
      );

      terminal.type('select discarded');
      terminal.press('C-c');
      await terminal.until(/leat> select discarded\^C\nleat>$/);
      terminal.press('C-d');
      await terminal.until(/Exiting Leat\.\nended with 0$/);
    }

    using terminal = new Terminal(command);
    await terminal.until(/\nleat>$/);
    terminal.press('Up');
    await terminal.until(/leat> select nope from orders;$/);
    terminal.press('C-c');
    terminal.press('C-r');
    terminal.type('kafka_topic');
    await terminal.until(
      /leat> create stream orders .*\n.*partitions=1\);\nsearch the history: kafka_topic$/,
    );
    terminal.press('C-c');
    terminal.resize(60, 20);
    terminal.type('show streams;');
    terminal.press('Enter');
    expect(await terminal.until(/\| Windowed\n(?:.*\n)*leat>$/)).toMatch(/ORDERS +\| orders/);
    terminal.type('exit');
    terminal.press('Enter');
    await terminal.until(/ended with 0$/);
  }, 90_000);
});
