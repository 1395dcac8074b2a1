/** `leat config`: what a server started with the same options would be configured with. */
import { type ConfigSources, effectiveSettings, unknownSettings } from './config/effective.ts';
import { type PropertyLine, propertyLines } from './config/listing.ts';
import { exitCodes } from './exit.ts';

export interface ConfigOptions extends ConfigSources {
  /** Part of a name or of a meaning; null: everything. */
  readonly filter: string | null;
  readonly json: boolean;
}

export function showConfig({ filter, json, ...sources }: ConfigOptions): number {
  const settings = effectiveSettings(sources);
  const lines = propertyLines(settings, filter ?? '');
  const text = json
    ? `${JSON.stringify(lines, null, 2)}\n`
    : lines.length === 0
      ? `nothing is called ${filter}\n`
      : lines.map(shown).join('');
  process.stdout.write(text);
  for (const { name, source, hint } of unknownSettings(settings))
    process.stderr.write(
      `warning: nobody knows ${name} (${source})${hint === null ? '' : `: ${hint}`}\n`,
    );
  return exitCodes.clean;
}

/** What is set stands out; the meaning stands below. */
function shown({ name, value, source, default: fallback, meaning }: PropertyLine): string {
  const isSet = source !== 'default';
  const from = isSet ? `  (${source}; default ${fallback ?? 'none'})` : '';
  return `${isSet ? '* ' : '  '}${name} = ${value ?? ''}${from}\n      ${meaning}\n`;
}
