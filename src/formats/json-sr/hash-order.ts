/**
 * The order in which a `java.util.HashMap` hands out texts: by bucket, in a bucket by insertion. Properties of a JSON schema
 * have no order of their own, so that ksqlDB's columns come in this one where the schema gives no `connect.index`.
 */

/** The texts, each once, in the order of a map into which they were put one after the other. */
export function hashOrder(texts: readonly string[]): readonly string[] {
  let buckets = 16;
  while (texts.length > buckets * 0.75) buckets *= 2;
  const bucketOf = (text: string): number => {
    const hash = hashCode(text);
    return (hash ^ (hash >>> 16)) & (buckets - 1);
  };
  return texts
    .map((text) => ({ text, bucket: bucketOf(text) }))
    .sort((a, b) => a.bucket - b.bucket)
    .map(({ text }) => text);
}

/** `String.hashCode`. */
function hashCode(text: string): number {
  let hash = 0;
  for (let at = 0; at < text.length; at++) hash = (Math.imul(hash, 31) + text.charCodeAt(at)) | 0;
  return hash;
}
