/**
 * Bearer tokens (RFC 6750): JSON web tokens of an identity provider, verified by jose, which is loaded with the first of them.
 * Nothing has a lenient default: keys, issuer and audience must be said, only signatures with a private key are taken (no `none`,
 * no HMAC, with which whoever knows the public key could sign), and a token must say when it ends (RFC 8725).
 */
import { createPublicKey, type KeyObject } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import type { JSONWebKeySet, JWTPayload, JWTVerifyGetKey } from 'jose';
import { ProblemError, problem } from '../../base/errors.ts';
import type { Principal } from './principal.ts';
import { greatestRole } from './users-file.ts';

export interface BearerOptions {
  /** `https://…/jwks.json`, or a file of a key set: what is in it may change. */
  readonly keySet: URL | string | null;
  /** A PEM file of one public key. */
  readonly publicKey: string | null;
  readonly algorithms: readonly string[];
  readonly issuer: string;
  readonly audience: string;
  readonly clockToleranceSeconds: number;
  /** Where in the claims the roles are; a dot goes one deeper. */
  readonly roleClaim: string;
  readonly nameClaim: string;
}

export class BearerLogin {
  readonly #options: BearerOptions;
  readonly #key: KeyObject | null;
  #keys: JWTVerifyGetKey | null = null;
  #keysSeen = '';

  /** Throws `config.authentication` where the key cannot be read. */
  constructor(options: BearerOptions) {
    this.#options = options;
    this.#key = options.publicKey === null ? null : readPublicKey(options.publicKey);
    if (typeof options.keySet === 'string') readKeySet(options.keySet);
  }

  /** Null where the token is not to be trusted. Throws `auth.no-role` and `auth.keys-unreachable`. */
  async login(token: string): Promise<Principal | null> {
    const claims = await this.#verified(token);
    return claims === null ? null : this.#principal(claims);
  }

  async #verified(token: string): Promise<JWTPayload | null> {
    const { jwtVerify } = await import('jose');
    const { algorithms, issuer, audience, clockToleranceSeconds } = this.#options;
    const options = {
      algorithms: [...algorithms],
      issuer,
      audience,
      clockTolerance: clockToleranceSeconds,
      requiredClaims: ['exp', 'iss', 'aud'],
    };
    try {
      const { payload } =
        this.#key === null
          ? await jwtVerify(token, await this.#keySet(), options)
          : await jwtVerify(token, this.#key, options);
      return payload;
    } catch (error) {
      if (error instanceof ProblemError) throw error;
      // Whatever else is wrong with it, it is the token's fault.
      return null;
    }
  }

  #principal(claims: JWTPayload): Principal {
    const { roleClaim, nameClaim } = this.#options;
    const name = claimAt(claims, nameClaim);
    const role = greatestRole(namesIn(claimAt(claims, roleClaim)));
    if (role === null) {
      throw problem(
        'auth.no-role',
        `You are forbidden from using this cluster. The claim ${roleClaim} names none of read, write and admin`,
      );
    }
    return {
      name: typeof name === 'string' && name !== '' ? name : 'unnamed',
      role,
      expiresMs: (claims.exp as number) * 1000,
    };
  }

  /** The key that a token names. Throws `auth.keys-unreachable`, and jose's own errors where there is none such. */
  async #keySet(): Promise<JWTVerifyGetKey> {
    const { createRemoteJWKSet, errors } = await import('jose');
    const { keySet } = this.#options;
    if (!(keySet instanceof URL)) return this.#keysOfFile(keySet as string);
    this.#keys ??= createRemoteJWKSet(keySet);
    const keys = this.#keys;
    return async (header, token) => {
      try {
        return await keys(header, token);
      } catch (error) {
        // An answer that is no success is a generic one; what `fetch` throws is none of jose's.
        const isToken =
          error instanceof errors.JOSEError &&
          !(error instanceof errors.JWKSTimeout || error instanceof errors.JWKSInvalid) &&
          error.code !== 'ERR_JOSE_GENERIC';
        throw isToken ? error : unreachable(error);
      }
    };
  }

  async #keysOfFile(path: string): Promise<JWTVerifyGetKey> {
    const { createLocalJWKSet } = await import('jose');
    const stat = statSync(path, { throwIfNoEntry: false });
    const seen = stat === undefined ? 'none' : `${stat.ino} ${stat.size} ${stat.mtimeMs}`;
    if (this.#keys === null || seen !== this.#keysSeen) {
      this.#keys = createLocalJWKSet(readKeySet(path));
      this.#keysSeen = seen;
    }
    return this.#keys;
  }
}

function claimAt(claims: JWTPayload, path: string): unknown {
  if (Object.hasOwn(claims, path)) return claims[path];
  let value: unknown = claims;
  for (const name of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return null;
    value = (value as Readonly<Record<string, unknown>>)[name];
  }
  return value;
}

/** A claim may be one role, a list of them, or names between blanks as in `scope`. */
function namesIn(claim: unknown): readonly string[] {
  if (typeof claim === 'string') return claim.split(' ');
  return Array.isArray(claim) ? claim.filter((item) => typeof item === 'string') : [];
}

function readPublicKey(path: string): KeyObject {
  try {
    const text = readFileSync(path, 'utf8');
    if (text.includes('PRIVATE KEY')) throw new Error('it holds a private key');
    return createPublicKey(text);
  } catch (cause) {
    throw unreadable('leat.jwt.public.key', path, cause);
  }
}

function readKeySet(path: string): JSONWebKeySet {
  try {
    const set = JSON.parse(readFileSync(path, 'utf8')) as JSONWebKeySet;
    if (!Array.isArray(set.keys) || set.keys.length === 0) throw new Error('it holds no keys');
    return set;
  } catch (cause) {
    throw unreadable('leat.jwt.jwks', path, cause);
  }
}

function unreadable(property: string, path: string, cause: unknown): Error {
  return problem('config.authentication', `${property}: the key in ${path} cannot be read`, {
    detail: (cause as Error).message,
    cause,
  });
}

function unreachable(cause: unknown): Error {
  return problem('auth.keys-unreachable', 'Failed authentication: the keys cannot be had', {
    hint: 'The address in leat.jwt.jwks does not answer.',
    cause,
  });
}
