/**
 * The whole server side of one connection: session, driver, hub, and the decisions between them.
 */

import { HubError, type StreamHub } from "@rtmp/hub";
import { StatusCode, type StreamPath } from "@rtmp/message";
import {
  Driver,
  type IncomingConnect,
  type IncomingPlay,
  type IncomingPlay2,
  type IncomingPublish,
  type Rejection,
  ServerSession,
  type ServerSessionHandlers,
  type ServerStream,
  type StreamEnd,
  type Transport,
} from "@rtmp/session";
import { type Clock, RtmpError, systemClock } from "@rtmp/wire";
import type { Authenticate, AuthenticateAccess } from "./access.ts";
import { capabilitiesFor } from "./capabilities.ts";
import { RtmpIngest } from "./rtmp-ingest.ts";
import type { ServeObserver } from "./serve-observer.ts";
import type { ServedConnection, ServeOptions } from "./serve-options.ts";
import { ServedPlays } from "./served-plays.ts";
import { ServedSharedObjects } from "./shared-objects/served-shared-objects.ts";
import { StreamAccess } from "./stream-access.ts";

/**
 * Serves RTMP on a transport until it closes: publishes into the hub and plays from it.
 *
 * @throws RangeError when a limit is out of range
 */
export function serve(transport: Transport, options: ServeOptions): ServedConnection {
  return new Served(transport, options);
}

class Served implements ServedConnection {
  readonly remote: string;
  readonly #hub: StreamHub;
  readonly #authenticate: Authenticate | undefined;
  readonly #access: StreamAccess;
  readonly #observer: ServeObserver;
  readonly #driver: Driver;
  readonly #session: ServerSession;
  readonly #sharedObjects: ServedSharedObjects;
  readonly #plays: ServedPlays;
  readonly #publishes = new Map<ServerStream, ServedPublish>();
  readonly #clock: Clock;

