/**
 * Packets at rest: what their headers say, and their bodies one behind the other in one buffer.
 *
 * A packet as it came holds on to everything that was read from the socket with it. Thousands of those, each of them old
 * when it is dropped, are what a garbage collector likes least; here one buffer serves one GOP after the other.
 */

import type { MediaFrame, MediaPacket } from "@rtmp/flv";

const smallestBuffer = 4 * 1024;
const noBytes = new Uint8Array(0);

/** A frame whose bytes are part of its packet's body. */
interface KeptFrame extends Omit<MediaFrame, "view"> {
  /** Where its bytes begin in the body. */
  readonly start: number;
  readonly length: number;
}

/** A packet whose body is part of the buffer. */
interface KeptPacket extends Pick<MediaPacket, "kind" | "timestamp"> {
  /** Where its body ends in the buffer; it begins where that of the packet before ends. */
  readonly end: number;
  readonly frames: readonly KeptFrame[];
}

/** A list of packets that costs a copy for each, and little else. */
export class KeptPackets {
  readonly #maxBytes: number;
  #packets: KeptPacket[] = [];
  #buffer: Uint8Array = noBytes;
  #bytes = 0;
  // Since the last `clear`.
  #mostBytes = 0;

  /** @param maxBytes  up to which the buffer grows ahead of what is added */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** How many there are. */
  get length(): number {
    return this.#packets.length;
  }

  /** Bytes of the buffer. */
  get capacity(): number {
    return this.#buffer.length;
  }

  /** Adds a packet, whose own bytes are no longer needed then; the views of its frames have to lie in its body. */
  add({ kind, timestamp, body, frames }: MediaPacket): void {
    const end = this.#bytes + body.length;
    this.#makeRoom(end);
    this.#buffer.set(body, this.#bytes);
    this.#packets.push({
      kind,
      timestamp,
      end,
      frames: frames.map((frame) => keepFrame(frame, body)),
    });
    this.#bytes = end;
  }

  /** The first one, in a copy of its own; undefined when there is none. */
  get first(): MediaPacket | undefined {
    const [packet] = this.#packets;
    return packet && restore(packet, this.#buffer.slice(0, packet.end));
  }

  /** Returns the packets, in a copy of their own, and forgets them; the buffer is for the next ones. */
  take(): MediaPacket[] {
    const bytes = this.#buffer.slice(0, this.#bytes);
    let start = 0;
    const packets = this.#packets.map((packet) => {
      const body = bytes.subarray(start, packet.end);
      start = packet.end;
      return restore(packet, body);
    });
    this.#forgetPackets();
    return packets;
  }

  /** Forgets the packets; the buffer is for the next ones, unless the last ones needed less than a quarter of it. */
  clear(): void {
    this.#forgetPackets();
    if (this.#mostBytes < this.#buffer.length / 4) this.#buffer = noBytes;
    this.#mostBytes = 0;
  }

  #forgetPackets(): void {
    this.#mostBytes = Math.max(this.#mostBytes, this.#bytes);
    this.#packets = [];
    this.#bytes = 0;
  }

  #makeRoom(bytes: number): void {
    if (bytes <= this.#buffer.length) return;
    const ahead = Math.min(Math.max(1.25 * bytes, smallestBuffer), this.#maxBytes);
    const grown = new Uint8Array(Math.max(bytes, ahead));
    grown.set(this.#buffer.subarray(0, this.#bytes));
    this.#buffer = grown;
  }
}

function restore({ kind, timestamp, frames }: KeptPacket, body: Uint8Array): MediaPacket {
  return { kind, timestamp, body, frames: frames.map((frame) => restoreFrame(frame, body)) };
}

// Written out: a rest of properties costs more than everything else that is done for a packet.

function keepFrame(frame: MediaFrame, body: Uint8Array): KeptFrame {
  const { track, role, keyframe, codec, compositionTimeOffset, nanosecondOffset, view } = frame;
  const start = view.byteOffset - body.byteOffset;
  const { length } = view;
  return { track, role, keyframe, codec, compositionTimeOffset, nanosecondOffset, start, length };
}

function restoreFrame(frame: KeptFrame, body: Uint8Array): MediaFrame {
  const { track, role, keyframe, codec, compositionTimeOffset, nanosecondOffset } = frame;
  const view = body.subarray(frame.start, frame.start + frame.length);
  return { track, role, keyframe, codec, compositionTimeOffset, nanosecondOffset, view };
}
