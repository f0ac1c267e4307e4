/**
 * The whole server side of one connection: session, driver, hub, and the decisions between them.
 */

import { HubError, type StreamHub } from "@rtmp/hub";
import { type ConnectRequest, resolveStreamPath, StatusCode, type StreamPath } from "@rtmp/message";
import {
  Driver,
  type IncomingConnect,
  type IncomingPlay,
  type IncomingPublish,
  ServerSession,
  type ServerStream,
  type SessionLimits,
  type StreamEnd,
  type Transport,
  withoutAuthentication,
} from "@rtmp/session";
import { type Clock, type RandomBytes, RtmpError, systemClock } from "@rtmp/wire";
import type { Access, Authenticate, AuthenticateAccess, Authorise } from "./access.ts";
import { RtmpEgress } from "./rtmp-egress.ts";
import { RtmpIngest } from "./rtmp-ingest.ts";
import type { ServeObserver } from "./serve-observer.ts";

/** What `serve` works with. */
export interface ServeOptions {
  /** Where streams are published and played. */
  readonly hub: StreamHub;
  /** Decides who may connect; its parameters are taken off the app and tcUrl. @default everybody */
  readonly authenticate?: Authenticate;
  /** Decides who may publish and play. @default everybody */
  readonly authorise?: Authorise;
  /** Is told what happens on the connection, for logs and counts. */
  readonly observer?: ServeObserver;
  /** Bounds of the session; what is left out has its default. */
  readonly limits?: Partial<SessionLimits>;
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
  /** Says goodbye because the server goes down, and closes. */
  shutDown(): void;
}

/**
 * Serves RTMP on a transport until it closes: publishes into the hub and plays from it.
 *
 * @throws RangeError when a limit is out of range
 */
export function serve(transport: Transport, options: ServeOptions): ServedConnection {
  return new Served(transport, options);
}

/** What a stream of the connection is doing at the hub. */
interface Activity {
  /** Leaves the hub. */
  leave(end: StreamEnd): void;
  /** Tells the observer. */
  report(end: StreamEnd): void;
}

class Served implements ServedConnection {
  readonly remote: string;
  readonly #hub: StreamHub;
  readonly #authenticate: Authenticate | undefined;
  readonly #authorise: Authorise | undefined;
  readonly #observer: ServeObserver;
  readonly #driver: Driver;
  readonly #session: ServerSession;
  readonly #activities = new Map<ServerStream, Activity>();
  readonly #ingests = new Map<ServerStream, RtmpIngest>();
  #user: string | undefined;

