/**
 * A sequence number and a time of sending inside of a media message, so that gaps, order and delay are seen by whoever
 * receives it, whatever server was in between.
 *
 *   +----------+-----------------+-----------------+
 *   | 16 magic | 5 sequence      | 8 microseconds  |
 *   +----------+-----------------+-----------------+
 *
 * Numbers are groups of seven bits under a bit that is set, so that no start code can arise: in video the stamp is an SEI
 * message "user data unregistered", whose UUID is the magic (H.264 D.1.6); in audio it is the frame's first bytes.
 */

const magic = Uint8Array.from(Buffer.from("c41f6ab2935d4e88a70c51e62d79b83f", "hex"));
const sequenceBytes = 5;
const timeBytes = 8;

/** Bytes of a stamp. */
export const stampBytes: number = magic.length + sequenceBytes + timeBytes;

/** Writes a stamp. */
export function writeStamp(
  bytes: Uint8Array,
  offset: number,
  sequence: number,
  microseconds: number,
): void {
  bytes.set(magic, offset);
  writeGroups(bytes, offset + magic.length, sequenceBytes, sequence);
  writeGroups(bytes, offset + magic.length + sequenceBytes, timeBytes, microseconds);
}

/** Whether there is a stamp at this place. */
export function hasStamp(bytes: Uint8Array, offset: number): boolean {
  if (offset + stampBytes > bytes.length) return false;
  for (let i = 0; i < magic.length; i++) if (bytes[offset + i] !== magic[i]) return false;
  return true;
}

/** Reads the sequence number of the stamp at this place. */
export function stampedSequence(bytes: Uint8Array, offset: number): number {
  return readGroups(bytes, offset + magic.length, sequenceBytes);
}

/** Reads the time of the stamp at this place, in microseconds of the sender's clock. */
export function stampedMicroseconds(bytes: Uint8Array, offset: number): number {
  return readGroups(bytes, offset + magic.length + sequenceBytes, timeBytes);
}

function writeGroups(bytes: Uint8Array, offset: number, count: number, value: number): void {
  let left = value;
  for (let i = offset + count - 1; i >= offset; i--) {
    bytes[i] = 0x80 | (left % 128);
    left = Math.floor(left / 128);
  }
}

function readGroups(bytes: Uint8Array, offset: number, count: number): number {
  let value = 0;
  for (let i = offset; i < offset + count; i++) value = value * 128 + ((bytes[i] ?? 0) & 0x7f);
  return value;
}
