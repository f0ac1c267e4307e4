/**
 * Counts bytes in both directions: what to acknowledge, and what the peer has acknowledged.
 *
 * Peers differ in what they count (with the handshake or without), in where they wrap (2^32, Flash Player at 0xf0000000)
 * and in whether they send a total at all (YouTube sends increments). Odd values are therefore never an error.
 *
 * RTMP §5.4.3, §5.4.4, §5.4.5
 */
import { LimitType } from "./protocol-control.ts";

/** The window to acknowledge by where the peer announced none, in bytes. */
export const defaultWindowAcknowledgementSize = 2_500_000;

const wrap = 2 ** 32;

/** Says when to acknowledge received bytes. */
export class ReceivedCounter {
  #window = defaultWindowAcknowledgementSize;
  #received = 0;
  #acknowledged = 0;

  /** The peer's Window Acknowledgement Size, in bytes; 2500000 where it announced none or 0. */
  get window(): number {
    return this.#window;
  }

  set window(bytes: number) {
    if (!(bytes >= 0)) throw new RangeError(`window must be at least 0, not ${bytes}`);
    this.#window = bytes === 0 ? defaultWindowAcknowledgementSize : bytes;
  }

  /** Bytes received so far, not wrapped. */
  get receivedBytes(): number {
    return this.#received;
  }

  /**
   * Counts received bytes.
   *
   * @returns the sequence number to acknowledge now, u32, when half a window passed since the last one
   */
  onReceived(byteCount: number): number | undefined {
    this.#received += byteCount;
    if (this.#received - this.#acknowledged < this.#window / 2) return undefined;
    this.#acknowledged = this.#received;
    return this.#received % wrap;
  }
}

/** Follows what the peer has acknowledged of the bytes sent to it. */
export class SendWindow {
  #sent = 0;
  #acknowledged = 0;
  #lastSequenceNumber: number | undefined = undefined;
  #window: number | undefined = undefined;
  #announcedWindow: number | undefined = undefined;
  #isHard = false;

  /** Bytes sent so far, not wrapped. */
  get sentBytes(): number {
    return this.#sent;
  }

  /** The window of the peer's Set Peer Bandwidth in force, in bytes; undefined until it sent one. */
  get window(): number | undefined {
    return this.#window;
  }

  /** Bytes sent and not acknowledged; undefined until the peer acknowledged once. */
  get unacknowledgedBytes(): number | undefined {
    if (this.#lastSequenceNumber === undefined) return undefined;
    return this.#sent - this.#acknowledged;
  }

  /** Counts sent bytes. */
  onSent(byteCount: number): void {
    this.#sent += byteCount;
  }

  /**
   * Takes an Acknowledgement of the peer.
   *
   * @param sequenceNumber  u32; one that is not larger than the last is a wrap, or the count of a peer that began anew
   */
  onAcknowledgement(sequenceNumber: number): void {
    const inFlight = this.#sent - this.#acknowledged;
    const progress = this.#progressTo(sequenceNumber, inFlight);
    this.#lastSequenceNumber = sequenceNumber;
    this.#acknowledged += Math.min(progress, inFlight);
  }

  #progressTo(sequenceNumber: number, inFlight: number): number {
    const last = this.#lastSequenceNumber;
    if (last === undefined) {
      // The total with this low half that is nearest to what was sent.
      return Math.max(0, this.#sent + ((sequenceNumber - this.#sent) | 0));
    }
    const progress = sequenceNumber - last;
    if (progress > 0) return progress;
    return progress + wrap <= inFlight ? progress + wrap : sequenceNumber;
  }

  /** Notes the Window Acknowledgement Size that was sent to the peer, so that it is not repeated in vain. */
  onWindowAcknowledgementSizeSent(window: number): void {
    this.#announcedWindow = window;
  }

  /**
   * Takes a Set Peer Bandwidth of the peer; `window` then is the one in force.
   *
   * @param window     bytes, u32
   * @param limitType  a {@link LimitType}; other values count as hard
   * @returns whether a Window Acknowledgement Size of `window` is due as a reply; it is noted as sent
   * @see RTMP §5.4.5
   */
  onSetPeerBandwidth(window: number, limitType: number): boolean {
    if (limitType === LimitType.Dynamic && !this.#isHard) return false;
    if (limitType === LimitType.Soft) {
      this.#window = Math.min(window, this.#window ?? window);
      this.#isHard = false;
    } else {
      this.#window = window;
      this.#isHard = true;
    }
    if (this.#window === this.#announcedWindow) return false;
    this.#announcedWindow = this.#window;
    return true;
  }
}
