/** Chunks written by hand: every header form in turn, whether or not a shorter one would do. */

/** A message of a publisher. */
export interface ScriptedMessage {
  readonly typeId: number;
  /** Milliseconds since the start, not wrapped. */
  readonly at: number;
  readonly payload: Uint8Array;
}

interface ChunkStream {
  readonly id: number;
  /** Chunks begun, to take turns. */
  turn: number;
  at: number;
  delta: number | undefined;
  length: number;
  extended: boolean;
}

/**
 * Writes messages on message stream 1, one chunk stream for each type.
 *
 * Type 0, 1, 2 and 3 take turns as far as the format allows: type 2 wants the length of before, type 3 the time step too.
 *
 * RTMP §5.3.1
 */
export class ChunkScript {
  /** How often each type began a message. */
  readonly used: [number, number, number, number] = [0, 0, 0, 0];
  readonly #chunkSize: number;
  readonly #repeatsExtension: boolean;
  readonly #streams = new Map<number, ChunkStream>();

  /** @param repeatsExtension  whether type 3 chunks carry the extended timestamp too, as the specification wants */
  constructor(chunkSize: number, repeatsExtension = true) {
    this.#chunkSize = chunkSize;
    this.#repeatsExtension = repeatsExtension;
  }

  write({ typeId, at, payload }: ScriptedMessage): Uint8Array {
    const stream = this.#stream(typeId);
    const delta = at - stream.at;
    const fmt = this.#choose(stream, delta, payload.length);
    this.used[fmt]++;
    const field = fmt === 0 ? at % 2 ** 32 : fmt === 3 ? (stream.delta ?? 0) : delta;
    if (fmt !== 3) stream.extended = field >= 0xffffff;
    const extension = stream.extended ? u32(field) : [];

    const bytes: number[] = [(fmt << 6) | stream.id];
    if (fmt < 3) bytes.push(...u24(Math.min(field, 0xffffff)));
    if (fmt < 2) bytes.push(...u24(payload.length), typeId);
    // Little-endian, unlike every other field.
    if (fmt === 0) bytes.push(1, 0, 0, 0);
    if (fmt < 3 || this.#repeatsExtension) bytes.push(...extension);
    for (let start = 0; start < payload.length; start += this.#chunkSize) {
      if (start > 0) {
        bytes.push(0xc0 | stream.id, ...(this.#repeatsExtension ? extension : []));
      }
      bytes.push(...payload.subarray(start, start + this.#chunkSize));
    }
    Object.assign(stream, { turn: stream.turn + 1, at, length: payload.length });
    if (fmt !== 3) stream.delta = fmt === 0 ? undefined : delta;
    return Uint8Array.from(bytes);
  }

  #stream(typeId: number): ChunkStream {
    const known = this.#streams.get(typeId);
    if (known !== undefined) return known;
    const id = 4 + this.#streams.size;
    const stream = { id, turn: 0, at: 0, delta: undefined, length: -1, extended: false };
    this.#streams.set(typeId, stream);
    return stream;
  }

  /**
   * Type 3 behind type 0 is left out: readers disagree on its time. So is a type 3 that begins a message and lacks its
   * extension: no reader can tell.
   */
  #choose(stream: ChunkStream, delta: number, length: number): 0 | 1 | 2 | 3 {
    const isNew = stream.length === -1;
    const wanted = isNew || delta < 0 ? 0 : stream.turn % 4;
    const isPlain = this.#repeatsExtension || !stream.extended;
    if (wanted === 3 && isPlain && stream.delta === delta && stream.length === length) return 3;
    if (wanted > 1 && stream.length === length) return 2;
    return wanted === 0 ? 0 : 1;
  }
}

function u24(value: number): number[] {
  return [(value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff];
}

function u32(value: number): number[] {
  return [(value >>> 24) & 0xff, ...u24(value)];
}
