/**
 * The shared objects of one connection: between its session and those of the server.
 *
 * RTMP §7.1.3
 */

import {
  type ConnectRequest,
  type SharedObjectMessage,
  SharedObjectStatusCode,
} from "@rtmp/message";
import type { Driver, ServerSession } from "@rtmp/session";
import type { RtmpError } from "@rtmp/wire";
import { RelayError } from "../errors.ts";
import type { SharedObjectPeer } from "./peer.ts";
import { refusalOf } from "./refusal.ts";
import type { SharedObjects } from "./shared-objects.ts";

/** Construction of {@link ServedSharedObjects}. */
export interface ServedSharedObjectsOptions {
  /** Those of the server; undefined when it has none. */
  readonly sharedObjects: SharedObjects | undefined;
  readonly session: ServerSession;
  readonly driver: Driver;
  readonly remote: string;
  readonly onProblem: (error: RtmpError) => void;
}

/** A connection as shared objects see it. */
export class ServedSharedObjects implements SharedObjectPeer {
  readonly remote: string;
  readonly #options: ServedSharedObjectsOptions;
  // Sent since everything had left, and since the session had no output.
  #sentBytes = 0;
  #unwrittenBytes = 0;

  constructor(options: ServedSharedObjectsOptions) {
    this.remote = options.remote;
    this.#options = options;
  }

  get connect(): ConnectRequest {
    const { connect } = this.#options.session;
    if (connect === undefined) throw new TypeError("a shared object before connect");
    return connect;
  }

  /** Media of a slow player is queued too: no more of it counts than was sent here. */
  get queuedBytes(): number {
    this.#forgetLeft();
    const { driver } = this.#options;
    return Math.min(this.#sentBytes, driver.queuedBytes + this.#unwrittenBytes);
  }

  /** Whether the client has an object open, or waits for one. */
  get inUse(): boolean {
    return this.#options.sharedObjects?.has(this) ?? false;
  }

  /** Takes in a message of the client; where the server has no shared objects, it is told so. */
  receive(message: SharedObjectMessage): void {
    const { sharedObjects, onProblem } = this.#options;
    if (sharedObjects !== undefined) {
      sharedObjects.receive(this, message);
      return;
    }
    const text = "there are no shared objects here";
    onProblem(new RelayError("RTMP_ERR_SHARED_OBJECT_NOT_OPEN", text));
    if (message.events.some(({ type }) => type === "use")) {
      const { ObjectCreationFailed } = SharedObjectStatusCode;
      this.#options.session.sendSharedObject(refusalOf(message, ObjectCreationFailed));
    }
  }

  /** The connection has ended. */
  leave(): void {
    this.#options.sharedObjects?.leave(this);
  }

  /** Output leaves when the turn ends, also when that is the turn of another connection. */
  send(message: SharedObjectMessage, payload: Uint8Array): void {
    this.#forgetLeft();
    this.#sentBytes += payload.length;
    this.#unwrittenBytes += payload.length;
    this.#options.session.sendSharedObject(message, payload);
  }

  run(act: () => void): void {
    this.#options.driver.batch(act);
  }

  onProblem(error: RtmpError): void {
    this.#options.onProblem(error);
  }

  evict(cause: RtmpError): void {
    const { driver, session } = this.#options;
    driver.batch(() => session.end(cause));
  }
  #forgetLeft(): void {
    const { driver, session } = this.#options;
    if (!session.outputEmpty) return;
    this.#unwrittenBytes = 0;
    if (driver.queuedBytes === 0) this.#sentBytes = 0;
  }
}
