/**
 * The server's side: waits for all of C1, answers S0 S1 S2 in one piece and in the form of C1, waits for C2.
 *
 *   C0 C1 ->        state `c1`
 *      <- S0 S1 S2
 *   C2 ->           state `c2`
 *
 * S0 could go out earlier, but the answer depends on C1, and one write keeps clients working that expect one segment.
 *
 * A C0 of 6 or 8 asks for RTMPE: both first blocks hold a public key, both are signed, and what follows C2 and S2 is
 * encrypted.
 *
 * RTMP §5.2
 */

import {
  type Digest,
  findDigest,
  playerKeys,
  serverKeys,
  signFirst,
  writeSignedSecond,
} from "./digest.ts";
import { HandshakeError } from "./errors.ts";
import {
  type HandshakeForm,
  type HandshakeOptions,
  type HandshakeStep,
  handshakeStep,
  type ResolvedHandshakeOptions,
  resolveHandshakeOptions,
} from "./handshake-step.ts";
import {
  type DigestScheme,
  fillBytes,
  firstPartBytes,
  handshakeBytes,
  plainVersion,
  programOffset,
  publicKeyBytes,
  publicKeyOffset,
  sealedVersion,
  signedFillBytes,
  writeEcho,
  writeFirstPart,
} from "./layout.ts";
import { PeerBytes } from "./peer-bytes.ts";
import { type ConnectionCipher, serverCipher } from "./rtmpe/connection-cipher.ts";
import { isPublicKey, type KeyAgreement, type KeyPair } from "./rtmpe/key-agreement.ts";
import {
  asksForEncryption,
  clientVersionError,
  encryptedAnswerTo,
  refusedRtmpe,
} from "./version.ts";

// 4.5.0.1. FFmpeg as a player looks at the signatures only of servers from 3 on.
const serverProgram = 0x04_05_00_01;

/** What a server handshake takes from outside. */
export interface ServerHandshakeOptions extends HandshakeOptions {
  /**
   * What clients get that ask for RTMPE: keys from here; or an error, with `refuse`.
   *
   * @default they are told 3, and go on without encryption or leave
   */
  readonly rtmpe?: KeyAgreement | "refuse";
}

/** What a server handshake waits for: all of C1, all of C2, or nothing any more. */
export type ServerHandshakeState = "c1" | "c2" | "done" | "failed";

/** Answers a client's handshake; bytes in, bytes out. */
export class ServerHandshake {
  readonly #options: ResolvedHandshakeOptions;
  readonly #peer = new PeerBytes();
  #state: ServerHandshakeState = "c1";
  #form: HandshakeForm | undefined;
  #scheme: DigestScheme | undefined;
  readonly #rtmpe: KeyAgreement | "refuse" | undefined;
  #version = plainVersion;
  #cipher: ConnectionCipher | undefined;

  constructor(options: ServerHandshakeOptions = {}) {
    this.#options = resolveHandshakeOptions(options);
    this.#rtmpe = options.rtmpe;
  }

  /** True once C2 is there: what follows is the chunk stream. */
  get done(): boolean {
    return this.#state === "done";
  }

  /** What the handshake waits for. */
  get state(): ServerHandshakeState {
    return this.#state;
  }

  /** The form that the client chose; undefined until C1 is there. */
  get form(): HandshakeForm | undefined {
    return this.#form;
  }

  /** The scheme of both C1 and S1; undefined unless `form` is `digest`. */
  get scheme(): DigestScheme | undefined {
    return this.#scheme;
  }

