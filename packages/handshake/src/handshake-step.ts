import { type RandomBytes, systemRandomBytes } from "@rtmp/wire";
import type { ConnectionCipher } from "./rtmpe/connection-cipher.ts";

/** How a handshake answers: by an echo (RTMP §5.2.4), or by a signature, as Flash Player has done since version 9. */
export type HandshakeForm = "simple" | "digest";

/** What a handshake takes from outside. */
export interface HandshakeOptions {
  /**
   * Source of the fill of the own first block, and of the second one in the digest form.
   *
   * @default systemRandomBytes
   */
  readonly randomBytes?: RandomBytes;
  /**
   * Own time in milliseconds, sent in both own blocks modulo 2^32; peers do not rely on it.
   *
   * @default 0
   */
  readonly now?: number;
}

/** What came of some received bytes. */
export interface HandshakeStep {
  /** Bytes for the peer, to be sent in one write; the caller owns them. */
  readonly send: Uint8Array | undefined;
  /** True from the step that completes the handshake; what is in `send` goes out first. */
  readonly done: boolean;
  /** Bytes behind the handshake, at least one, a view of the input; only in the step that completes it. */
  readonly surplus: Uint8Array | undefined;
  /**
   * Encrypts everything behind the handshake, `surplus` too, in both directions; only in the step that completes it, and
   * only in RTMPE.
   */
  readonly cipher: ConnectionCipher | undefined;
}

/** Options with every field filled in. */
export interface ResolvedHandshakeOptions {
  readonly randomBytes: RandomBytes;
  readonly now: number;
}

/** Fills in the defaults. */
export function resolveHandshakeOptions(options: HandshakeOptions): ResolvedHandshakeOptions {
  return { randomBytes: options.randomBytes ?? systemRandomBytes, now: options.now ?? 0 };
}

/** Makes the step behind `taken` bytes of the input. */
export function handshakeStep(
  send: Uint8Array | undefined,
  done: boolean,
  bytes: Uint8Array,
  taken: number,
  cipher?: ConnectionCipher,
): HandshakeStep {
  const surplus = taken < bytes.length ? bytes.subarray(taken) : undefined;
  return { send, done, surplus, cipher: done ? cipher : undefined };
}
