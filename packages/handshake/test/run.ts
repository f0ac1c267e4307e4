import { HandshakeError, type HandshakeStep } from "@rtmp/handshake";

/** What a handshake did with all of its input. */
export interface Run {
  /** Everything that was sent, one item for each step that sent. */
  readonly sent: Uint8Array[];
  /** Bytes that were received when each item was sent. */
  readonly sentAfter: number[];
  /** Bytes behind the handshake, those of later pieces included. */
  readonly behind: Uint8Array;
}

interface Handshake {
  receive(bytes: Uint8Array): HandshakeStep;
  readonly done: boolean;
}

/** Feeds pieces to a handshake until it is done; what is left over counts as behind it. */
export function run(handshake: Handshake, pieces: readonly Uint8Array[]): Run {
  const sent: Uint8Array[] = [];
  const sentAfter: number[] = [];
  const behind: Uint8Array[] = [];
  let received = 0;
  for (const piece of pieces) {
    if (handshake.done) {
      behind.push(piece);
      continue;
    }
    received += piece.length;
    const step = handshake.receive(piece);
    if (step.done !== handshake.done) throw new Error("the step and the handshake disagree");
    if (step.send !== undefined) {
      sent.push(step.send);
      sentAfter.push(received);
    }
    if (step.surplus !== undefined) behind.push(step.surplus);
  }
  return { sent, sentAfter, behind: Buffer.concat(behind) };
}

/** Like {@link run}, but returns the error of a peer's fault; any other is thrown. */
export function runOrError(
  handshake: Handshake,
  pieces: readonly Uint8Array[],
): Run | HandshakeError {
  try {
    return run(handshake, pieces);
  } catch (error) {
    if (error instanceof HandshakeError) return error;
    throw error;
  }
}

/** Whether two byte arrays are equal; much faster than `toEqual` on thousands of them. */
export function sameBytes(a: Uint8Array | undefined, b: Uint8Array): boolean {
  return a !== undefined && Buffer.compare(a, b) === 0;
}
