/**
 * What a session needs of the way its bytes travel, whichever way that is: TCP, TLS, a tunnel, a test pair.
 */

/** What a transport tells its owner. */
export interface TransportHandlers {
  /**
   * Bytes arrived; zero-length pieces do not occur.
   *
   * The bytes belong to the receiver from now on (it may change them), unless the transport says `reusesBuffers`.
   */
  onBytes(bytes: Uint8Array): void;
  /** `queuedBytes` came back to zero after it was not. */
  onDrain(): void;
  /**
   * The peer is gone and nothing else will be called; comes exactly once, also after `close`.
   *
   * @param cause  why the connection broke; undefined when it was closed in order, by either side
   */
  onClose(cause: Error | undefined): void;
}

/** A way for the bytes of one connection. */
export interface Transport {
  /** The peer, for logs: `address:port`, an IPv6 address in brackets. */
  readonly remote: string;
  /** Whether the buffers given to `onBytes` are used again once it returned. */
  readonly reusesBuffers: boolean;
  /** Bytes that were written and have not left yet. */
  readonly queuedBytes: number;
  /** Begins to deliver; called once. Nothing is delivered before, and nothing inside this call. */
  start(handlers: TransportHandlers): void;
  /** Queues bytes; they must not change afterwards. Without effect once closed. */
  write(bytes: Uint8Array): void;
  /** Queues several pieces so that they leave together. */
  writeAll(pieces: readonly Uint8Array[]): void;
  /** Stops reading, so that the peer feels pressure. */
  pause(): void;
  /** Reads on. */
  resume(): void;
  /**
   * Closes once everything queued has left.
   *
   * @param afterFlushMs  how long to wait for that and for the peer to close before the connection is cut; 0 cuts at once
   */
  close(afterFlushMs: number): void;
}
