/**
 * The server's side: waits for all of C1, answers S0 S1 S2 in one piece, waits for C2.
 *
 *   C0 C1 ->        state `c1`
 *      <- S0 S1 S2
 *   C2 ->           state `c2`
 *
 * S0 could go out earlier, but the answer depends on C1, and one write keeps clients working that expect one segment.
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
import { fillBytes, firstPartBytes, handshakeBytes, writeEcho, writeFirstPart } from "./layout.ts";
import { PeerBytes } from "./peer-bytes.ts";
import { clientVersionError } from "./version.ts";

/** What a server handshake waits for: all of C1, all of C2, or nothing any more. */
export type ServerHandshakeState = "c1" | "c2" | "done" | "failed";

/** Answers a client's handshake; bytes in, bytes out. */
export class ServerHandshake {
  readonly #options: ResolvedHandshakeOptions;
  readonly #peer = new PeerBytes();
  #state: ServerHandshakeState = "c1";

  constructor(options: HandshakeOptions = {}) {
    this.#options = resolveHandshakeOptions(options);
  }

  /** True once C2 is there: what follows is the chunk stream. */
  get done(): boolean {
    return this.#state === "done";
  }

  /** What the handshake waits for. */
  get state(): ServerHandshakeState {
    return this.#state;
  }

  /**
   * Takes received bytes.
   *
   * Any split of the input sends the same bytes and leaves the same surplus. A client that asks for another version is
   * told 3 and goes on or leaves. The content of C2 is never checked: OBS and FFmpeg send back all of S1, without a time of their own.
   *
   * @param bytes  any number of bytes, also zero; copied as far as they are needed, `surplus` is a view of them
   * @throws HandshakeError `RTMP_ERR_HANDSHAKE_VERSION` on a first byte that is no RTMP; the handshake is then over
   * @throws TypeError when the handshake is done or has failed
   */
  receive(bytes: Uint8Array): HandshakeStep {
    this.#checkVersion(bytes);
    const taken = this.#peer.take(bytes);

    let send: Uint8Array | undefined;
    if (this.#state === "c1" && this.#peer.hasFirst) {
      send = this.#answer(this.#peer.first);
      this.#state = "c2";
    }
    if (this.#peer.isComplete) this.#state = "done";
    return handshakeStep(send, this.done, bytes, taken);
  }

  #checkVersion(bytes: Uint8Array): void {
    if (this.#state === "done" || this.#state === "failed") {
      throw new TypeError(`receive on a handshake that is ${this.#state}`);
    }
    const version = bytes[0];
    if (version === undefined || !this.#peer.isEmpty) return;

    const error = clientVersionError(version);
    if (error === undefined) return;
    this.#state = "failed";
    throw error;
  }

  /** Makes S0, S1 and S2 once C1 is complete: the place where the form of the handshake is chosen. */
  #answer(c1: Uint8Array): Uint8Array {
    const { randomBytes, now } = this.#options;
    const answer = new Uint8Array(handshakeBytes);
    writeFirstPart(answer, now, randomBytes(fillBytes));
    writeEcho(answer.subarray(firstPartBytes), c1, now);
    return answer;
  }
}
