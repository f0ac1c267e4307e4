/**
 * A connected client with promises: publish, play, call, shared objects; goes where its server sends it.
 *
 * RTMP §7.2; E-RTMP "Reconnect Request"
 */

import {
  type AmfValue,
  CapsExMask,
  type ConnectReply,
  readReconnectRequest,
  type RtmpUrl,
  type SharedObjectMessage,
  type Status,
} from "@rtmp/message";
import type { RtmpError } from "@rtmp/wire";
import { SessionError } from "../errors.ts";
import type { AnyProcedures, Procedures } from "../procedures.ts";
import type { SessionHandlers } from "../session-options.ts";
import {
  RemoteSharedObject,
  type RemoteSharedObjectOptions,
} from "../shared-object/remote-shared-object.ts";
import { firstUrl, type LinkRoute, openLink } from "./connect.ts";
import type { Link, LinkHandlers } from "./link.ts";
import { movedUrl } from "./moved-url.ts";
import { Player, type PlayerOptions } from "./player.ts";
import { Publisher, type PublisherOptions } from "./publisher.ts";

const defaultMaxReconnects = 5;

/** How a client connects, and what it does when it is asked. */
export interface RtmpClientOptions
  extends LinkRoute, Pick<SessionHandlers, "onCall" | "onProblem"> {
  /** Is told every status of the connection. */
  readonly onStatus?: (status: Status) => void;
  /**
   * Reconnect Requests that are obeyed; 0 tells the server that none is.
   *
   * @default 5
   */
  readonly maxReconnects?: number;
}

/**
 * Connects to a server.
 *
 * The procedures that the server answers can be given as a type; see `Procedures`.
 *
 * User and password, of the URL and of the options, are for the host and port of the URL; wherever else its servers
 * send the client, it has none.
 *
 * @param url  `rtmp://[user:password@]host[:port]/app[/name]`; the name is what `publish` and `play` use by default
 * @throws TypeError when the URL is none; what `dial` rejects with; SessionError `RTMP_ERR_CONNECT_REJECTED`,
 *   `RTMP_ERR_TOO_MANY_REDIRECTS` or that of a time limit; RtmpError when the server breaks the protocol
 */
export async function connect<P extends Procedures = AnyProcedures>(
  url: string,
  options: RtmpClientOptions,
): Promise<RtmpClient<P>> {
  const client = new RtmpClient<P>(firstUrl(url, options), options);
  await client.open();
  return client;
}

/** A shared object and where it is. */
interface OpenedObject {
  readonly link: Link;
  readonly object: RemoteSharedObject;
}

/** A client that is connected to a server. */
export class RtmpClient<P extends Procedures = AnyProcedures> {
  /** Resolves when the connection is over: with why, or undefined when it was closed in order. */
  readonly closed: Promise<RtmpError | undefined>;
  // Where user and password belong.
  readonly #home: RtmpUrl;
  readonly #options: RtmpClientOptions;
  readonly #streams = new Set<Publisher | Player>();
  readonly #sharedObjects = new Map<string, OpenedObject>();
  #link: Link | undefined;
  // Those that a Reconnect Request led away from, while streams are left on them.
  readonly #oldLinks = new Set<Link>();
  #reconnects = 0;
  #moving = false;
  #ended = false;
  #resolveClosed: (cause: RtmpError | undefined) => void = () => {};

  /** For `connect` alone. */
  constructor(home: RtmpUrl, options: RtmpClientOptions) {
    this.#home = home;
    this.#options = options;
    this.closed = new Promise((resolve) => {
      this.#resolveClosed = resolve;
    });
  }

  /** Connects; for `connect` alone. */
  async open(): Promise<void> {
    const link = await this.#openLink(this.#home);
    this.#link ??= link;
    // Its end came before anybody could know of it.
    if (link.session.closed) this.#onEnd(link, link.session.closeCause);
  }

  /** Where the client is connected. */
  get url(): RtmpUrl {
    return this.#connected.url;
  }

  /** What the server answered to connect. */
  get reply(): ConnectReply | undefined {
    return this.#connected.session.reply;
  }

  /**
   * Publishes a stream.
   *
   * @param streamName  @default the one of the URL
   * @throws SessionError `RTMP_ERR_PUBLISH_REJECTED`, or an error of a call, as the rejection
   */
  async publish(
    streamName: string = this.url.streamName,
    options: PublisherOptions = {},
  ): Promise<Publisher> {
    return this.#start(new Publisher(streamName, options, (ended) => this.#onStreamEnd(ended)));
  }

  /**
   * Plays a stream.
   *
   * @param streamName  @default the one of the URL
   * @throws SessionError `RTMP_ERR_PLAY_REJECTED`, or an error of a call, as the rejection
   */
  async play(
    streamName: string = this.url.streamName,
    options: PlayerOptions = {},
  ): Promise<Player> {
    return this.#start(new Player(streamName, options, (ended) => this.#onStreamEnd(ended)));
  }

  /**
   * Calls a procedure of the server.
   *
   * @returns the value that the server answers; its type is the declared one and is not checked
   * @throws SessionError `RTMP_ERR_CALL_REJECTED`, `RTMP_ERR_CALL_TIMEOUT`, `RTMP_ERR_TOO_MANY_PENDING_CALLS` or
   *   `RTMP_ERR_SESSION_ENDED`, as the rejection
   * @see RTMP §7.2.1.2
   */
  call<Name extends keyof P & string>(
    name: Name,
    ...args: Parameters<P[Name]>
  ): Promise<ReturnType<P[Name]>>;
  call(name: string, ...args: AmfValue[]): Promise<AmfValue> {
    const { session } = this.#connected;
    return new Promise((resolve, reject) => {
      session.call(name, args, (answer) => {
        if (answer.ok) resolve(answer.command.args[0]);
        else reject(answer.error);
      });
    });
  }

