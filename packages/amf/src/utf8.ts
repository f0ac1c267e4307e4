// A byte order mark is part of the text; invalid bytes become U+FFFD.
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

// Up to here joining characters is faster than a call into the platform's decoder.
const longestJoined = 32;

/**
 * Decodes UTF-8 between two offsets, which must lie inside `bytes`.
 *
 * Most texts in commands and metadata are short and ASCII: those are joined from groups of eight characters.
 */
export function decodeUtf8(bytes: Uint8Array, start: number, end: number): string {
  if (end - start > longestJoined) return decoder.decode(viewOf(bytes, start, end));

  let text = "";
  let at = start;
  for (; at + 8 <= end; at += 8) {
    const a = bytes[at]!;
    const b = bytes[at + 1]!;
    const c = bytes[at + 2]!;
    const d = bytes[at + 3]!;
    const e = bytes[at + 4]!;
    const f = bytes[at + 5]!;
    const g = bytes[at + 6]!;
    const h = bytes[at + 7]!;
    if ((a | b | c | d | e | f | g | h) > 0x7f) return decoder.decode(viewOf(bytes, start, end));
    text += String.fromCharCode(a, b, c, d, e, f, g, h);
  }
  for (; at < end; at++) {
    const a = bytes[at]!;
    if (a > 0x7f) return decoder.decode(viewOf(bytes, start, end));
    text += String.fromCharCode(a);
  }
  return text;
}

// Unlike `subarray`, this never runs the constructor of a subclass such as Node's Buffer, which costs as much as decoding.
function viewOf(bytes: Uint8Array, start: number, end: number): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset + start, end - start);
}
