/**
 * AMF3 encoder: each value in its shortest form.
 *
 * - A number is an integer where it fits in 29 bits, and else a double.
 * - A string, a class or an object that was written before is a reference, so graphs keep their shape.
 *
 * AMF3 §3
 */
import { ByteWriter } from "@rtmp/wire";
import { noExternalizables } from "../externalizable.ts";
import type { AmfEncoderOptions } from "../options.ts";
import type { AmfInput } from "../values.ts";
import { BodyWriter } from "./body-writer.ts";
import { Amf3ValueWriter } from "./value-writer.ts";

/**
 * Writes the AMF3 values of one body, one after the other.
 *
 * The body has one set of reference tables, so use one encoder for all values of a body.
 */
export class Amf3Encoder {
  readonly #body: BodyWriter;
  readonly #values: Amf3ValueWriter;

  /** @param writer the values go behind what it holds */
  constructor(writer: ByteWriter, options?: AmfEncoderOptions) {
    this.#body = new BodyWriter(writer, writer.length);
    this.#values = new Amf3ValueWriter(this.#body, options?.externalizables ?? noExternalizables);
  }

  /**
   * Appends one value.
   *
   * When this throws, the writer holds what it held before.
   *
   * @throws TypeError when a value has no AMF3 form: functions, bigints, symbols, `Unsupported`, instances of other
   *   classes or of externalizable classes without a codec, members that a sealed class does not have
   * @throws RangeError when a member has an empty name, nesting exceeds 32 levels, or the body 2^24 - 1 bytes
   */
  write(value: AmfInput): void {
    const body = this.#body;
    const { length } = body.bytes;
    const mark = body.mark();
    try {
      this.#values.write(value, 0);
      body.checkLength();
    } catch (error) {
      body.bytes.truncate(length);
      body.restore(mark);
      throw error;
    }
  }
}

/**
 * Encodes the AMF3 values of one body.
 *
 * For externalizable classes use an {@link Amf3Encoder}.
 *
 * @returns bytes that the caller owns
 * @throws TypeError, RangeError as {@link Amf3Encoder.write} does
 */
export function encodeAmf3(...values: AmfInput[]): Uint8Array<ArrayBuffer> {
  const writer = new ByteWriter();
  const encoder = new Amf3Encoder(writer);
  for (const value of values) encoder.write(value);
  return writer.take();
}
