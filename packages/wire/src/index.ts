export { ByteReader, type TruncatedError } from "./byte-reader.ts";
export { ByteWriter } from "./byte-writer.ts";
export { type Cancel, type Clock, systemClock } from "./clock.ts";
export { RtmpError, type RtmpErrorCode, type RtmpErrorOptions, type RtmpFault } from "./errors.ts";
export { type RandomBytes, systemRandomBytes } from "./random.ts";
export { addTimestamp, timestampDifference } from "./timestamp.ts";