  /** Calls a procedure of the server without wanting an answer. */
  notify(name: string, ...args: readonly AmfValue[]): void {
    this.#connected.session.notify(name, ...args);
  }

  /**
   * Opens a remote shared object.
   *
   * It is closed when its connection ends, also because the client has moved: it is not opened again by itself.
   *
   * @throws TypeError when the client has it open already
   * @see RTMP §7.1.3
   */
  sharedObject(
    name: string,
    options: Omit<RemoteSharedObjectOptions, "name" | "send"> = {},
  ): RemoteSharedObject {
    const known = this.#sharedObjects.get(name)?.object;
    if (known !== undefined && known.state !== "closed") {
      throw new TypeError(`shared object ${name} is ${known.state}`);
    }
    const link = this.#connected;
    const send = (message: SharedObjectMessage): void => link.session.sendSharedObject(message);
    const object = new RemoteSharedObject({ ...options, name, send });
    this.#sharedObjects.set(name, { link, object });
    object.open();
    return object;
  }

  /** Ends all streams in order and the connection; resolves when it is closed. */
  async close(): Promise<void> {
    const link = this.#link;
    for (const stream of this.#streams) stream.close();
    this.#end(undefined);
    for (const old of this.#oldLinks) old.close();
    link?.close();
    await link?.disconnected;
  }

  get #connected(): Link {
    if (this.#link === undefined) throw new TypeError("the client is not connected");
    return this.#link;
  }

  async #start<S extends Publisher | Player>(stream: S): Promise<S> {
    this.#streams.add(stream);
    try {
      await stream.start(this.#connected);
      return stream;
    } catch (error) {
      stream.close();
      throw error;
    }
  }

  #openLink(url: RtmpUrl): Promise<Link> {
    const { connect: init, maxReconnects = defaultMaxReconnects } = this.#options;
    const capsEx = (init?.capsEx ?? 0) | (maxReconnects > 0 ? CapsExMask.Reconnect : 0);
    const route = { ...this.#options, connect: capsEx === 0 ? init : { ...init, capsEx } };
    return openLink(url, route, this.#handlers(), this.#home);
  }

  #handlers(): LinkHandlers {
    const { onCall, onProblem } = this.#options;
    return {
      ...(onCall === undefined ? {} : { onCall }),
      ...(onProblem === undefined ? {} : { onProblem }),
      onSharedObject: (link, message) => {
        const known = this.#sharedObjects.get(message.name);
        if (known?.link === link) known.object.receive(message);
      },
      onStatus: (link, status) => {
        this.#options.onStatus?.(status);
        const request = readReconnectRequest(status);
        if (request !== undefined) void this.#reconnect(link, request.tcUrl);
      },
      onEnd: (link, cause) => this.#onEnd(link, cause),
    };
  }

  /** The old connection serves on until every stream has moved (E-RTMP "Reconnect Request"). */
  async #reconnect(old: Link, tcUrl: string | undefined): Promise<void> {
    const { maxReconnects = defaultMaxReconnects } = this.#options;
    if (this.#moving || this.#ended || this.#reconnects >= maxReconnects) return;
    if (this.#link !== undefined && this.#link !== old) return;
    this.#moving = true;
    this.#reconnects++;
    try {
      const next = await this.#openLink(movedUrl(old.url, tcUrl, this.#home));
      if (this.#ended) next.close();
      else await this.#moveTo(next, old);
    } catch (error) {
      this.#report(error);
    } finally {
      this.#moving = false;
      this.#closeOldLinks();
    }
  }

  async #moveTo(next: Link, old: Link): Promise<void> {
    if (next.session.closed) throw endedAtOnce(next.session.closeCause);
    this.#link = next;
    this.#oldLinks.add(old);
    const moves = [...this.#streams].map((stream) => stream.moveTo(next));
    for (const move of await Promise.allSettled(moves)) {
      if (move.status === "rejected") this.#report(move.reason);
    }
  }

  /** What could not move goes on where it is, and keeps its link. */
  #closeOldLinks(): void {
    if (this.#moving) return;
    const used = new Set([...this.#streams].map(({ link }) => link));
    for (const old of this.#oldLinks) if (!used.has(old)) old.close();
  }

  #onStreamEnd(stream: Publisher | Player): void {
    this.#streams.delete(stream);
    this.#closeOldLinks();
  }

  #onEnd(link: Link, cause: RtmpError | undefined): void {
    this.#oldLinks.delete(link);
    for (const known of this.#sharedObjects.values()) if (known.link === link) known.object.end();
    if (link !== this.#link) return;
    const [back] = this.#oldLinks;
    if (back === undefined) {
      this.#end(cause);
    } else {
      this.#oldLinks.delete(back);
      this.#link = back;
    }
  }

  #report(error: unknown): void {
    const text = "the client could not go where its server sent it";
    this.#options.onProblem?.(
      new SessionError("RTMP_ERR_RECONNECT_FAILED", text, { cause: error }),
    );
  }

  #end(cause: RtmpError | undefined): void {
    if (this.#ended) return;
    this.#ended = true;
    for (const { object } of this.#sharedObjects.values()) object.end();
    this.#resolveClosed(cause);
  }
}

function endedAtOnce(cause: RtmpError | undefined): SessionError {
  const text = "the server closed the connection as soon as it had accepted it";
  return new SessionError("RTMP_ERR_SESSION_ENDED", text, { cause });
}
