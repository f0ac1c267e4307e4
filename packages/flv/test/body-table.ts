/** What the tests of audio and of video bodies ask of their codec. */

import { type FlvLimits, resolveFlvLimits } from "@rtmp/flv";
import { hex, toHex } from "@rtmp/testing";
import { expect, test } from "vitest";
import { flvErrorOf } from "./frame.ts";

/** The two ways between the bytes of a message and what stands in them. */
export interface BodyCodec<Body extends Input, Input> {
  readonly decode: (bytes: Uint8Array, limits?: FlvLimits) => Body;
  readonly encode: (body: Input) => Uint8Array;
}

/** A message with all that stands in it. */
export interface BodyCase<Body> {
  readonly name: string;
  readonly bytes: string;
  readonly body: Body;
}

/** No bytes. */
export const none = new Uint8Array();

/** CodedFrames of E-RTMP with nothing in it, without what only video has. */
export const bareEnhanced = {
  form: "enhanced",
  packetType: 1,
  modEx: [],
  multitrackType: undefined,
  tracks: [],
  rest: none,
} as const;

/** The tests of a codec, by what is asked of it. */
export class BodyTable<Body extends Input, Input> {
  readonly #codec: BodyCodec<Body, Input>;

  constructor(codec: BodyCodec<Body, Input>) {
    this.#codec = codec;
  }

  /** It reads and writes every case. */
  readsAndWrites(cases: readonly BodyCase<Body>[]): void {
    const { decode, encode } = this.#codec;
    test.each(cases)("reads $name", ({ bytes, body }) => {
      expect(decode(hex(bytes))).toEqual(body);
    });

    test.each(cases)("writes $name", ({ bytes, body }) => {
      expect(toHex(encode(body))).toBe(toHex(hex(bytes)));
    });
  }

  /** It refuses two tracks and two ModEx blocks where one of each is allowed. */
  keepsLimits(messages: { readonly tracks: string; readonly modExBlocks: string }): void {
    const limits = resolveFlvLimits({ maxTracksPerMessage: 1, maxModExBlocks: 1 });
    const { decode } = this.#codec;
    test.each(Object.entries(messages))("the limit of %s holds", (_, bytes) => {
      expect(flvErrorOf(() => decode(hex(bytes), limits)).fault).toBe("limit");
      expect(() => decode(hex(bytes))).not.toThrow();
    });
  }

  /** It writes each body as these bytes. */
  writes(written: readonly [bytes: string, body: Input][]): void {
    test.each(written)("%s", (bytes, body) => {
      expect(toHex(this.#codec.encode(body))).toBe(bytes);
    });
  }

  /** It refuses each body as a mistake of the caller. */
  refuses(wrong: readonly [name: string, body: Input][]): void {
    test.each(wrong)("%s", (_, body) => {
      expect(() => this.#codec.encode(body)).toThrow(RangeError);
    });
  }
}
