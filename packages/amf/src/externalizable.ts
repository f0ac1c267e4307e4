/**
 * Classes that read and write themselves (`IExternalizable`).
 *
 * Without the codec of the class nobody knows where such an object ends.
 *
 * AMF3 §3.12
 */
import type { ByteReader, ByteWriter } from "@rtmp/wire";
import type { AmfInput, AmfValue } from "./values.ts";

/** What the codec of a class reads from, placed behind the name of the class. */
export interface ExternalizableInput {
  /** The body at the place of the next byte; past its end it throws `RTMP_ERR_AMF_TRUNCATED`. */
  readonly bytes: ByteReader;
  /**
   * Reads an AMF3 value, with the limits and the reference tables of the body.
   *
   * @throws AmfError as `Amf3Decoder.read` does
   */
  readonly readValue: () => AmfValue;
}

/** What the codec of a class writes to. */
export interface ExternalizableOutput {
  /** The body, for bytes that are no AMF3 values. */
  readonly bytes: ByteWriter;
  /**
   * Writes an AMF3 value, with the reference tables of the body.
   *
   * @throws TypeError, RangeError as `Amf3Encoder.write` does
   */
  readonly writeValue: (value: AmfInput) => void;
}

/** The wire form of one class. */
export interface ExternalizableCodec {
  /**
   * Reads the content of an instance to its end.
   *
   * An error that it throws reaches the caller of the decoder; for bytes that are wrong throw an `AmfError`.
   */
  read(input: ExternalizableInput): AmfValue;
  /** Writes the content of an instance. */
  write(output: ExternalizableOutput, content: AmfValue): void;
}

/** The codecs of classes by the name of the class. */
export type ExternalizableRegistry = ReadonlyMap<string, ExternalizableCodec>;

/** The registry where none is given. */
export const noExternalizables: ExternalizableRegistry = new Map();

/** The form of a class that wraps one value. */
const wrapper: ExternalizableCodec = {
  read: (input) => input.readValue(),
  write: (output, content) => {
    output.writeValue(content);
  },
};

/**
 * The wrappers of Flex: the content of each is one value.
 *
 * `ArrayCollection` and `ArrayList` hold an array, `ObjectProxy` an object. To add classes of one's own:
 * `new Map([...flexExternalizables, ["my.Class", codec]])`.
 */
export const flexExternalizables: ExternalizableRegistry = new Map([
  ["flex.messaging.io.ArrayCollection", wrapper],
  ["flex.messaging.io.ArrayList", wrapper],
  ["flex.messaging.io.ObjectProxy", wrapper],
]);
