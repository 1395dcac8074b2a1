/**
 * The layers: a folder may import the folders above it in this list, and itself. `pure` folders have no clock, randomness,
 * timers, IO, `process`, `console` or `async`; `except` names the files for which that does not hold, with the reason.
 */
export interface Layer {
  readonly folder: string;
  readonly pure: boolean;
  readonly except?: Readonly<Record<string, string>>;
}

export const layers: readonly Layer[] = [
  { folder: 'src/base', pure: true },
  { folder: 'grammar', pure: true },
  { folder: 'src/types', pure: true },
  { folder: 'src/functions', pure: true },
  { folder: 'src/formats', pure: true },
  { folder: 'src/log', pure: false },
  { folder: 'src/plan', pure: true },
  { folder: 'src/catalog', pure: true },
  { folder: 'src/execution', pure: true },
  { folder: 'src/sql', pure: true },
  { folder: 'src/streams', pure: true },
  { folder: 'src/registry', pure: false },
  { folder: 'src/engine', pure: false },
  { folder: 'src/connect', pure: false },
  { folder: 'src/kafka', pure: false },
  { folder: 'src/server', pure: false },
  { folder: 'src/client', pure: false },
  { folder: 'src/cli', pure: false },
];

/** Packages that a layer may import; everything else is refused. `node:buffer` and hashing compute and nothing else. */
export const packages: Readonly<Record<string, readonly string[]>> = {
  grammar: ['chevrotain'],
  'src/formats': ['node:buffer', 'node:module', 'protobufjs'],
  'src/functions': [
    'node:buffer',
    '@js-joda/core',
    '@js-joda/timezone',
    '@js-joda/locale_en-us',
    'node:crypto',
    'node:module',
  ],
  'src/log': ['better-sqlite3', 'node:*'],
  'src/engine': ['node:*'],
  'src/server': ['jose', 'ws', 'node:*'],
  'src/client': ['node:*'],
  'src/cli': ['commander', 'ink', 'react', 'node:*'],
};
