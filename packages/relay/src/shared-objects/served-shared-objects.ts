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
import { refusalOf } from "./shared-object.ts";
import type { SharedObjects } from "./shared-objects.ts";

/** Construction of {@link ServedSharedObjects}. */
export interface ServedSharedObjectsOptions {
  /** Those of the server; undefined when it has none. */
  readonly sharedObjects: SharedObjects | undefined;
  readonly session: () => ServerSession;
  readonly driver: Driver;
  readonly remote: string;
  readonly onProblem: (error: RtmpError) => void;
}

/** A connection as shared objects see it. */
export class ServedSharedObjects implements SharedObjectPeer {
  readonly remote: string;
  readonly #options: ServedSharedObjectsOptions;

  constructor(options: ServedSharedObjectsOptions) {
    this.remote = options.remote;
    this.#options = options;
  }

  get connect(): ConnectRequest {
    const { connect } = this.#options.session();
    if (connect === undefined) throw new TypeError("a shared object before connect");
    return connect;
  }

  get queuedBytes(): number {
    return this.#options.driver.queuedBytes;
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
      this.send(refusalOf(message, ObjectCreationFailed));
    }
  }

  /** The connection has ended. */
  leave(): void {
    this.#options.sharedObjects?.leave(this);
  }

  send(message: SharedObjectMessage, payload?: Uint8Array): void {
    const { driver, session } = this.#options;
    driver.batch(() => session().sendSharedObject(message, payload));
  }

  onProblem(error: RtmpError): void {
    this.#options.onProblem(error);
  }

  evict(cause: RtmpError): void {
    const { driver, session } = this.#options;
    driver.batch(() => session().end(cause));
  }
}
