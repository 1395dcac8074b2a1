import { describe, expect, it } from 'vitest';
import { ProblemError } from '../base/errors.ts';
import { decodeCommand, encodeCommand } from './codec.ts';
import type { Command } from './command.ts';

function codeOf(text: string): string {
  try {
    decodeCommand(text);
  } catch (error) {
    if (error instanceof ProblemError) return error.code;
    throw error;
  }
  return 'decoded';
}

describe('commands as JSON', () => {
  it('are written with a version', () => {
    const command: Command = { kind: 'drop-source', name: 'S', deleteTopic: true };
    expect(encodeCommand(command)).toBe(
      '{"version":1,"command":{"kind":"drop-source","name":"S","deleteTopic":true}}',
    );
  });

  it('come back as they were', () => {
    const command: Command = {
      kind: 'define-type',
      name: 'ADDRESS',
      type: {
        kind: 'STRUCT',
        fields: [{ name: 'ZIP', type: { kind: 'DECIMAL', precision: 5, scale: 0 } }],
      },
    };
    expect(decodeCommand(encodeCommand(command))).toEqual(command);
  });

  it('of a newer version or kind are refused, not guessed', () => {
    expect(codeOf('{"version":2,"command":{"kind":"drop-type","name":"T"}}')).toBe(
      'catalog.newer-command',
    );
    expect(codeOf('{"version":1,"command":{"kind":"rename-source"}}')).toBe(
      'catalog.newer-command',
    );
  });

  it('that are damaged are told apart', () => {
    for (const text of ['', '[]', '{"version":1}', '{"command":{"kind":"drop-type"}}']) {
      expect(codeOf(text)).toBe('catalog.corrupt-command');
    }
  });
});
