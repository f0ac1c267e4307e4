/**
 * The tags of an FLV file that comes in pieces.
 *
 *   file header, PreviousTagSize0, { tag, PreviousTagSize } to the end
 *
 * FLV E.2, E.3, E.4.1
 */

import { ByteReader, ByteWriter } from "@rtmp/wire";
import { FlvError, truncatedMessage } from "../errors.ts";
import { type FlvLimits, resolveFlvLimits } from "../limits.ts";
import {
  decodeFlvFileHeader,
  fileHeaderBytes,
  type FlvFileHeader,
  previousTagSizeBytes,
} from "./header.ts";
import { type FlvTag, isTagType, readTagHeader, type TagHeader, tagHeaderBytes } from "./tag.ts";

/** What the bytes that come next are. */
type State = "file-header" | "skip" | "previous-tag-size" | "tag-header" | "data" | "failed";

/**
 * Reads the tags of a file or of an HTTP-FLV stream.
 *
 * Any split of the input gives the same tags. Tags of other types than {@link FlvTag} has are skipped. Once `push` has
 * thrown, the reader takes no more bytes.
 */
export class FlvTagReader {
  readonly #limits: FlvLimits;
  #state: State = "file-header";
  /** Bytes that the state needs, of which `#held` has the first. */
  #wanted = fileHeaderBytes;
  #held = new ByteWriter(0);
  /** Where the bytes not yet read begin in the file. */
  #offset = 0;
  #header: FlvFileHeader | undefined;
  #tag: TagHeader = { type: 0, size: 0, timestamp: 0 };
  #previousTagSize = 0;
  #wrongPreviousTagSizes = 0;

  /** @throws RangeError when a limit is not a whole number from 1 */
  constructor(limits?: Partial<FlvLimits>) {
    this.#limits = resolveFlvLimits(limits);
  }

  /** The file header, once its 9 bytes are there. */
  get header(): FlvFileHeader | undefined {
    return this.#header;
  }

  /** How many PreviousTagSizes did not fit the tag before them; they are not used otherwise. */
  get wrongPreviousTagSizes(): number {
    return this.#wrongPreviousTagSizes;
  }

  /** Whether the input so far ends within the header, or within a tag: a torn end when nothing follows. */
  get isTorn(): boolean {
    const isBetween = this.#state === "previous-tag-size" || this.#state === "tag-header";
    return !isBetween || (this.#state === "tag-header" && this.#held.length > 0);
  }

  /**
   * Feeds bytes of the file and calls `onTag` once for each completed tag, in order.
   *
   * A tag is complete with its last byte of data; the PreviousTagSize need not be there yet.
   *
   * @param bytes  any number of bytes, also zero; tags may keep views of them, so the caller must not reuse the buffer
   * @param onTag  called synchronously
   * @throws FlvError `RTMP_ERR_FLV_INVALID_FILE_HEADER`, `RTMP_ERR_FLV_UNKNOWN_FILE_VERSION`,
   *   `RTMP_ERR_FLV_ENCRYPTED_TAG`, and `RTMP_ERR_FLV_TAG_TOO_LONG` when a tag declares more than `maxTagBytes`; the offset
   *   counts from the start of the file
   * @throws TypeError after an error
   */
  push(bytes: Uint8Array, onTag: (tag: FlvTag) => void): void {
    if (this.#state === "failed") throw new TypeError("the reader has failed before");
    let at = 0;
    while (at < bytes.length || this.#wanted === 0) {
      const end = Math.min(bytes.length, at + this.#wanted - this.#held.length);
      const piece = bytes.subarray(at, end);
      at = end;
      if (this.#state === "skip") this.#skip(piece.length);
      else if (this.#held.length + piece.length < this.#wanted) this.#held.bytes(piece);
      else this.#complete(this.#join(piece), onTag);
    }
  }

  /** Skipped bytes are counted down, never kept. */
  #skip(length: number): void {
    this.#wanted -= length;
    this.#offset += length;
    if (this.#wanted === 0) this.#expect("previous-tag-size", previousTagSizeBytes);
  }

  #join(piece: Uint8Array): Uint8Array {
    if (this.#held.length === 0) return piece;
    this.#held.bytes(piece);
    return this.#held.take();
  }

  /** Takes all the bytes that the state needs. */
  #complete(bytes: Uint8Array, onTag: (tag: FlvTag) => void): void {
    const state = this.#state;
    const start = this.#offset;
    this.#offset += bytes.length;
    // Whatever throws below, be it `onTag`, leaves the reader where it cannot go on.
    this.#state = "failed";
    if (state === "file-header") this.#takeFileHeader(bytes);
    else if (state === "tag-header") this.#takeTagHeader(bytes, start);
    else if (state === "data") this.#takeData(bytes, onTag);
    else this.#takePreviousTagSize(bytes);
  }

  #takeFileHeader(bytes: Uint8Array): void {
    this.#header = decodeFlvFileHeader(bytes);
    this.#expect("skip", this.#header.dataOffset - fileHeaderBytes);
    this.#skip(0);
  }

  #takePreviousTagSize(bytes: Uint8Array): void {
    const found = new ByteReader(bytes, truncatedMessage).u32();
    if (found !== this.#previousTagSize) this.#wrongPreviousTagSizes++;
    this.#expect("tag-header", tagHeaderBytes);
  }

  #takeTagHeader(bytes: Uint8Array, start: number): void {
    this.#tag = readTagHeader(new ByteReader(bytes, truncatedMessage), start);
    const { type, size } = this.#tag;
    this.#previousTagSize = tagHeaderBytes + size;
    if (!isTagType(type)) {
      this.#expect("skip", size);
      this.#skip(0);
      return;
    }

    const { maxTagBytes } = this.#limits;
    if (size > maxTagBytes) {
      const message = `a tag of ${size} bytes at byte ${start}, at most ${maxTagBytes}`;
      throw new FlvError("RTMP_ERR_FLV_TAG_TOO_LONG", message, { offset: start });
    }
    this.#expect("data", size);
  }

  #takeData(data: Uint8Array, onTag: (tag: FlvTag) => void): void {
    const { type, timestamp } = this.#tag;
    if (isTagType(type)) onTag({ type, timestamp, data });
    this.#expect("previous-tag-size", previousTagSizeBytes);
  }

  #expect(state: State, bytes: number): void {
    this.#state = state;
    this.#wanted = bytes;
  }
}
