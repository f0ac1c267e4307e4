import { ByteReader } from "@rtmp/wire";
import { AmfError } from "./errors.ts";
import type { ExternalizableRegistry } from "./externalizable.ts";
import type { AmfLimits } from "./limits.ts";

/** How a message body is decoded. */
export interface AmfDecoderOptions {
  /**
   * What the body may ask for.
   * @default defaultAmfLimits
   */
  readonly limits?: Partial<AmfLimits> | undefined;
  /**
   * Where the first value begins, in bytes.
   * @default 0
   */
  readonly offset?: number | undefined;
  /**
   * The classes whose instances read themselves; other such classes are refused.
   * @default none
   */
  readonly externalizables?: ExternalizableRegistry | undefined;
}

function truncated(offset: number, wanted: number, left: number): AmfError {
  return new AmfError("RTMP_ERR_AMF_TRUNCATED", `${wanted} bytes wanted, ${left} left`, { offset });
}

/**
 * Checks where the body begins and how long it is.
 *
 * @returns a reader at its first value
 * @throws AmfError `RTMP_ERR_AMF_BODY_TOO_LONG`
 * @throws RangeError when the offset is out of range
 */
export function openBody(bytes: Uint8Array, offset: number, limits: AmfLimits): ByteReader {
  if (!Number.isInteger(offset) || offset < 0 || offset > bytes.length) {
    throw new RangeError(`offset must be an integer from 0 to ${bytes.length}, not ${offset}`);
  }

  const length = bytes.length - offset;
  if (length > limits.maxBodyBytes) {
    const message = `a body of ${length} bytes, at most ${limits.maxBodyBytes}`;
    throw new AmfError("RTMP_ERR_AMF_BODY_TOO_LONG", message, { offset });
  }
  return new ByteReader(bytes, truncated, offset);
}

/** Makes the error of a body that goes on behind its only value. */
export function trailingBytes(offset: number, left: number): AmfError {
  return new AmfError("RTMP_ERR_AMF_TRAILING_BYTES", `${left} bytes left over`, { offset });
}

/** How a message body is encoded. */
export interface AmfEncoderOptions {
  /**
   * The classes whose instances write themselves; others have no form.
   * @default none
   */
  readonly externalizables?: ExternalizableRegistry | undefined;
}
