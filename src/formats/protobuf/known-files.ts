/** Files that every schema may import without a reference, as in Confluent's registry. */

/** Texts of those that protobufjs does not bring. */
export const knownFiles: ReadonlyMap<string, string> = new Map([
  [
    'confluent/meta.proto',
    `syntax = "proto3"; package confluent;
message Meta { string doc = 1; map<string, string> params = 2; repeated string tags = 3; }`,
  ],
  [
    'confluent/type/decimal.proto',
    `syntax = "proto3"; package confluent.type;
message Decimal { bytes value = 1; uint32 precision = 2; int32 scale = 3; }`,
  ],
  [
    'google/type/date.proto',
    `syntax = "proto3"; package google.type;
message Date { int32 year = 1; int32 month = 2; int32 day = 3; }`,
  ],
  [
    'google/type/timeofday.proto',
    `syntax = "proto3"; package google.type;
message TimeOfDay { int32 hours = 1; int32 minutes = 2; int32 seconds = 3; int32 nanos = 4; }`,
  ],
  // Imported for the sake of options, of which none matter here.
  ['google/protobuf/descriptor.proto', 'syntax = "proto2"; package google.protobuf;'],
]);
