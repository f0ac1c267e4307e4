import type { StreamHub, SubscriberLimits } from "@rtmp/hub";
import type { IncomingCall, KeyAgreement, SessionLimits } from "@rtmp/session";
import type { Clock, RandomBytes } from "@rtmp/wire";
import type { Authenticate, Authorise } from "./access.ts";
import type { ServeObserver } from "./serve-observer.ts";
import type { SharedObjects } from "./shared-objects/shared-objects.ts";

/** What `serve` works with. */
export interface ServeOptions {
  /** Where streams are published and played. */
  readonly hub: StreamHub;
  /** Decides who may connect; its parameters are taken off the app and tcUrl. @default everybody */
  readonly authenticate?: Authenticate;
  /** Decides who may publish and play. @default everybody */
  readonly authorise?: Authorise;
  /**
   * Is asked by clients that call procedures; `answerCalls` of `@rtmp/session` makes one of functions.
   *
   * @default calls are refused
   */
  readonly onCall?: (call: IncomingCall) => void;
  /**
   * Which tracks players are sent: `default` leaves out messages that hold nothing of track 0, for players that take every
   * message for it.
   *
   * @default "all", also to players that announce no Multitrack: those that know none of it drop what they cannot read
   */
  readonly tracks?: "all" | "default";
  /**
   * How far players may stay behind; give the same object to all connections that share it.
   *
   * @default the hub's limits, also for what is left out
   */
  readonly playerLimits?: Partial<SubscriberLimits>;
  /** The remote shared objects of the server. @default there are none, and clients are told so */
  readonly sharedObjects?: SharedObjects;
  /** Is told what happens on the connection, for logs and counts. */
  readonly observer?: ServeObserver;
  /** Bounds of the session; what is left out has its default. */
  readonly limits?: Partial<SessionLimits>;
  /**
   * Makes the keys of clients that ask for RTMPE, or refuses such clients.
   *
   * @default they are told that there is none, and go on without encryption or leave
   */
  readonly rtmpe?: KeyAgreement | "refuse";
  /** Payload bytes per chunk of what is sent, 1 to 0x7fffffff. @default 65536 */
  readonly chunkSize?: number;
  /** The time. @default the platform's */
  readonly clock?: Clock;
  /** Source of the handshake's random bytes. @default the platform's */
  readonly randomBytes?: RandomBytes;
}

/** A connection that is being served. */
export interface ServedConnection {
  /** The peer's `address:port`. */
  readonly remote: string;
  /**
   * Asks the client to connect anew, to `tcUrl` or to the same place, because this server is to be drained.
   *
   * @returns false when the client does not obey such requests; it is served on in any case
   */
  requestReconnect(tcUrl?: string): boolean;
  /** Says goodbye because the server goes down, and closes. */
  shutDown(): void;
}
