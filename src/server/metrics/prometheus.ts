/**
 * Measurements as Prometheus reads them (text format 0.0.4). Forty lines of our own: `prom-client` would bring a registry that
 * every layer has to know, where the engine on its thread can only hand over plain numbers.
 */
import type { Samples } from '../../base/samples.ts';
import { metricTable } from './metric-table.ts';

export const prometheusText = 'text/plain; version=0.0.4; charset=utf-8';

const prefix = 'leat_';

/** Families in the order in which their first sample comes, each with its help and type. */
export function prometheusPage(samples: Samples): string {
  const families = new Map<string, string[]>();
  for (const [key, value] of Object.entries(samples)) {
    const at = key.indexOf('{');
    const name = familyOf(at < 0 ? key : key.slice(0, at));
    const lines = families.get(name) ?? [];
    lines.push(`${prefix}${key} ${shown(value)}\n`);
    families.set(name, lines);
  }
  let page = '';
  for (const [name, lines] of families) {
    const [type, help] = metricTable[name] ?? [guessed(name), name.replaceAll('_', ' ')];
    page += `# HELP ${prefix}${name} ${help}\n# TYPE ${prefix}${name} ${type}\n${lines.join('')}`;
  }
  return page;
}

/** Three series of one histogram belong together. */
function familyOf(name: string): string {
  const base = name.replace(/_(?:bucket|sum|count)$/, '');
  return metricTable[base]?.[0] === 'histogram' ? base : name;
}

/** For what somebody measures and nobody has described. */
function guessed(name: string): string {
  return name.endsWith('_total') ? 'counter' : 'gauge';
}

function shown(value: number): string {
  if (Number.isFinite(value)) return String(value);
  return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
}
