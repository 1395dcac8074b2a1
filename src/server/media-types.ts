/** The media types of the HTTP API (spec: api.md §1). The only file of the server that clients need at run time. */
export const ksqlJson = 'application/vnd.ksql.v1+json';
export const ksqlProtobuf = 'application/vnd.ksql.v1+protobuf';
export const delimited = 'application/vnd.ksqlapi.delimited.v1';
export const json = 'application/json';
/** Leat's own: a JSON object a line. */
export const leatJson = 'application/vnd.leat.v1+json';
