/**
 * Source text that reads varints from `bytes` at `$p` in generated decoders: seven bits a byte, the lowest first. Nothing checks
 * where the payload ends; whoever uses these does so afterwards. What is longer than a varint may be goes the slow way, by
 * `SLOW`. The variables `$c` and `$d` hold what was read.
 */

/** The slow decoder is the first constant of a generated one, and takes the same parameters. */
export const SLOW = 'return k0(bytes, start, end, into);';

/** The variable `into`: up to 28 bits; `more` reads on. */
function varintSource(more: string, into = '$c'): string {
  return `${into} = bytes[$p++];
if (${into} >= 128) { ${into} = (${into} & 127) | (bytes[$p++] << 7);
if (${into} >= 16384) { ${into} = (${into} & 16383) | (bytes[$p++] << 14);
if (${into} >= 2097152) { ${into} = (${into} & 2097151) | (bytes[$p++] << 21);
if (${into} >= 268435456) { ${more} } } } }`;
}

/** `$tag`: at most 28 bits. */
export const tagSource: string = varintSource(SLOW, '$tag');

/** `$c`: at most 28 bits. */
export const shortVarintSource: string = varintSource(SLOW);

/** `$c`: at most 32 bits. */
export const varint32Source: string = varintSource(
  `$d = bytes[$p++]; if ($d > 15) ${SLOW} $c = ($c & 268435455) | ($d << 28);`,
);

/** `$c`: the low 32 bits of at most 64. */
export const lowVarintSource: string = varintSource(
  `$d = bytes[$p++]; $c = ($c & 268435455) | ($d << 28);
if ($d >= 128) { $d = $p + 5; while (bytes[$p++] >= 128); if ($p > $d) ${SLOW} }`,
);

/** `$c` and `$d`: the low and the high half of at most 64 bits. */
export const varint64Source: string = `$d = 0;
${varintSource(`let $e = bytes[$p++]; $c = ($c & 268435455) | ($e << 28); $d = ($e & 127) >>> 4;
if ($e >= 128) { $e = bytes[$p++]; $d |= ($e & 127) << 3;
if ($e >= 128) { $e = bytes[$p++]; $d |= ($e & 127) << 10;
if ($e >= 128) { $e = bytes[$p++]; $d |= ($e & 127) << 17;
if ($e >= 128) { $e = bytes[$p++]; $d |= ($e & 127) << 24;
if ($e >= 128) { $e = bytes[$p++]; if ($e > 1) ${SLOW} $d |= $e << 31; } } } } }`)}`;

/** `$d`: half of at most 53 bits, of which the lowest is that of `$c`. */
export const halfVarintSource: string = `$d = 0;
${varintSource(`let $e = bytes[$p++]; $c &= 268435455; $d = $e & 127;
if ($e >= 128) { $e = bytes[$p++]; $d |= ($e & 127) << 7;
if ($e >= 128) { $e = bytes[$p++]; $d |= ($e & 127) << 14;
if ($e >= 128) { $e = bytes[$p++]; if ($e >= 16) ${SLOW} $d |= $e << 21; } } }`)}
$d = $d * 134217728 + ($c >>> 1);`;

/** Moves behind a varint of at most ten bytes. */
export const skipVarintSource: string = `$d = $p + 10; while (bytes[$p++] >= 128); if ($p > $d) ${SLOW}`;
