/** HTTP requests to a server, wherever there is `fetch`: the one place that knows its address and the user's credentials. */
import { type Fields, LeatError, refusal } from './leat-error.ts';

/** A function gives the token anew for every request, so that it may be renewed. */
export type Authorization =
  | { readonly user: string; readonly password: string }
  | { readonly token: string | (() => string | Promise<string>) };

/** Of an answer that is no server's. */
const lineCharsMax = 200;

export interface TransportOptions {
  readonly authorization?: Authorization;
  /** Sent with every HTTP request. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Instead of the platform's: for certificates or proxies of one's own. */
  readonly fetch?: typeof fetch;
}

export interface SendOptions {
  /** Absent for a GET. */
  readonly body?: string | ReadableStream<Uint8Array>;
  readonly accept?: string;
  readonly signal?: AbortSignal | null;
}

export class Transport {
  /** Without a slash at its end. */
  readonly url: string;
  readonly #options: TransportOptions;

  constructor(url: string, options: TransportOptions = {}) {
    this.url = url.replace(/\/+$/, '');
    this.#options = options;
  }

  /** Throws `LeatError` for refusals and what is not reached, and the signal's reason when it is aborted. */
  async send(path: string, { body, accept, signal = null }: SendOptions = {}): Promise<Response> {
    const headers: Record<string, string> = { ...this.#options.headers };
    const authorization = await this.#authorization();
    if (authorization !== null) headers['authorization'] = authorization;
    if (accept !== undefined) headers['accept'] = accept;
    const init = {
      method: body === undefined ? 'GET' : 'POST',
      headers,
      ...(body === undefined ? {} : { body }),
      ...(typeof body === 'object' ? { duplex: 'half' } : {}),
      ...(signal === null ? {} : { signal }),
    };
    const response = await this.#fetch(path, init as RequestInit, signal);
    if (response.ok) return response;
    throw refusal(await fieldsOf(response), response.status);
  }

  /** The bearer token, for where there are no headers; null if there is none. */
  async token(): Promise<string | null> {
    const { authorization } = this.#options;
    if (authorization === undefined || !('token' in authorization)) return null;
    const { token } = authorization;
    return typeof token === 'string' ? token : await token();
  }

  /** Whether a name and password are sent, which needs headers. */
  get isBasic(): boolean {
    const { authorization } = this.#options;
    return authorization !== undefined && 'user' in authorization;
  }

  /** Why nothing, or not all, came back. */
  unreachable(reason: string, cause?: unknown): LeatError {
    return new LeatError(
      {
        code: 'client.unreachable',
        message: `Remote server at ${this.url} does not appear to be a valid KSQL server. Please ensure that the URL provided is for an active KSQL server.`,
        detail: `The server responded with the following error: ${reason}`,
        hint: hintFor(this.url, reason),
      },
      cause,
    );
  }

  async #fetch(path: string, init: RequestInit, signal: AbortSignal | null): Promise<Response> {
    try {
      return await (this.#options.fetch ?? fetch)(this.url + path, init);
    } catch (error) {
      if (signal?.aborted === true) throw signal.reason;
      throw this.unreachable(reasonOf(error), error);
    }
  }

  async #authorization(): Promise<string | null> {
    const { authorization } = this.#options;
    if (authorization !== undefined && 'user' in authorization)
      return `Basic ${base64Text(`${authorization.user}:${authorization.password}`)}`;
    const token = await this.token();
    return token === null ? null : `Bearer ${token}`;
  }
}

/** Whether this is a page or one of its workers. */
export const isBrowser: boolean = 'document' in globalThis || 'WorkerGlobalScope' in globalThis;

/** A refusal as servers send it; anything else, from a proxy for example, by its status and first line. */
async function fieldsOf(response: Response): Promise<Fields> {
  const answer = await response.text().catch(() => '');
  try {
    const fields: unknown = JSON.parse(answer);
    if (typeof fields === 'object' && fields !== null) return fields as Fields;
  } catch {
    // It is no JSON.
  }
  const [line = ''] = answer.trim().split('\n');
  const said = line === '' || line.startsWith('<') ? '' : `: ${line.slice(0, lineCharsMax)}`;
  return { message: `the server answered with status ${response.status}${said}` };
}

/** `reason` is the system's code, of which those of TLS say what is wrong; by Node's and OpenSSL's names. */
function hintFor(url: string, reason: string): string {
  if (!/^https?:\/\//.test(url)) return 'A URL begins with http://, as in http://127.0.0.1:8088';
  if (reason.includes('ALTNAME')) return 'Call the server by a name that is in its certificate.';
  if (/CERT|UNABLE_TO_VERIFY/.test(reason))
    return 'Name the certificate, or its authority’s, before the start: NODE_EXTRA_CA_CERTS=cert.pem';
  // A server without TLS ends a connection that begins with it.
  if (url.startsWith('https:') && /^ERR_SSL_|^ECONNRESET$|^UND_ERR_SOCKET$/.test(reason))
    return 'Where the server has no TLS, a URL begins with http://';
  // Browsers do not say which it is.
  return isBrowser
    ? 'Start one with: leat serve --allow-origin ORIGIN, where ORIGIN is that of this page.'
    : 'Start one with: leat serve';
}

/** The error of an answer that ends before its end. */
export function brokenOff({ url }: Transport, cause: unknown): LeatError {
  return new LeatError(
    {
      code: 'client.unreachable',
      message: `the connection to ${url} broke off: ${reasonOf(cause)}`,
    },
    cause,
  );
}

/** What a failure of the network is called: the system's code where there is one. */
function reasonOf(error: unknown): string {
  const { cause, message } = error as Error & { readonly cause?: { readonly code?: string } };
  return cause?.code ?? message;
}

function base64Text(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}
