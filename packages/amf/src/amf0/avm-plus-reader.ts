/**
 * AMF3 values within an AMF0 body, each behind the marker 0x11.
 *
 * The texts give the AMF3 reference tables to the body; some senders begin them anew with every value. So the values
 * share the tables until a reference leads nowhere: then that value and those behind it have tables of their own.
 *
 * AMF0 §3, AMF3 §4.1
 */
import type { ByteReader } from "@rtmp/wire";
import { BodyReader } from "../amf3/body-reader.ts";
import { Amf3ValueReader } from "../amf3/value-reader.ts";
import { AmfError } from "../errors.ts";
import { noExternalizables } from "../externalizable.ts";
import type { AmfLimits } from "../limits.ts";
import type { AmfDecoderOptions } from "../options.ts";
import type { AmfValue } from "../values.ts";

/** Reads the AMF3 values of one AMF0 body. */
export class AvmPlusReader {
  readonly #body: BodyReader;
  readonly #values: Amf3ValueReader;
  #sharesTables = true;
  #isFirst = true;

  constructor(
    bytes: ByteReader,
    limits: Readonly<AmfLimits>,
    options: AmfDecoderOptions | undefined,
  ) {
    this.#body = new BodyReader(bytes, limits);
    this.#values = new Amf3ValueReader(this.#body, options?.externalizables ?? noExternalizables);
  }

  /** Values of the whole body up to and with the last one read. */
  get values(): number {
    return this.#values.values;
  }

  /**
   * Reads the value behind the marker.
   *
   * @param depth   containers around it
   * @param values  values of the whole body before it
   */
  read(depth: number, values: number): AmfValue {
    const { bytes } = this.#body;
    const start = bytes.offset;
    const isFirst = this.#isFirst;
    this.#isFirst = false;
    if (!this.#sharesTables) return this.#readWithOwnTables(depth, values);

    this.#values.values = values;
    try {
      return this.#values.read(depth);
    } catch (error) {
      if (isFirst || !isReferenceFault(error)) throw error;
      bytes.offset = start;
      this.#sharesTables = false;
      return this.#readAgain(depth, values, error);
    }
  }

  /** @param fault what the value is refused for unless it can be read now */
  #readAgain(depth: number, values: number, fault: AmfError): AmfValue {
    try {
      return this.#readWithOwnTables(depth, values);
    } catch (error) {
      throw error instanceof AmfError ? fault : error;
    }
  }

  #readWithOwnTables(depth: number, values: number): AmfValue {
    this.#body.forget();
    this.#values.values = values;
    return this.#values.read(depth);
  }
}

function isReferenceFault(error: unknown): error is AmfError {
  return error instanceof AmfError && error.code === "RTMP_ERR_AMF_INVALID_REFERENCE";
}
