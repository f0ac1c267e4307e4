/**
 * Parameter sets in a configuration record: NAL units, each behind its length.
 *
 *   { UI16 length, NAL unit }
 *
 * ISO/IEC 14496-15 §5.3.3.1, §8.3.3.1, §11.2.4.2
 */

import type { ByteReader } from "@rtmp/wire";
import { FlvError } from "../errors.ts";
import type { FlvLimits } from "../limits.ts";

/** One NAL unit of a configuration record. */
export interface ParameterSet {
  /** The NAL unit with its header and its emulation prevention bytes; a view of the record, never empty. */
  readonly nalUnit: Uint8Array;
  /** Where `nalUnit` begins in the record. */
  readonly offset: number;
}

/** One array of a record whose parameter sets are sorted by their type: HEVC, VVC. */
export interface ParameterSetArray {
  /** `nal_unit_type` of the sets: in HEVC VPS 32, SPS 33, PPS 34; in VVC VPS 14, SPS 15, PPS 16. */
  readonly type: number;
  /** Whether every set of this type is in the record, and none in the stream. */
  readonly complete: boolean;
  /** The sets in wire order. */
  readonly sets: readonly ParameterSet[];
}

/** Counts the parameter sets of one record against the limit. */
export class ParameterSetReader {
  readonly #reader: ByteReader;
  readonly #max: number;
  #read = 0;

  constructor(reader: ByteReader, limits: FlvLimits) {
    this.#reader = reader;
    this.#max = limits.maxParameterSets;
  }

  /**
   * Reads `count` sets; those of length 0, which some encoders write, are left out.
   *
   * @throws FlvError `RTMP_ERR_FLV_TRUNCATED`, `RTMP_ERR_FLV_TOO_MANY_PARAMETER_SETS`
   */
  read(count: number): ParameterSet[] {
    const sets: ParameterSet[] = [];
    for (let i = 0; i < count; i++) {
      if (this.#read++ === this.#max) throw tooManySets(this.#reader.offset, this.#max);
      const length = this.#reader.u16();
      const offset = this.#reader.offset;
      const nalUnit = this.#reader.view(length);
      if (length > 0) sets.push({ nalUnit, offset });
    }
    return sets;
  }
}

function tooManySets(offset: number, max: number): FlvError {
  return new FlvError(
    "RTMP_ERR_FLV_TOO_MANY_PARAMETER_SETS",
    `more than ${max} parameter sets in one record`,
    { offset },
  );
}
