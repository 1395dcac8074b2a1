/** Commands that change how results look: output, set cli. */
import type { OutputFormat, ShellCommand } from './command.ts';

const formats: readonly OutputFormat[] = ['JSON', 'TABULAR'];

export const outputCommand: ShellCommand = {
  word: 'output',
  usage: ['output', 'output JSON|TABULAR'],
  help: 'View or set the format of results.',
  argsMin: 0,
  argsMax: 1,
  run(shell, [name]) {
    if (name === undefined) {
      shell.print(`Current output format: ${shell.format}`);
      return;
    }
    const format = formats.find((known) => known === name.toUpperCase());
    if (format === undefined) {
      shell.print(`Invalid output format: '${name}' (valid formats: 'JSON', 'TABULAR')`);
      return;
    }
    shell.format = format;
    shell.print(`Output format set to ${format}`);
  },
};

export const setCliCommand: ShellCommand = {
  word: 'set cli',
  usage: ['set cli WRAP ON|OFF', 'set cli COLUMN-WIDTH <n>'],
  help: 'Wrap long values in their cells, or cut them off; the width of a cell, 0 for\n\twhat the terminal has room for.',
  argsMin: 2,
  argsMax: 2,
  run(shell, [name = '', value = '']) {
    switch (name.toUpperCase()) {
      case 'WRAP':
        return setWrap(shell, value);
      case 'COLUMN-WIDTH':
        return setColumnWidth(shell, value);
      default:
        shell.print(`Undefined property: ${name}. Valid properties are: [WRAP, COLUMN-WIDTH]`);
    }
  },
};

type Shell = Parameters<ShellCommand['run']>[0];

function setWrap(shell: Shell, value: string): void {
  const isOn = value.toUpperCase() === 'ON';
  if (!isOn && value.toUpperCase() !== 'OFF') {
    shell.print(`Invalid value for WRAP: '${value}'. Valid values are ON and OFF.`);
    return;
  }
  shell.tabular.wrap = isOn;
  shell.print(`WRAP set to ${isOn ? 'ON' : 'OFF'}`);
}

function setColumnWidth(shell: Shell, value: string): void {
  if (!/^\d{1,4}$/.test(value)) {
    shell.print(`Invalid value for COLUMN-WIDTH: '${value}'. It is a number from 0 to 9999.`);
    return;
  }
  shell.tabular.columnWidth = Number(value);
  shell.print(`COLUMN-WIDTH set to ${Number(value)}`);
}
