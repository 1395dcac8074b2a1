/**
 * Who may talk to a server that has no users: only what names it by an address it listens on (DNS rebinding), and no page of
 * another origin (cross-site requests).
 */
import type { IncomingHttpHeaders } from 'node:http';

const loopback = new Set(['localhost', '127.0.0.1', '[::1]', '::1']);

export interface HostPolicy {
  /** Names beyond loopback under which the server may be addressed; `*` allows any. */
  readonly hosts: readonly string[];
  /** Origins of pages that may call it; `*` allows any (`access.control.allow.origin`). */
  readonly origins: readonly string[];
}

/** Why the request is refused, or null. */
export function hostRefusal(headers: IncomingHttpHeaders, policy: HostPolicy): string | null {
  const host = hostname(headers[':authority'] ?? headers.host ?? '');
  if (!policy.hosts.includes('*') && !loopback.has(host) && !policy.hosts.includes(host)) {
    return `host "${host}" is not served here: start the server with --allow-host ${host}`;
  }
  const { origin } = headers;
  if (origin === undefined || policy.origins.includes('*') || policy.origins.includes(origin))
    return null;
  const from = originHost(origin);
  if (from !== null && (loopback.has(from) || from === host)) return null;
  return `origin "${origin}" may not call this server: start it with --allow-origin ${origin}`;
}

function hostname(authority: string | readonly string[]): string {
  const text = typeof authority === 'string' ? authority : (authority[0] ?? '');
  return text.replace(/:\d+$/, '').toLowerCase();
}

function originHost(origin: string): string | null {
  try {
    return new URL(origin).hostname.toLowerCase();
  } catch {
    return null;
  }
}
