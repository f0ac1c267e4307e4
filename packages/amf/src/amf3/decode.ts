import type { ByteReader } from "@rtmp/wire";
import { noExternalizables } from "../externalizable.ts";
import { resolveLimits } from "../limits.ts";
import { type AmfDecoderOptions, openBody, trailingBytes } from "../options.ts";
import type { AmfValue } from "../values.ts";
import { BodyReader } from "./body-reader.ts";
import { Amf3ValueReader } from "./value-reader.ts";

/**
 * Reads the AMF3 values of one body, one after the other.
 *
 * The body has one set of reference tables (strings, objects, traits) and one budget of values (`maxValues`). Read no
 * further once `read` has thrown. References can make values that contain themselves.
 */
export class Amf3Decoder {
  readonly #bytes: ByteReader;
  readonly #values: Amf3ValueReader;

  /**
   * @param bytes  one whole body; not changed, and not kept by any value
   * @throws AmfError `RTMP_ERR_AMF_BODY_TOO_LONG`
   * @throws RangeError when a limit or the offset is out of range
   */
  constructor(bytes: Uint8Array, options?: AmfDecoderOptions) {
    const limits = resolveLimits(options?.limits);
    this.#bytes = openBody(bytes, options?.offset ?? 0, limits);
    this.#values = new Amf3ValueReader(
      new BodyReader(this.#bytes, limits),
      options?.externalizables ?? noExternalizables,
    );
  }

  /** Offset of the next value in the bytes given. */
  get offset(): number {
    return this.#bytes.offset;
  }

  /** Whether every byte has been read. */
  get done(): boolean {
    return this.#bytes.left === 0;
  }

  /**
   * Reads the next value.
   *
   * Invalid UTF-8 becomes U+FFFD.
   *
   * @throws AmfError with the offset of the fault: the body is malformed, over a limit, or of a class without a codec
   */
  read(): AmfValue {
    return this.#values.read(0);
  }
}

/**
 * Decodes exactly one AMF3 value.
 *
 * @throws AmfError as {@link Amf3Decoder} does, and `RTMP_ERR_AMF_TRAILING_BYTES` when bytes are left over
 * @throws RangeError when a limit or the offset is out of range
 */
export function decodeAmf3(bytes: Uint8Array, options?: AmfDecoderOptions): AmfValue {
  const decoder = new Amf3Decoder(bytes, options);
  const value = decoder.read();
  if (!decoder.done) throw trailingBytes(decoder.offset, bytes.length - decoder.offset);
  return value;
}

/**
 * Decodes every AMF3 value of a body; none when it is empty.
 *
 * @throws AmfError as {@link Amf3Decoder} does
 * @throws RangeError when a limit or the offset is out of range
 */
export function decodeAmf3Sequence(bytes: Uint8Array, options?: AmfDecoderOptions): AmfValue[] {
  const decoder = new Amf3Decoder(bytes, options);
  const values: AmfValue[] = [];
  while (!decoder.done) values.push(decoder.read());
  return values;
}
