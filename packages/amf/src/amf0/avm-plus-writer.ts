/**
 * AMF3 values within an AMF0 body, each behind the marker 0x11.
 *
 * Readers do not agree whether the values of a body share their reference tables. So that the bytes mean the same either
 * way, only the first value has references; those behind it are literals. Where one of these contains itself, its
 * reference counts with shared tables.
 *
 * AMF0 §3, AMF3 §4.1
 */
import type { ByteWriter } from "@rtmp/wire";
import { BodyWriter, type TableMark } from "../amf3/body-writer.ts";
import { Amf3ValueWriter } from "../amf3/value-writer.ts";
import { noExternalizables } from "../externalizable.ts";
import type { AmfEncoderOptions } from "../options.ts";
import type { AmfInput } from "../values.ts";
import { Amf0Marker } from "./markers.ts";

/** Writes the AMF3 values of one AMF0 body. */
export class AvmPlusWriter {
  readonly #body: BodyWriter;
  readonly #values: Amf3ValueWriter;
  #isFirst = true;

  /** @param start where the body begins in `bytes` */
  constructor(bytes: ByteWriter, start: number, options: AmfEncoderOptions | undefined) {
    this.#body = new BodyWriter(bytes, start);
    this.#values = new Amf3ValueWriter(this.#body, options?.externalizables ?? noExternalizables);
  }

  /** Remembers the state of the reference tables. */
  mark(): TableMark {
    return this.#body.mark();
  }

  /** Takes back what entered the tables since a mark was made, which was behind a value. */
  restore(mark: TableMark): void {
    this.#body.restore(mark);
  }

  /**
   * Writes the marker and the value.
   *
   * @param depth containers around it
   */
  write(value: AmfInput, depth: number): void {
    if (!this.#isFirst) this.#body.useLiterals();
    this.#isFirst = false;
    this.#body.bytes.u8(Amf0Marker.AvmPlus);
    this.#values.write(value, depth);
  }
}
