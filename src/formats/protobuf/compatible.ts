/** Whether data of one .proto schema can be read with another, by the rules of fields (protobuf.dev, "Updating a Message Type"). */
import type { ProtoField, ProtoFile, ProtoMessage } from './schema.ts';

/** A line for each reason why not. Messages are matched by name, fields by number. */
export function protobufIncompatibilities(reader: ProtoFile, writer: ProtoFile): readonly string[] {
  const reasons: string[] = [];
  if (reader.package !== writer.package) {
    reasons.push(
      `{errorType:"PACKAGE_CHANGED", description:"package ${reader.package} instead of ${writer.package}"}`,
    );
  }
  compareAll(reader.messages, writer.messages, '#/', reasons, new Set());
  return reasons;
}

function compareAll(
  readers: readonly ProtoMessage[],
  writers: readonly ProtoMessage[],
  path: string,
  reasons: string[],
  seen: Set<ProtoMessage>,
): void {
  for (const writer of writers) {
    const reader = readers.find(({ name }) => name === writer.name);
    if (reader === undefined) refuse(reasons, 'MESSAGE_REMOVED', `${path}${writer.name}`);
    else compareMessages(reader, writer, `${path}${writer.name}`, reasons, seen);
  }
}

function compareMessages(
  reader: ProtoMessage,
  writer: ProtoMessage,
  path: string,
  reasons: string[],
  seen: Set<ProtoMessage>,
): void {
  if (seen.has(writer)) return;
  seen.add(writer);
  compareAll(reader.nested, writer.nested, `${path}/`, reasons, seen);
  for (const field of writer.fields) {
    const other = reader.fields.find(({ number }) => number === field.number);
    if (other !== undefined) compareFields(other, field, `${path}/${field.number}`, reasons, seen);
    else if (field.oneof !== null)
      refuse(reasons, 'ONEOF_FIELD_REMOVED', `${path}/${field.oneof}/${field.number}`);
  }
  for (const oneof of new Set(reader.fields.map((field) => field.oneof))) {
    if (oneof === null) continue;
    const members = reader.fields.filter((field) => field.oneof === oneof);
    const moved = members.filter((member) =>
      writer.fields.some(({ number, oneof: own }) => number === member.number && own === null),
    );
    // One field may become a oneof of its own; two could both have been set.
    if (moved.length > 1) refuse(reasons, 'MULTIPLE_FIELDS_MOVED_TO_ONEOF', `${path}/${oneof}`);
  }
}

function compareFields(
  reader: ProtoField,
  writer: ProtoField,
  path: string,
  reasons: string[],
  seen: Set<ProtoMessage>,
): void {
  const isMessage = (field: ProtoField): boolean => field.type.kind === 'message';
  if (isMessage(reader) !== isMessage(writer)) {
    refuse(reasons, 'FIELD_KIND_CHANGED', path);
  } else if (reader.type.kind === 'message' && writer.type.kind === 'message') {
    const [to, from] = [reader.type.message, writer.type.message];
    if (to.name !== from.name) refuse(reasons, 'FIELD_NAMED_TYPE_CHANGED', path);
    else compareMessages(to, from, path, reasons, seen);
  } else if (wireGroup(reader) !== wireGroup(writer)) {
    refuse(reasons, 'FIELD_SCALAR_KIND_CHANGED', path);
  }
  const numeric = wireGroup(reader) !== 'text' && !isMessage(reader);
  if (reader.repeated !== writer.repeated && numeric)
    refuse(reasons, 'FIELD_NUMERIC_LABEL_CHANGED', path);
}

/** Scalars of one group read each other's bytes. */
function wireGroup({ type }: ProtoField): string {
  if (type.kind !== 'scalar') return type.kind === 'enum' ? 'varint' : 'message';
  switch (type.scalar) {
    case 'int32':
    case 'uint32':
    case 'int64':
    case 'uint64':
    case 'bool':
      return 'varint';
    case 'sint32':
    case 'sint64':
      return 'zigzag';
    case 'string':
    case 'bytes':
      return 'text';
    case 'fixed32':
    case 'sfixed32':
      return 'fixed32';
    case 'fixed64':
    case 'sfixed64':
      return 'fixed64';
    case 'float':
    case 'double':
      return type.scalar;
  }
}

function refuse(reasons: string[], type: string, path: string): void {
  reasons.push(`{errorType:"${type}", description:"at path '${path}'"}`);
}
