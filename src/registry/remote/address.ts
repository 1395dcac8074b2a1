/** Where the remote registry is, out of the properties `ksql.schema.registry.*` (Confluent's client configuration). */
import { bytesOf } from '../../base/bytes.ts';
import { problem } from '../../base/errors.ts';

export interface RegistryAddress {
  readonly urls: readonly string[];
  /** The header of that name; null: none. */
  readonly authorization: string | null;
}

const urlProperty = 'ksql.schema.registry.url';
const userProperty = 'ksql.schema.registry.basic.auth.user.info';

/** null where none is configured: the registry is the engine's own. Throws `property.invalid`. */
export function registryAddress(
  properties: Readonly<Record<string, string>>,
): RegistryAddress | null {
  const texts = (properties[urlProperty] ?? '')
    .split(',')
    .map((text) => text.trim())
    .filter((text) => text !== '');
  if (texts.length === 0) return null;
  const urls = texts.map(parsedUrl);
  const inUrl = urls.find(({ username }) => username !== '');
  const user =
    properties[userProperty] ??
    (inUrl === undefined
      ? null
      : `${decodeURIComponent(inUrl.username)}:${decodeURIComponent(inUrl.password)}`);
  return {
    urls: urls.map(({ protocol, host, pathname }) =>
      `${protocol}//${host}${pathname}`.replace(/\/+$/, ''),
    ),
    authorization: user === null ? null : `Basic ${btoa(String.fromCharCode(...bytesOf(user)))}`,
  };
}

function parsedUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url;
  throw problem(
    'property.invalid',
    `Invalid value for configuration ${urlProperty}: addresses begin with http:// or https://`,
    { hint: 'Several addresses of one registry are separated by commas.' },
  );
}