  /**
   * Takes received bytes; the step in which C1 is complete sends S0, S1 and S2.
   *
   * Any split of the input sends the same bytes and leaves the same surplus. A C1 with a valid digest is answered in
   * the digest form, any other in the simple form. A client that asks for RTMPE is answered as the options say; one that
   * asks for another version is told 3 and goes on or leaves. The content of C2 is never checked: OBS and FFmpeg send
   * back all of S1, FFmpeg as a publisher even a signed one.
   *
   * @param bytes  any number of bytes, also zero; copied as far as they are needed, `surplus` is a view of them
   * @throws HandshakeError `RTMP_ERR_HANDSHAKE_VERSION` on a first byte that is no RTMP; `RTMP_ERR_RTMPE_REFUSED` on one
   *   that asks for RTMPE, where it is refused; `RTMP_ERR_RTMPE_KEY` when it comes without a digest or a public key; the
   *   handshake is then over
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
    return handshakeStep(send, this.done, bytes, taken, this.#cipher);
  }

  #checkVersion(bytes: Uint8Array): void {
    if (this.#state === "done" || this.#state === "failed") {
      throw new TypeError(`receive on a handshake that is ${this.#state}`);
    }
    const version = bytes[0];
    if (version === undefined || !this.#peer.isEmpty) return;

    this.#version = version;
    const refused = this.#rtmpe === "refuse" && asksForEncryption(version);
    const error = refused
      ? refusedRtmpe("the client asks for RTMPE, which is refused")
      : clientVersionError(version);
    if (error !== undefined) this.#fail(error);
  }

  #fail(error: HandshakeError): never {
    this.#state = "failed";
    throw error;
  }

  /** Makes S0, S1 and S2 once C1 is complete. */
  #answer(c1: Uint8Array): Uint8Array {
    const answer = new Uint8Array(handshakeBytes);
    if (typeof this.#rtmpe === "object" && asksForEncryption(this.#version)) {
      this.#answerEncrypted(answer, c1, this.#rtmpe);
      return answer;
    }
    const found = hasProgram(c1) ? findDigest(c1, playerKeys) : undefined;
    if (found === undefined) this.#answerSimple(answer, c1);
    else this.#answerDigest(answer, found, plainVersion);
    return answer;
  }

  #answerEncrypted(answer: Uint8Array, c1: Uint8Array, rtmpe: KeyAgreement): void {
    const found = findDigest(c1, playerKeys);
    if (found === undefined) this.#fail(keyError("the client asks for RTMPE without a digest"));
    const keyOffset = publicKeyOffset(c1, found.scheme);
    const peerKey = c1.subarray(keyOffset, keyOffset + publicKeyBytes);
    if (!isPublicKey(peerKey)) {
      this.#fail(keyError("the client's public key is none", 1 + keyOffset));
    }
    const pair = rtmpe.createKeyPair();
    this.#answerDigest(answer, found, encryptedAnswerTo(this.#version), pair);
    const secret = pair.computeSecret(peerKey);
    this.#cipher = serverCipher({ secret, ownKey: pair.publicKey, peerKey });
  }

  #answerSimple(answer: Uint8Array, c1: Uint8Array): void {
    const { randomBytes, now } = this.#options;
    this.#form = "simple";
    writeFirstPart(answer, now, randomBytes(fillBytes), 0);
    writeEcho(answer.subarray(firstPartBytes), c1, now);
  }

  #answerDigest(
    answer: Uint8Array,
    { scheme, digest }: Digest,
    version: number,
    pair?: KeyPair,
  ): void {
    const { randomBytes, now } = this.#options;
    this.#form = "digest";
    this.#scheme = scheme;
    writeFirstPart(answer, now, randomBytes(fillBytes), serverProgram, version);
    const s1 = answer.subarray(1, firstPartBytes);
    if (pair !== undefined) s1.set(pair.publicKey, publicKeyOffset(s1, scheme));
    signFirst(s1, scheme, serverKeys);
    const s2 = answer.subarray(firstPartBytes);
    const sealed = version === sealedVersion;
    writeSignedSecond(s2, randomBytes(signedFillBytes), digest, serverKeys, sealed);
  }
}

/** Whether C1 names a program; one that does not wants the simple form, whatever its fill looks like. */
function hasProgram(c1: Uint8Array): boolean {
  return c1.subarray(programOffset, programOffset + 4).some((byte) => byte !== 0);
}

function keyError(message: string, offset?: number): HandshakeError {
  return new HandshakeError("RTMP_ERR_RTMPE_KEY", message, { offset });
}
