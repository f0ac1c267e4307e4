/**
 * The client's side: sends C0 and C1, answers S1 with C2, waits for S2.
 *
 *   C0 C1 ->
 *      <- S0 S1     state `s1`
 *   C2 ->
 *      <- S2        state `s2`
 *
 * A C0 of 6 asks for RTMPE: both first blocks hold a public key, both are signed, and what follows C2 and S2 is
 * encrypted.
 *
 * RTMP §5.2
 */

import {
  type Digest,
  findDigest,
  isSignedSecond,
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
  blockBytes,
  DigestScheme,
  encryptedVersion,
  fillBytes,
  firstPartBytes,
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
import { type ConnectionCipher, connectionCipher, hasTwoForms } from "./rtmpe/connection-cipher.ts";
import { isPublicKey, type KeyAgreement, type KeyPair } from "./rtmpe/key-agreement.ts";
import { serverVersionError } from "./version.ts";

// 9.0.124.2, as FFmpeg says.
const playerProgram = 0x09_00_7c_02;
// 128.0.3.2, as FFmpeg and librtmp say in RTMPE; servers from then on may answer with 8.
const encryptedPlayerProgram = 0x80_00_03_02;

/** Where the signature of S2 begins in what the server sends. */
const s2SignatureOffset = firstPartBytes + signedFillBytes;

/** What a client handshake takes from outside. */
export interface ClientHandshakeOptions extends HandshakeOptions {
  /**
   * The form to ask for; a server that does not answer `digest` in kind gets the simple form.
   *
   * @default "simple"; RTMPE is always `digest`
   */
  readonly form?: HandshakeForm;
  /** Makes the keys of RTMPE. @default the connection is not encrypted */
  readonly rtmpe?: KeyAgreement;
  /**
   * Whether an S2 with a wrong signature is an error; without effect when the form comes out as simple.
   *
   * The keys are public: a right signature tells of a server that knows the form, not of who it is.
   *
   * @default false
   */
  readonly verifyS2?: boolean;
}

/** What a client handshake waits for: `start`, all of S1, all of S2, or nothing any more. */
export type ClientHandshakeState = "start" | "s1" | "s2" | "done" | "failed";

/** Opens a handshake with a server; bytes in, bytes out. */
export class ClientHandshake {
  readonly #options: ResolvedHandshakeOptions;
  readonly #asksForDigest: boolean;
  readonly #verifiesS2: boolean;
  readonly #rtmpe: KeyAgreement | undefined;
  readonly #peer: PeerBytes;
  #state: ClientHandshakeState = "start";
  #serverVersion = plainVersion;
  #keyPair: KeyPair | undefined;
  #cipher: ConnectionCipher | undefined;
  #form: HandshakeForm | undefined;
  #scheme: DigestScheme | undefined;
  #c1Digest: Uint8Array | undefined;

  constructor(options: ClientHandshakeOptions = {}) {
    const { form = "simple", verifyS2 = false, rtmpe } = options;
    this.#options = resolveHandshakeOptions(options);
    this.#rtmpe = rtmpe;
    this.#asksForDigest = form === "digest" || rtmpe !== undefined;
    this.#verifiesS2 = this.#asksForDigest && verifyS2;
    this.#peer = new PeerBytes(this.#verifiesS2);
  }

  /** True once S2 is there: the chunk stream may begin. */
  get done(): boolean {
    return this.#state === "done";
  }

  /** What the handshake waits for. */
  get state(): ClientHandshakeState {
    return this.#state;
  }

  /** The form that the server agreed to; undefined until S1 is there. */
  get form(): HandshakeForm | undefined {
    return this.#form;
  }

  /** The scheme of S1; undefined unless `form` is `digest`. */
  get scheme(): DigestScheme | undefined {
    return this.#scheme;
  }

  /**
   * The last 32 bytes of S1, as a copy; undefined until S1 is there.
   *
   * A server that asks for the hash of the player's SWF file wants it signed with this key.
   */
  get swfVerificationKey(): Uint8Array | undefined {
    return this.#peer.hasFirst ? this.#peer.first.slice(signedFillBytes) : undefined;
  }

  /**
   * Returns C0 and C1, 1537 bytes, to be sent in one write.
   *
   * In the digest form C1 is signed with the digest half first, in RTMPE with the key half first.
   *
   * @throws TypeError when called twice
   */
  start(): Uint8Array {
    if (this.#state !== "start") throw new TypeError("start on a handshake that is under way");

    const { randomBytes, now } = this.#options;
    const opening = new Uint8Array(firstPartBytes);
    const fill = randomBytes(fillBytes);
    if (this.#rtmpe !== undefined) {
      writeFirstPart(opening, now, fill, encryptedPlayerProgram, encryptedVersion);
      this.#c1Digest = this.#offerKey(opening.subarray(1), this.#rtmpe);
    } else if (this.#asksForDigest) {
      writeFirstPart(opening, now, fill, playerProgram);
      this.#c1Digest = signFirst(opening.subarray(1), DigestScheme.DigestFirst, playerKeys);
    } else {
      writeFirstPart(opening, now, fill, 0);
    }
    this.#state = "s1";
    return opening;
  }

  #offerKey(c1: Uint8Array, rtmpe: KeyAgreement): Uint8Array {
    this.#keyPair = rtmpe.createKeyPair();
    c1.set(this.#keyPair.publicKey, publicKeyOffset(c1, DigestScheme.KeyFirst));
    return signFirst(c1, DigestScheme.KeyFirst, playerKeys);
  }

  /**
   * Takes received bytes; the step in which S1 is complete sends C2.
   *
   * Any split of the input sends the same bytes and leaves the same surplus. A signed C1 is answered in the digest form
   * when S1 names a major version and has a valid digest, in either scheme; in the simple form otherwise. S2 is not
   * compared with C1: no client insists on it, and servers differ in what they put into its time fields.
   *
   * @param bytes  any number of bytes, also zero; copied as far as they are needed, `surplus` is a view of them
   * @throws HandshakeError `RTMP_ERR_HANDSHAKE_VERSION` when S0 is not 3, in RTMPE neither 6 nor 8; the handshake is then
   *   over
   * @throws HandshakeError `RTMP_ERR_RTMPE_REFUSED` when RTMPE is answered with 3; `RTMP_ERR_RTMPE_KEY` when S1 has no
   *   digest or no public key; `RTMP_ERR_RTMPE_SECRET` when the secret has two forms, and another handshake is to be
   *   tried; likewise
   * @throws HandshakeError `RTMP_ERR_HANDSHAKE_SIGNATURE` when `verifyS2` is on and S2 has a wrong signature; likewise
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
    if (this.#peer.isComplete) {
      this.#checkS2();
      this.#state = "done";
    }
    return handshakeStep(send, this.done, bytes, taken, this.#cipher);
  }

  #checkVersion(bytes: Uint8Array): void {
    if (this.#state !== "s1" && this.#state !== "s2") {
      throw new TypeError(`receive on a handshake in state ${this.#state}`);
    }
    const version = bytes[0];
    if (version === undefined || !this.#peer.isEmpty) return;

    this.#serverVersion = version;
    const error = serverVersionError(version, this.#rtmpe !== undefined);
    if (error !== undefined) this.#fail(error);
  }

  #fail(error: HandshakeError): never {
    this.#state = "failed";
    throw error;
  }

  /** Makes C2 once S1 is complete. */
  #answer(s1: Uint8Array): Uint8Array {
    const { randomBytes, now } = this.#options;
    const c2 = new Uint8Array(blockBytes);
    const pair = this.#keyPair;
    this.#keyPair = undefined;
    // In RTMPE no version of a program is asked for.
    const mayBeSigned = pair !== undefined || s1[programOffset] !== 0;
    const signable = this.#asksForDigest && mayBeSigned;
    const found = signable ? findDigest(s1, serverKeys) : undefined;
    if (pair !== undefined) this.#agree(s1, found, pair);
    if (found === undefined) {
      this.#form = "simple";
      writeEcho(c2, s1, now);
    } else {
      this.#form = "digest";
      this.#scheme = found.scheme;
      const signedFill = randomBytes(signedFillBytes);
      writeSignedSecond(c2, signedFill, found.digest, playerKeys, this.#seals);
    }
    return c2;
  }

  get #seals(): boolean {
    return this.#serverVersion === sealedVersion;
  }

  #agree(s1: Uint8Array, found: Digest | undefined, pair: KeyPair): void {
    if (found === undefined) {
      this.#fail(new HandshakeError("RTMP_ERR_RTMPE_KEY", "the server's S1 has no digest"));
    }
    const offset = publicKeyOffset(s1, found.scheme);
    const peerKey = s1.subarray(offset, offset + publicKeyBytes);
    if (!isPublicKey(peerKey)) {
      const text = "the server's public key is none";
      this.#fail(new HandshakeError("RTMP_ERR_RTMPE_KEY", text, { offset: 1 + offset }));
    }
    const secret = pair.computeSecret(peerKey);
    if (hasTwoForms(secret)) {
      const text = "the secret begins with a zero byte, which not every server writes";
      this.#fail(new HandshakeError("RTMP_ERR_RTMPE_SECRET", text));
    }
    this.#cipher = connectionCipher({ secret, ownKey: pair.publicKey, peerKey });
  }

  #checkS2(): void {
    if (!this.#verifiesS2 || this.#form !== "digest" || this.#c1Digest === undefined) return;
    if (isSignedSecond(this.#peer.second, this.#c1Digest, serverKeys, this.#seals)) return;

    const text = "S2 is not signed in answer to the digest of C1";
    const options = { offset: s2SignatureOffset };
    this.#fail(new HandshakeError("RTMP_ERR_HANDSHAKE_SIGNATURE", text, options));
  }
}