  constructor(transport: Transport, options: ServeOptions) {
    const clock = options.clock ?? systemClock;
    this.remote = transport.remote;
    this.#clock = clock;
    this.#hub = options.hub;
    this.#authenticate = options.authenticate;
    this.#observer = options.observer ?? {};
    this.#access = new StreamAccess({
      authorise: options.authorise,
      authenticates: options.authenticate !== undefined,
      remote: transport.remote,
      onProblem: (error) => this.#observer.onProblem?.(error),
      onFailure: (error) => this.#onAccessFailure(error),
    });
    this.#driver = new Driver({
      transport,
      clock,
      onDisconnect: () => this.#observer.onDisconnect?.(),
      onReceived: () => this.#flush(),
      onInternalError: (error) => this.#observer.onInternalError?.(error),
    });
    this.#plays = new ServedPlays({
      hub: options.hub,
      driver: this.#driver,
      tracks: options.tracks ?? "all",
      limits: options.hub.limitsFor(options.playerLimits),
      observer: this.#observer,
      onEvict: (cause) => this.#driver.batch(() => this.#session.end(cause)),
    });
    this.#sharedObjects = new ServedSharedObjects({
      sharedObjects: options.sharedObjects,
      session: () => this.#session,
      driver: this.#driver,
      remote: transport.remote,
      onProblem: (error) => this.#observer.onProblem?.(error),
    });
    const { limits, chunkSize, randomBytes, onCall } = options;
    this.#session = new ServerSession({
      handlers: { ...this.#handlers(), ...(onCall === undefined ? {} : { onCall }) },
      now: clock.now(),
      reuseInput: transport.reusesBuffers,
      ...(limits === undefined ? {} : { limits }),
      ...(chunkSize === undefined ? {} : { chunkSize }),
      ...(randomBytes === undefined ? {} : { randomBytes }),
    });
    this.#driver.start(this.#session);
  }

  shutDown(): void {
    this.#driver.batch(() => this.#session.shutDown());
  }

  requestReconnect(tcUrl?: string): boolean {
    let sent = false;
    this.#driver.batch(() => {
      sent = this.#session.requestReconnect({ tcUrl });
    });
    return sent;
  }

  #handlers(): ServerSessionHandlers {
    return {
      onConnect: (request) => this.#onConnect(request),
      onPublish: (request) => this.#onPublish(request),
      onPlay: (request) => this.#onPlay(request),
      onPlay2: (request) => this.#onPlay2(request),
      onPause: (request) => this.#plays.pause(request),
      onSeek: (request) => request.reject({ description: "a live stream has no other place" }),
      onReceive: (stream) => this.#plays.get(stream)?.receive(),
      onMedia: (stream, typeId, timestamp, payload) =>
        this.#onMedia(stream, typeId, timestamp, payload),
      onStreamEnd: (stream, end) => this.#onStreamEnd(stream, end),
      onSharedObject: (message) => this.#sharedObjects.receive(message),
      isInUse: () => this.#sharedObjects.inUse,
      onProblem: (error) => this.#observer.onProblem?.(error),
      onOutput: this.#driver.onOutput,
      onClose: (cause) => this.#onClose(cause),
    };
  }

  #onConnect(request: IncomingConnect): void {
    const { connect } = request;
    const answer = (access: AuthenticateAccess): void => {
      this.#batch(() => {
        if (!access.granted) {
          request.reject({ description: access.description });
          return;
        }
        if ("user" in access) this.#access.user = access.user;
        request.accept(capabilitiesFor(connect));
        this.#observer.onConnect?.(connect);
      });
    };
    const access = this.#authenticate?.(connect) ?? { granted: true };
    if ("then" in access) {
      access.then(answer, (error) => {
        this.#onAccessFailure(error);
        answer({ granted: false, description: "authorisation is not available" });
      });
    } else answer(access);
  }

  #onPublish(request: IncomingPublish): void {
    if (request.publishType !== "live") {
      const description = `${request.publishType} is not served: nothing is recorded here`;
      request.reject({ code: StatusCode.RecordNoAccess, description });
      return;
    }
    this.#decide("publish", request, StatusCode.PublishDenied, (path) => {
      const publication = this.#claim(path, request);
      if (publication === undefined) return;
      // A client that takes over from itself has ended itself.
      if (this.#session.closed) {
        publication.end("lost");
        return;
      }
      const onTrack = this.#observer.onTrack?.bind(this.#observer, path);
      this.#publishes.set(request.stream, { path, ingest: new RtmpIngest(publication, onTrack) });
      request.accept();
      this.#observer.onPublish?.(path);
    });
  }

  #onPlay(request: IncomingPlay): void {
    this.#decide("play", request, StatusCode.PlayFailed, (path) => this.#plays.open(request, path));
  }

  #onPlay2(request: IncomingPlay2): void {
    const { stream, options } = request;
    const wish = { streamName: options.streamName, reject: request.reject.bind(request) };
    const play = this.#plays.get(stream);
    this.#decide("play", wish, StatusCode.PlayFailed, (path) =>
      this.#plays.change(play, request, path),
    );
  }

  /** Takes the name at the hub, or refuses the request. */
  #claim(path: StreamPath, request: IncomingPublish): ReturnType<StreamHub["publish"]> | undefined {
    try {
      return this.#hub.publish(path.streamPath, {
        owner: this.#access.user ?? addressOf(this.remote),
        silentMs: () => this.#clock.now() - this.#session.lastReceivedAt,
        onTakenOver: (cause) => this.#driver.batch(() => this.#session.end(cause)),
      });
    } catch (error) {
      if (!(error instanceof HubError)) throw error;
      this.#observer.onProblem?.(error);
      request.reject({ code: StatusCode.PublishBadName, description: error.message });
      return undefined;
    }
  }

  /** Goes on with `grant` where the client may do what it wants, all output of it in one write. */
  #decide(
    action: "publish" | "play",
    request: { readonly streamName: string; reject(rejection: Rejection): boolean },
    deniedCode: StatusCode,
    grant: (path: StreamPath) => void,
  ): void {
    const { connect } = this.#session;
    if (connect === undefined) throw new TypeError("a stream before connect");
    this.#access.decide(connect, {
      action,
      streamName: request.streamName,
      deniedCode,
      grant: (path) => this.#batch(() => grant(path)),
      refuse: (rejection) => this.#batch(() => request.reject(rejection)),
    });
  }

  /** Does what an answer brings about, unless the client has gone meanwhile: players of the name must not hear of it. */
  #batch(run: () => void): void {
    this.#driver.batch(() => {
      if (!this.#session.closed) run();
    });
  }

  #onAccessFailure(error: unknown): void {
    if (!this.#session.closed) this.#observer.onInternalError?.(error);
  }

  #onMedia(stream: ServerStream, typeId: number, timestamp: number, payload: Uint8Array): void {
    try {
      this.#publishes.get(stream)?.ingest.write(typeId, timestamp, payload);
    } catch (error) {
      if (!(error instanceof RtmpError)) throw error;
      this.#observer.onProblem?.(error);
    }
  }

  #onStreamEnd(stream: ServerStream, end: StreamEnd): void {
    this.#plays.end(stream, end);
    const publish = this.#publishes.get(stream);
    this.#publishes.delete(stream);
    if (publish !== undefined) {
      publish.ingest.end(end);
      this.#observer.onPublishEnd?.(publish.path, end);
    }
  }

  #onClose(cause: RtmpError | undefined): void {
    // An observer that threw has kept the streams behind it from ending.
    this.#plays.leave();
    for (const { ingest } of this.#publishes.values()) ingest.end("lost");
    this.#publishes.clear();
    this.#sharedObjects.leave();
    this.#observer.onClose?.(cause);
  }

  #flush(): void {
    for (const { ingest } of this.#publishes.values()) ingest.flush();
  }
}

/** The address without the port, which changes with every connection. */
function addressOf(remote: string): string {
  return remote.replace(/:\d+$/, "");
}

/** A publishing stream of the connection. */
interface ServedPublish {
  readonly path: StreamPath;
  readonly ingest: RtmpIngest;
}
