/**
 * URIs as `java.net.URI` reads them: RFC 2396 with its deviations — characters outside ASCII are allowed but for controls and
 * spaces, an empty authority may stand before a path, and an authority that is no host and port counts as a registry name,
 * which has neither.
 *
 * `[scheme:][//authority][path][?query][#fragment]`; with a scheme and no slash after it the rest is opaque.
 */
import { percentDecode } from './percent.ts';

/** Components without their delimiters, percent-decoded; null where there is none. */
export interface Uri {
  readonly scheme: string | null;
  readonly host: string | null;
  readonly port: number | null;
  /** May be empty; null in an opaque URI. */
  readonly path: string | null;
  readonly query: string | null;
  readonly fragment: string | null;
}

/** Matches text made only of these ASCII characters, escapes and allowed characters outside ASCII. */
function only(characters: string): RegExp {
  return new RegExp(
    `^(?:[${characters}]|%[0-9a-fA-F]{2}|(?![\\p{Cc}\\p{Z}])[^\\u0000-\\u007f])*$`,
    'u',
  );
}
const unreserved = "A-Za-z0-9_\\-!.~'\\(\\)*";
const pathText = only(`${unreserved}:@&=+$,;\\/`);
const anyText = only(`${unreserved};\\/?:@&=+$,\\[\\]`);
const userText = only(`${unreserved};:&=+$,`);
const registryText = only(`${unreserved};:&=+$,@`);
const schemeText = /^[A-Za-z][A-Za-z0-9+\-.]*$/;

const structure = /^(?:([^:/?#]*):(?=(.?)))?(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/s;

/** Throws `URL input has invalid syntax: …` for text that is not a URI. */
export function parseUri(text: string): Uri {
  const match = structure.exec(text);
  if (match === null) throw invalid(text, 'Malformed');
  const [, scheme, afterScheme, authority, path = '', query, fragment] = match;
  if (scheme !== undefined && !schemeText.test(scheme)) throw invalid(text, 'scheme name');
  check(text, fragment, anyText, 'fragment');
  if (scheme !== undefined && afterScheme !== '/') return opaque(text, scheme, fragment);
  check(text, path, pathText, 'path');
  check(text, query, anyText, 'query');
  const rest = path !== '' || query !== undefined || fragment !== undefined;
  if (authority === '' && !rest) throw invalid(text, 'Expected authority');
  return {
    scheme: scheme ?? null,
    ...(authority ? parseAuthority(text, authority) : { host: null, port: null }),
    path: percentDecode(path),
    query: decoded(query),
    fragment: decoded(fragment),
  };
}

function opaque(text: string, scheme: string, fragment: string | undefined): Uri {
  const end = fragment === undefined ? text.length : text.length - fragment.length - 1;
  const specific = text.slice(scheme.length + 1, end);
  if (specific === '') throw invalid(text, 'Expected scheme-specific part');
  check(text, specific, anyText, 'opaque part');
  return {
    scheme,
    host: null,
    port: null,
    path: null,
    query: null,
    fragment: decoded(fragment),
  };
}

interface Server {
  readonly host: string | null;
  readonly port: number | null;
}

function parseAuthority(text: string, authority: string): Server {
  const server = /^(?:([^@]*)@)?(\[[^\]]*\]|[^:@]*)(?::([0-9]*))?$/.exec(authority);
  if (server !== null) {
    const [, user = '', host = '', port = ''] = server;
    const isPort = port === '' || Number(port) <= 2_147_483_647;
    if (userText.test(user) && isHost(host) && isPort) {
      return { host, port: port === '' ? null : Number(port) };
    }
  }
  if (registryText.test(authority)) return { host: null, port: null };
  throw invalid(text, 'Illegal character in authority');
}

function isHost(host: string): boolean {
  if (host.startsWith('[')) return isIpv6(host.slice(1, -1));
  if (isIpv4(host)) return true;
  const label = '[A-Za-z0-9](?:[A-Za-z0-9\\-]*[A-Za-z0-9])?';
  if (!new RegExp(`^${label}(?:\\.${label})*\\.?$`).test(host)) return false;
  const labels = host.replace(/\.$/, '').split('.');
  // Of several labels the last must begin with a letter, or it would be a broken IPv4 address.
  return labels.length === 1 || /^[A-Za-z]/.test(labels.at(-1) ?? '');
}

function isIpv4(host: string): boolean {
  const parts = host.split('.');
  return (
    parts.length === 4 && parts.every((part) => /^[0-9]{1,3}$/.test(part) && Number(part) < 256)
  );
}

/** Eight groups of hex digits, fewer with one `::`; the last two may be an IPv4 address; a zone may follow. */
function isIpv6(literal: string): boolean {
  const [address = '', zone] = literal.split(/%(.*)/s, 2);
  if (zone !== undefined && !/^[A-Za-z0-9_.\-~]+$/.test(zone)) return false;
  const halves = address.split('::');
  if (halves.length > 2) return false;
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')));
  const last = groups.at(-1) ?? '';
  const hasIpv4 = last.includes('.');
  if (hasIpv4 && !isIpv4(last)) return false;
  const hexGroups = hasIpv4 ? groups.slice(0, -1) : groups;
  if (!hexGroups.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return false;
  const count = hexGroups.length + (hasIpv4 ? 2 : 0);
  return halves.length === 2 ? count < 8 : count === 8;
}

function check(text: string, part: string | undefined, allowed: RegExp, name: string): void {
  if (part !== undefined && !allowed.test(part))
    throw invalid(text, `Illegal character in ${name}`);
}

function decoded(part: string | undefined): string | null {
  return part === undefined ? null : percentDecode(part);
}

function invalid(text: string, reason: string): Error {
  return new Error(`URL input has invalid syntax: ${text} (${reason})`);
}
