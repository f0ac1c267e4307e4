/**
 * What a shared object message says: a header and any number of events.
 *
 * RTMP §7.1.3
 */

import type { AmfValue } from "@rtmp/amf";

/** What a slot can hold: any AMF value. */
export type SharedObjectValue = AmfValue;

/** Says something about the whole object. */
export interface SharedObjectSignal {
  /**
   * Client: `use` opens the object, `release` leaves it. Server: `use-success` grants it, `clear` says that what the
   * client holds of it is void.
   */
  readonly type: "use" | "release" | "clear" | "use-success";
}

/** Gives a slot a value: the client asks with `request-change`, the server tells the others with `change`. */
export interface SharedObjectChange {
  /** Who speaks. */
  readonly type: "request-change" | "change";
  /** Name of the slot. */
  readonly name: string;
  /** Its value. */
  readonly value: SharedObjectValue;
}

/**
 * Names a slot: the client wants it away with `request-remove`; the server tells everybody that it is away with
 * `remove`, and the client that asked that its change was taken with `success`.
 */
export interface SharedObjectSlotEvent {
  /** What is said of the slot. */
  readonly type: "success" | "remove" | "request-remove";
  /** Name of the slot. */
  readonly name: string;
}

/** Calls a handler at every client of the object; the server sends it to the caller too. */
export interface SharedObjectCall {
  readonly type: "send-message";
  /** Name of the handler. */
  readonly handler: string;
  /** What it is called with. */
  readonly args: readonly SharedObjectValue[];
}

/** The server's word on a request that it does not grant. */
export interface SharedObjectStatus {
  readonly type: "status";
  /** One of {@link SharedObjectStatusCode}, or another of the server's. */
  readonly code: string;
  /** `error`, mostly. */
  readonly level: string;
}

/** An event type that is not in use; ignore it. */
export interface UnknownSharedObjectEvent {
  readonly type: "unknown";
  /** u8: 0, or 12 and above. */
  readonly id: number;
  /** What it carries; a view of the payload. */
  readonly data: Uint8Array;
}

/** One event of a shared object message; `type` tells the kinds apart. */
export type SharedObjectEvent =
  | SharedObjectSignal
  | SharedObjectChange
  | SharedObjectSlotEvent
  | SharedObjectCall
  | SharedObjectStatus
  | UnknownSharedObjectEvent;

/** One shared object message (types 19 and 16). */
export interface SharedObjectMessage {
  /** The object's name within the app. */
  readonly name: string;
  /** u32; the object's version as the sender knows it. */
  readonly version: number;
  /** Whether the server keeps the object when its last client has gone. */
  readonly persistent: boolean;
  /** What happens, in this order; may be empty. */
  readonly events: readonly SharedObjectEvent[];
}

/** The status codes of shared objects. */
export const SharedObjectStatusCode = {
  /** The object exists with the other persistence, or cannot be kept. */
  BadPersistence: "SharedObject.BadPersistence",
  /** The client may not read the object. */
  NoReadAccess: "SharedObject.NoReadAccess",
  /** The client may not change the object. */
  NoWriteAccess: "SharedObject.NoWriteAccess",
  /** The server cannot make the object. */
  ObjectCreationFailed: "SharedObject.ObjectCreationFailed",
} as const;
/** One of the status codes of shared objects. */
export type SharedObjectStatusCode =
  (typeof SharedObjectStatusCode)[keyof typeof SharedObjectStatusCode];

/** The kinds of events that have a number of their own. */
export type KnownEventType = Exclude<SharedObjectEvent["type"], "unknown">;

/** The kinds in the order of their numbers on the wire, which begin with 1. */
export const eventTypes: readonly KnownEventType[] = [
  "use",
  "release",
  "request-change",
  "change",
  "success",
  "send-message",
  "status",
  "clear",
  "remove",
  "request-remove",
  "use-success",
];
