/** Percent-encoding in UTF-8 (RFC 2396 and HTML forms). */

const escapeRun = /(?:%[0-9a-fA-F]{2})+/g;

/** Every escape as the character it stands for; malformed UTF-8 becomes U+FFFD. Other text stays. */
export function percentDecode(text: string): string {
  if (!text.includes('%')) return text;
  return text.replace(escapeRun, (run) => {
    const bytes = Uint8Array.from(run.slice(1).split('%'), (hex) => Number.parseInt(hex, 16));
    return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  });
}

/** As HTML forms do: letters, digits and `-_.*` stand for themselves, a space is `+`. */
export function formEncode(text: string): string {
  // encodeURIComponent refuses lone surrogates, for which Java writes a question mark.
  return encodeURIComponent(text.replace(/\p{Cs}/gu, '?'))
    .replace(/[!'()~]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+');
}

/** The inverse of `formEncode`; throws when a `%` is not followed by two hex digits. */
export function formDecode(text: string): string {
  const broken = /%(?![0-9a-fA-F]{2})/.exec(text);
  if (broken !== null) {
    throw new Error(`Illegal hex characters in escape (%) pattern at character ${broken.index}`);
  }
  return percentDecode(text.replaceAll('+', ' '));
}
