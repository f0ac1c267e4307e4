/**
 * The client's side: sends C0 and C1, answers S1 with C2, waits for S2.
 *
 *   C0 C1 ->
 *      <- S0 S1     state `s1`
 *   C2 ->
 *      <- S2        state `s2`
 *
 * RTMP §5.2
 */

import {
  type HandshakeOptions,
  type HandshakeStep,
  handshakeStep,
  type ResolvedHandshakeOptions,
  resolveHandshakeOptions,
} from "./handshake-step.ts";
import { blockBytes, fillBytes, firstPartBytes, writeEcho, writeFirstPart } from "./layout.ts";
import { PeerBytes } from "./peer-bytes.ts";
import { serverVersionError } from "./version.ts";

/** What a client handshake waits for: `start`, all of S1, all of S2, or nothing any more. */
export type ClientHandshakeState = "start" | "s1" | "s2" | "done" | "failed";

/** Opens a handshake with a server; bytes in, bytes out. */
export class ClientHandshake {
  readonly #options: ResolvedHandshakeOptions;
  readonly #peer = new PeerBytes();
  #state: ClientHandshakeState = "start";

  constructor(options: HandshakeOptions = {}) {
    this.#options = resolveHandshakeOptions(options);
  }

  /** True once S2 is there: the chunk stream may begin. */
  get done(): boolean {
    return this.#state === "done";
  }

  /** What the handshake waits for. */
  get state(): ClientHandshakeState {
    return this.#state;
  }

  /**
   * Returns C0 and C1, 1537 bytes, to be sent in one write.
   *
   * @throws TypeError when called twice
   */
  start(): Uint8Array {
    if (this.#state !== "start") throw new TypeError("start on a handshake that is under way");

    const { randomBytes, now } = this.#options;
    const opening = new Uint8Array(firstPartBytes);
    writeFirstPart(opening, now, randomBytes(fillBytes));
    this.#state = "s1";
    return opening;
  }

  /**
   * Takes received bytes; the step in which S1 is complete sends C2.
   *
   * Any split of the input sends the same bytes and leaves the same surplus. S2 is not compared with C1: no client
   * insists on it, and servers differ in what they put into its time fields.
   *
   * @param bytes  any number of bytes, also zero; copied as far as they are needed, `surplus` is a view of them
   * @throws HandshakeError `RTMP_ERR_HANDSHAKE_VERSION` when S0 is not 3; the handshake is then over
   * @throws TypeError before `start`, and when the handshake is done or has failed
   */
  receive(bytes: Uint8Array): HandshakeStep {
    this.#checkVersion(bytes);
    const taken = this.#peer.take(bytes);

    let send: Uint8Array | undefined;
    if (this.#state === "s1" && this.#peer.hasFirst) {
      send = this.#answer(this.#peer.first);
      this.#state = "s2";
    }
    if (this.#peer.isComplete) this.#state = "done";
    return handshakeStep(send, this.done, bytes, taken);
  }

  #checkVersion(bytes: Uint8Array): void {
    if (this.#state !== "s1" && this.#state !== "s2") {
      throw new TypeError(`receive on a handshake in state ${this.#state}`);
    }
    const version = bytes[0];
    if (version === undefined || !this.#peer.isEmpty) return;

    const error = serverVersionError(version);
    if (error === undefined) return;
    this.#state = "failed";
    throw error;
  }

  /** Makes C2 once S1 is complete. */
  #answer(s1: Uint8Array): Uint8Array {
    const c2 = new Uint8Array(blockBytes);
    writeEcho(c2, s1, this.#options.now);
    return c2;
  }
}
