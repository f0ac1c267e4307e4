/**
 * One connection of a client: a session with its driver, up to the answer to connect.
 *
 * A client may need several, one after the other: each step of authentication and each redirect has one of its own.
 *
 * RTMP §5.2, §7.2.1.1
 */

import type { ConnectOptions, RtmpUrl, SharedObjectMessage, Status } from "@rtmp/message";
import type { Clock, RtmpError } from "@rtmp/wire";
import { Driver } from "../driver.ts";
import { SessionError } from "../errors.ts";
import type { SessionHandlers } from "../session-options.ts";
import type { Transport } from "../transport.ts";
import { ClientSession, type ClientSessionOptions } from "./client-session.ts";

/** What a link tells its client once it is connected. */
export interface LinkHandlers extends Pick<SessionHandlers, "onCall" | "onProblem"> {
  /** The server sent onStatus for the connection. */
  onStatus(link: Link, status: Status): void;
  /** A message of a shared object arrived. */
  onSharedObject(link: Link, message: SharedObjectMessage): void;
  /** A piece of input was taken in; its output has not left yet. */
  onReceived?(): void;
  /** The session ended, and the transport may still carry its last output. */
  onEnd(link: Link, cause: RtmpError | undefined): void;
}

/** Construction of a {@link Link}. */
export interface LinkOptions {
  readonly transport: Transport;
  readonly clock: Clock;
  /** Where the transport leads. */
  readonly url: RtmpUrl;
  readonly connect: ConnectOptions;
  readonly session: Pick<
    ClientSessionOptions,
    "limits" | "handshake" | "rtmpe" | "chunkSize" | "swf" | "randomBytes"
  >;
  readonly handlers: LinkHandlers;
}

/** A connection to a server that has answered connect. */
export class Link {
  /** Where it leads. */
  readonly url: RtmpUrl;
  /** Joins the session to the transport; what is sent inside of its `batch` leaves in one write. */
  readonly driver: Driver;
  /** The session; connected. */
  readonly session: ClientSession;
  #disconnect: () => void = () => {};
  /** Resolves when the transport has closed. */
  readonly disconnected: Promise<void> = new Promise((resolve) => {
    this.#disconnect = resolve;
  });
  readonly #drains: (() => void)[] = [];
  readonly #clock: Clock;
  // Who cannot take more of what arrives.
  readonly #holders = new Set<object>();

  private constructor(
    { transport, clock, url, connect, session, handlers }: LinkOptions,
    onConnected: () => void,
    onEnd: (cause: RtmpError | undefined) => void,
  ) {
    this.url = url;
    this.#clock = clock;
    this.driver = new Driver({
      transport,
      clock,
      onReceived: () => handlers.onReceived?.(),
      onDrain: () => this.#release(),
      onDisconnect: () => {
        this.#release();
        this.#disconnect();
      },
    });
    this.session = new ClientSession({
      ...session,
      connect,
      now: clock.now(),
      reuseInput: transport.reusesBuffers,
      handlers: {
        ...handlers,
        onStatus: (status) => handlers.onStatus(this, status),
        onSharedObject: (message) => handlers.onSharedObject(this, message),
        onConnected,
        onOutput: () => this.driver.onOutput(),
        onClose: onEnd,
      },
    });
    this.driver.start(this.session);
  }

  /**
   * Shakes hands and connects.
   *
   * @throws SessionError `RTMP_ERR_CONNECT_REJECTED`; RtmpError of the handshake or of a time limit; RangeError when an
   *   option of the session is out of range, as the rejection
   */
  static open(options: LinkOptions): Promise<Link> {
    return new Promise((resolve, reject) => {
      let connected = false;
      const onConnected = (): void => {
        connected = true;
        resolve(link);
      };
      const onEnd = (cause: RtmpError | undefined): void => {
        if (connected) options.handlers.onEnd(link, cause);
        else reject(cause ?? closedEarly());
      };
      let link: Link;
      try {
        link = new Link(options, onConnected, onEnd);
      } catch (error) {
        // Nobody else knows of the transport.
        options.transport.close(0);
        reject(error);
      }
    });
  }

  /** Resolves when nothing is queued for the server any more, or the connection is over. */
  async drained(): Promise<void> {
    // What was written in this turn reaches the transport at its end.
    await Promise.resolve();
    if (this.session.closed || this.driver.queuedBytes === 0) return;
    await new Promise<void>((resolve) => {
      this.#drains.push(resolve);
    });
  }

  /** Stops reading because `holder` cannot take more; nothing on the link arrives until all holders have let go. */
  hold(holder: object): void {
    if (this.#holders.size === 0) {
      this.session.stopReading();
      this.driver.hold();
    }
    this.#holders.add(holder);
  }

  /** Takes `hold` back; without effect for who does not hold. */
  release(holder: object): void {
    if (!this.#holders.delete(holder) || this.#holders.size > 0) return;
    this.driver.batch(() => this.session.readOn(this.#clock.now()));
    this.driver.release();
  }

  /** Ends the session; what was said last still leaves. */
  close(): void {
    this.driver.batch(() => this.session.end());
  }

  #release(): void {
    for (const resolve of this.#drains.splice(0)) resolve();
  }
}

function closedEarly(): SessionError {
  const text = "the server closed the connection before it answered connect";
  return new SessionError("RTMP_ERR_CONNECTION_LOST", text);
}
