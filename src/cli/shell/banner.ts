/** What the shell says first: what it is and what it talks to (spec: cli.md §1.2). */
import { ProblemError } from '../../base/errors.ts';
import { Client, type SqlBackend } from '../../client/client.ts';
import { version } from '../../server/version.ts';

const boxWidth = 80;

/** Ends without a line break. `location` is the server's address or the engine's directory. */
export async function banner(backend: SqlBackend, location: string): Promise<string> {
  const lines =
    backend instanceof Client
      ? await serverLines(backend)
      : [`Leat v${version}, its own engine on ${location}`];
  return [
    ...lines,
    '',
    "Having trouble? Type 'help' (case-insensitive) for a rundown of how things work!",
    '',
  ].join('\n');
}

/** The lines about a server, or a box with the reason why it does not answer. */
export async function serverLines(client: Client): Promise<readonly string[]> {
  try {
    const info = await client.info();
    return [
      `CLI v${version}, Server v${info.version} located at ${client.url}`,
      ...versionWarning(info.version),
      `Server Status: ${info.serverStatus ?? '<unknown>'}`,
    ];
  } catch (error) {
    if (!(error instanceof ProblemError))
      return [`Couldn't connect to the KSQL server: ${(error as Error).message}`];
    return errorBox(error);
  }
}

/** Versions agree when their first two numbers do. */
function versionWarning(serverVersion: string): readonly string[] {
  const numbers = (text: string) => /^\d+\.\d+/.exec(text)?.[0] ?? null;
  const found = numbers(serverVersion);
  if (found === numbers(version)) return [];
  return found === null
    ? [
        'WARNING: Could not identify server version.',
        '         Non-matching CLI and server versions may lead to unexpected errors.',
      ]
    : [
        "WARNING: CLI and server version don't match. This may lead to unexpected errors.",
        '         It is recommended to use a CLI that matches the server version.',
      ];
}

function errorBox(error: ProblemError): readonly string[] {
  const title = ' ERROR ';
  const left = Math.floor((boxWidth - title.length) / 2);
  return [
    title.padStart(left + title.length, '*').padEnd(boxWidth, '*'),
    ...wrapped(error.message),
    '',
    ...wrapped(error.detail ?? ''),
    ...(error.hint === undefined ? [] : wrapped(error.hint)),
    '*'.repeat(boxWidth),
  ];
}

function wrapped(text: string): readonly string[] {
  const lines: string[] = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1) as string;
    if (line !== '' && line.length + 1 + word.length > boxWidth) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return lines;
}