  constructor(transport: Transport, options: ServeOptions) {
    const clock = options.clock ?? systemClock;
    this.remote = transport.remote;
    this.#hub = options.hub;
    this.#authenticate = options.authenticate;
    this.#authorise = options.authorise;
    this.#observer = options.observer ?? {};
    this.#driver = new Driver({
      transport,
      clock,
      onDisconnect: () => this.#observer.onDisconnect?.(),
      onReceived: () => this.#flush(),
      onInternalError: (error) => this.#observer.onInternalError?.(error),
    });
    this.#session = new ServerSession({
      handlers: {
        onConnect: (request) => this.#onConnect(request),
        onPublish: (request) => this.#onPublish(request),
        onPlay: (request) => this.#onPlay(request),
        onMedia: (stream, typeId, timestamp, payload) =>
          this.#onMedia(stream, typeId, timestamp, payload),
        onStreamEnd: (stream, end) => this.#onStreamEnd(stream, end),
        onProblem: (error) => this.#observer.onProblem?.(error),
        onOutput: this.#driver.onOutput,
        onClose: (cause) => this.#onClose(cause),
      },
      now: clock.now(),
      reuseInput: transport.reusesBuffers,
      ...(options.limits === undefined ? {} : { limits: options.limits }),
      ...(options.chunkSize === undefined ? {} : { chunkSize: options.chunkSize }),
      ...(options.randomBytes === undefined ? {} : { randomBytes: options.randomBytes }),
    });
    this.#driver.start(this.#session);
  }

  shutDown(): void {
    this.#driver.batch(() => this.#session.shutDown());
  }

  #onConnect(request: IncomingConnect): void {
    const { connect } = request;
    const answer = (access: AuthenticateAccess): void => {
      this.#driver.batch(() => {
        if (this.#session.closed) return;
        if (!access.granted) {
          request.reject({ description: access.description });
          return;
        }
        if ("user" in access) this.#user = access.user;
        request.accept();
        this.#observer.onConnect?.(connect);
      });
    };
    const access = this.#authenticate?.(connect) ?? { granted: true };
    if ("then" in access) access.then(answer, (error) => this.#onAccessError(error, answer));
    else answer(access);
  }

  #onPublish(request: IncomingPublish): void {
    this.#decide("publish", request, StatusCode.PublishDenied, (path) => {
      const publication = this.#claim(path, request);
      if (publication === undefined) return;
      const ingest = new RtmpIngest(publication);
      this.#ingests.set(request.stream, ingest);
      this.#activities.set(request.stream, {
        leave: (end) => {
          this.#ingests.delete(request.stream);
          ingest.end(end);
        },
        report: (end) => this.#observer.onPublishEnd?.(path, end),
      });
      request.accept();
      this.#observer.onPublish?.(path);
    });
  }

  #onPlay(request: IncomingPlay): void {
    this.#decide("play", request, StatusCode.PlayFailed, (path) => {
      request.accept();
      const egress = new RtmpEgress({
        stream: request.stream,
        driver: this.#driver,
        streamPath: path.streamPath,
        onEvict: (cause) => this.#driver.batch(() => this.#session.end(cause)),
      });
      const subscription = this.#hub.subscribe(path.streamPath, egress);
      this.#activities.set(request.stream, {
        leave: () => subscription.close(),
        report: (end) => this.#observer.onPlayEnd?.(path, end, subscription.skippedPackets),
      });
      this.#observer.onPlay?.(path);
    });
  }

  /** Takes the name at the hub, or refuses the request. */
  #claim(path: StreamPath, request: IncomingPublish): ReturnType<StreamHub["publish"]> | undefined {
    try {
      return this.#hub.publish(path.streamPath);
    } catch (error) {
      if (!(error instanceof HubError)) throw error;
      this.#observer.onProblem?.(error);
      request.reject({ code: StatusCode.PublishBadName, description: error.message });
      return undefined;
    }
  }

  /** Resolves the path, asks for authorisation and goes on with `grant`, all output of it in one write. */
  #decide(
    action: "publish" | "play",
    request: IncomingPublish | IncomingPlay,
    deniedCode: StatusCode,
    grant: (path: StreamPath) => void,
  ): void {
    const { connect } = this.#session;
    if (connect === undefined) throw new TypeError("a stream before connect");

    let path: StreamPath;
    try {
      const [app, tcUrl] = this.#placesOf(connect);
      path = resolveStreamPath({ app, tcUrl, streamName: request.streamName });
    } catch (error) {
      if (!(error instanceof RtmpError)) throw error;
      this.#observer.onProblem?.(error);
      const code = action === "publish" ? StatusCode.PublishBadName : StatusCode.PlayStreamNotFound;
      request.reject({ code, description: error.message });
      return;
    }

    const answer = (access: Access): void => {
      this.#driver.batch(() => {
        // The client has gone meanwhile: players of the name must not hear of it.
        if (this.#session.closed) return;
        if (access.granted) grant(path);
        else request.reject({ code: access.code ?? deniedCode, description: access.description });
      });
    };
    const user = this.#user;
    const access = this.#authorise?.({ action, path, connect, user, remote: this.remote });
    if (access === undefined) answer({ granted: true });
    else if ("then" in access) {
      access.then(answer, (error) => this.#onAccessError(error, answer));
    } else answer(access);
  }

  /** The app and tcUrl, without what the client put there to authenticate. */
  #placesOf({ app, tcUrl }: ConnectRequest): [app: string, tcUrl: string] {
    if (this.#authenticate === undefined) return [app, tcUrl];
    return [withoutAuthentication(app), withoutAuthentication(tcUrl)];
  }

  #onAccessError(
    error: unknown,
    answer: (access: { granted: false; description: string }) => void,
  ): void {
    if (!this.#session.closed) this.#observer.onInternalError?.(error);
    answer({ granted: false, description: "authorisation is not available" });
  }

  #onMedia(stream: ServerStream, typeId: number, timestamp: number, payload: Uint8Array): void {
    try {
      this.#ingests.get(stream)?.write(typeId, timestamp, payload);
    } catch (error) {
      if (!(error instanceof RtmpError)) throw error;
      this.#observer.onProblem?.(error);
    }
  }

  #onStreamEnd(stream: ServerStream, end: StreamEnd): void {
    const activity = this.#activities.get(stream);
    this.#activities.delete(stream);
    activity?.leave(end);
    activity?.report(end);
  }

  #onClose(cause: RtmpError | undefined): void {
    // An observer that threw has kept the streams behind it from ending.
    const left = [...this.#activities.values()];
    this.#activities.clear();
    for (const activity of left) activity.leave("lost");
    this.#observer.onClose?.(cause);
  }

  #flush(): void {
    for (const ingest of this.#ingests.values()) ingest.flush();
  }
}
