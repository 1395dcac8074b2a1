/** Finds the route of a request. With a few dozen routes a map of plain paths and a list of those with parameters is all it takes. */
import type { Route } from './route.ts';

export interface Found {
  /** Null where the path is served, but not for the method. */
  readonly route: Route | null;
  readonly params: Readonly<Record<string, string>>;
}

interface Pattern {
  readonly route: Route;
  readonly segments: readonly string[];
}

export class Router {
  readonly #plain = new Map<string, Route>();
  readonly #patterns: readonly Pattern[];

  constructor(routes: readonly Route[]) {
    for (const route of routes) {
      if (!route.path.includes(':')) this.#plain.set(`${route.method} ${route.path}`, route);
    }
    this.#patterns = routes
      .filter((route) => route.path.includes(':'))
      .map((route) => ({ route, segments: route.path.split('/') }));
  }

  /** HEAD is answered as GET; null for a path that is not served. */
  find(method: string, url: string): Found | null {
    const verb = method === 'HEAD' ? 'GET' : method;
    const path = url.split('?', 1)[0] as string;
    const found = this.#find(verb, path);
    if (found !== null) return found;
    const isServed = ['GET', 'POST', 'PUT', 'DELETE'].some(
      (other) => this.#find(other, path) !== null,
    );
    return isServed ? { route: null, params: {} } : null;
  }

  #find(verb: string, path: string): Found | null {
    const route = this.#plain.get(`${verb} ${path}`);
    if (route !== undefined) return { route, params: {} };
    const segments = path.split('/');
    for (const pattern of this.#patterns) {
      const params = pattern.route.method === verb ? match(pattern.segments, segments) : null;
      if (params !== null) return { route: pattern.route, params };
    }
    return null;
  }
}

function match(
  pattern: readonly string[],
  segments: readonly string[],
): Record<string, string> | null {
  if (pattern.length !== segments.length) return null;
  const params: Record<string, string> = {};
  for (const [at, part] of pattern.entries()) {
    const segment = segments[at] as string;
    if (!part.startsWith(':')) {
      if (part !== segment) return null;
      continue;
    }
    try {
      params[part.slice(1)] = decodeURIComponent(segment);
    } catch {
      return null;
    }
  }
  return params;
}
