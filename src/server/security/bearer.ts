/**
 * Bearer tokens (RFC 6750): JSON web tokens of an identity provider, verified by jose, which is loaded with the first of them.
 * Nothing has a lenient default: keys, issuer and audience must be said, only signatures with a private key are taken (no `none`,
 * no HMAC, with which whoever knows the public key could sign), and a token must say when it ends (RFC 8725).
 */
import { createPublicKey, type KeyObject } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import type { JSONWebKeySet, JWTPayload, JWTVerifyGetKey } from 'jose';
import { problem } from '../../base/errors.ts';
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
  #keys: Promise<JWTVerifyGetKey> | null = null;
  #keysSeen = '';

  /** Throws `config.authentication` where the key cannot be read. */
  constructor(options: BearerOptions) {
    this.#options = options;
    this.#key = options.publicKey === null ? null : readPublicKey(options.publicKey);
    if (typeof options.keySet === 'string') readKeySet(options.keySet);
  }

  /** Null where the token is not to be trusted. Throws `auth.no-role`. */
  async login(token: string): Promise<Principal | null> {
    const { jwtVerify, errors } = await import('jose');
    const { issuer, audience, clockToleranceSeconds } = this.#options;
    const options = {
      algorithms: [...this.#options.algorithms],
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
      return this.#principal(payload);
    } catch (error) {
      // A generic one is an answer of the key's address that is no key set.
      if (error instanceof errors.JWKSTimeout || codeOf(error) === 'ERR_JOSE_GENERIC')
        throw unreachable(error);
      if (error instanceof errors.JOSEError) return null;
      // A key of another kind than the algorithm's is a TypeError; `fetch` fails with one, too, and has a cause.
      if (error instanceof TypeError && error.cause === undefined) return null;
      throw unreachable(error);
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

  async #keySet(): Promise<JWTVerifyGetKey> {
    const { keySet } = this.#options;
    const { createLocalJWKSet, createRemoteJWKSet } = await import('jose');
    if (keySet instanceof URL) {
      this.#keys ??= Promise.resolve(createRemoteJWKSet(keySet));
      return this.#keys;
    }
    const path = keySet as string;
    const stat = statSync(path);
    const seen = `${stat.ino} ${stat.size} ${stat.mtimeMs}`;
    if (seen !== this.#keysSeen) {
      this.#keys = Promise.resolve(createLocalJWKSet(readKeySet(path)));
      this.#keysSeen = seen;
    }
    return this.#keys as Promise<JWTVerifyGetKey>;
  }
}

function codeOf(error: unknown): unknown {
  return (error as { readonly code?: unknown }).code;
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
