import protobuf from 'protobufjs/minimal';

/*
 * Messages of protobuf's wire format, https://protobuf.dev/programming-guides/encoding. A message is what writes its fields, one behind the other: fields are
 * written out by those who know them, for to make an encoder of a schema at run-time took longer than to encode a model.
 */

/** Writes a field. */
export type Field = (to: protobuf.Writer) => void;

const VARINT = 0;
const LENGTH_DELIMITED = 2;
const FIXED32 = 5;

const key = (field: number, wireType: number): number => (field << 3) | wireType;

/** int32, int64 or an enumeration. */
export const int =
  (field: number, value: number): Field =>
  (to) =>
    to.uint32(key(field, VARINT)).int64(value);

export const float =
  (field: number, value: number): Field =>
  (to) =>
    to.uint32(key(field, FIXED32)).float(value);

export const string =
  (field: number, value: string): Field =>
  (to) =>
    to.uint32(key(field, LENGTH_DELIMITED)).string(value);

export const bytes =
  (field: number, value: Uint8Array): Field =>
  (to) =>
    to.uint32(key(field, LENGTH_DELIMITED)).bytes(value);

/** A message within a message. */
export const message =
  (field: number, fields: readonly Field[]): Field =>
  (to) => {
    to.uint32(key(field, LENGTH_DELIMITED)).fork();
    for (const write of fields) write(to);
    to.ldelim();
  };

/** The bytes of a message of these fields. */
export function encode(fields: readonly Field[]): Uint8Array {
  const writer = protobuf.Writer.create();
  for (const write of fields) write(writer);
  return writer.finish();
}
