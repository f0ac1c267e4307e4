import type { ConnectRequest, SharedObjectMessage } from "@rtmp/message";
import type { RtmpError } from "@rtmp/wire";

/** A connection as shared objects see it. */
export interface SharedObjectPeer {
  /** What the client said in `connect`; its app is where the objects are. */
  readonly connect: ConnectRequest;
  /** The peer's `address:port`. */
  readonly remote: string;
  /** Bytes of shared object messages that were sent and have not left yet, as far as that is known. */
  readonly queuedBytes: number;
  /**
   * Sends a message; must not throw and may not call back.
   *
   * @param payload  the same message encoded, for all of its receivers; not to be changed
   */
  send(message: SharedObjectMessage, payload: Uint8Array): void;
  /**
   * Does something of this client's outside of its own turn; what it throws ends this connection alone.
   *
   * @param act  called at once
   */
  run(act: () => void): void;
  /** Something of this client was refused or dropped, and the connection goes on; can come in floods. */
  onProblem(error: RtmpError): void;
  /** Closes the connection: the client asked for too much, or does not read. */
  evict(cause: RtmpError): void;
}

/** A client wants something of a shared object. */
export interface SharedObjectAccess {
  /** What it wants: to open the object, change a slot, take a slot away, or call a handler. */
  readonly action: "read" | "change" | "remove" | "call";
  /** Without instance `_definst_`, query and outer slashes. */
  readonly app: string;
  /** The object's name as the client said it. */
  readonly name: string;
  /** Whether the object is kept when its last client has gone. */
  readonly persistent: boolean;
  /** The slot to change or take away, or the handler to call; undefined for `read`. */
  readonly member: string | undefined;
  /** What the client said in `connect`. */
  readonly connect: ConnectRequest;
  /** The peer's `address:port`. */
  readonly remote: string;
}

/** Decides what clients may do with shared objects; without a method everybody may. */
export interface SharedObjectPolicy {
  /** May this client open the object? A refusal is `SharedObject.NoReadAccess`. */
  mayRead?(access: SharedObjectAccess): boolean;
  /** May this client change or call? A refused change is `SharedObject.NoWriteAccess`, a refused call is dropped. */
  mayWrite?(access: SharedObjectAccess): boolean;
}
