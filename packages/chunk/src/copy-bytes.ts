/**
 * The engine's own copies, called without the search for them.
 *
 * V8 looks a typed array's method up along the prototypes at every call, which takes as long as moving some 300 bytes, but
 * knows it where it is named in full.
 */

/** Copies all bytes of `source` into another buffer. */
export function copyBytes(source: Uint8Array, target: Uint8Array, offset: number): void {
  Uint8Array.prototype.set.call(target, source, offset);
}

/** Moves the bytes from `start` to `end`, without `end`, to `target` in the same buffer; the places may overlap. */
export function moveBytes(bytes: Uint8Array, target: number, start: number, end: number): void {
  Uint8Array.prototype.copyWithin.call(bytes, target, start, end);
}
