/** Changes valid input in the ways that have broken decoders before. */

// Counts, lengths and markers at the edges of their fields.
const edges = [0x00, 0x01, 0x03, 0x09, 0x11, 0x7f, 0x80, 0xc0, 0xfe, 0xff];

const pick = (random: () => number, count: number): number => Math.floor(random() * count);

/**
 * Returns a changed copy: one to four of flips, edge values, runs of an edge value, cuts, insertions, doublings, splices.
 *
 * @param other  input to splice with
 */
export function mutate(bytes: Uint8Array, other: Uint8Array, random: () => number): Uint8Array {
  let changed: Uint8Array = bytes.slice();
  for (let i = pick(random, 4); i >= 0 && changed.length > 0; i--) {
    changed = mutateOnce(changed, other, random);
  }
  return changed;
}

function mutateOnce(bytes: Uint8Array, other: Uint8Array, random: () => number): Uint8Array {
  const at = pick(random, bytes.length);
  const length = 1 + pick(random, 8);
  const edge = edges[pick(random, edges.length)]!;
  switch (pick(random, 7)) {
    case 0:
      bytes[at]! ^= 1 << pick(random, 8);
      return bytes;
    case 1:
      bytes[at] = edge;
      return bytes;
    case 2:
      return bytes.fill(edge, at, at + length);
    case 3:
      return bytes.slice(0, at);
    case 4:
      return join(bytes.subarray(0, at), new Uint8Array(length).fill(edge), bytes.subarray(at));
    case 5:
      return join(bytes.subarray(0, at), bytes.subarray(Math.max(0, at - length)));
    default:
      return join(bytes.subarray(0, at), other.subarray(pick(random, other.length)));
  }
}

// A plain array: `slice` of a Buffer does not copy.
const join = (...parts: Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts));
