/**
 * The whole server side of one connection: session, driver, hub, and the decisions between them.
 */

import { HubError, type StreamHub, type SubscriberLimits } from "@rtmp/hub";
import { type SharedObjectMessage, StatusCode, type StreamPath } from "@rtmp/message";
import {
  Driver,
  type DriverOptions,
  type IncomingCall,
  type IncomingConnect,
  type IncomingPause,
  type IncomingPlay,
  type IncomingPlay2,
  type IncomingPublish,
  type IncomingSeek,
  type Rejection,
  ServerSession,
  type ServerSessionHandlers,
  type ServerStream,
  type StreamEnd,
  type Transport,
} from "@rtmp/session";
import { type Clock, RtmpError, systemClock } from "@rtmp/wire";
import type { AuthenticateAccess, Authorise } from "./access.ts";
import { capabilitiesFor } from "./capabilities.ts";
import type { PlayerWishes } from "./player-form.ts";
import { RtmpIngest } from "./rtmp-ingest.ts";
import type { ServeObserver } from "./serve-observer.ts";
import type { ServedConnection, ServeOptions } from "./serve-options.ts";
import type { PlayEnvironment } from "./served-play.ts";
import { ServedPlays } from "./served-plays.ts";
import { ServedSharedObjects } from "./shared-objects/served-shared-objects.ts";
import { type AccessOwner, decideAccess } from "./stream-access.ts";

/**
 * Serves RTMP on a transport until it closes: publishes into the hub and plays from it.
 *
 * @throws RangeError when a limit is out of range
 */
export function serve(transport: Transport, options: ServeOptions): ServedConnection {
  return new Served(transport, options);
}

/** One connection; it is itself what its session, its driver and its plays tell things. */
class Served
  implements ServedConnection, ServerSessionHandlers, DriverOptions, AccessOwner, PlayEnvironment
{
  readonly transport: Transport;
  readonly clock: Clock;
  readonly hub: StreamHub;
  readonly observer: ServeObserver;
  readonly tracks: PlayerWishes["tracks"];
  readonly limits: SubscriberLimits;
  readonly driver: Driver;
  onCall?: (call: IncomingCall) => void;
  readonly #options: ServeOptions;
  readonly #session: ServerSession;
  // Who the client is; undefined while nobody asked.
  #user: string | undefined;
  // Made when they are needed: most connections play, few publish, and hardly one has shared objects.
  #plays: ServedPlays | undefined;
  #publishes: Map<ServerStream, ServedPublish> | undefined;
  #sharedObjects: ServedSharedObjects | undefined;

  constructor(transport: Transport, options: ServeOptions) {
    const { hub, clock = systemClock, limits, chunkSize, rtmpe, randomBytes } = options;
    this.transport = transport;
    this.clock = clock;
    this.hub = hub;
    this.observer = options.observer ?? {};
    this.tracks = options.tracks ?? "all";
    this.limits = hub.limitsFor(options.playerLimits);
    this.#options = options;
    if (options.onCall !== undefined) this.onCall = options.onCall;
    this.driver = new Driver(this);
    this.#session = new ServerSession({
      handlers: this,
      now: clock.now(),
      reuseInput: transport.reusesBuffers,
      ...(limits === undefined ? {} : { limits }),
      ...(chunkSize === undefined ? {} : { chunkSize }),
      ...(rtmpe === undefined ? {} : { rtmpe }),
      ...(randomBytes === undefined ? {} : { randomBytes }),
    });
    this.driver.start(this.#session);
  }

  get remote(): string {
    return this.transport.remote;
  }

  get user(): string | undefined {
    return this.#user;
  }

  get authorise(): Authorise | undefined {
    return this.#options.authorise;
  }

  get authenticates(): boolean {
    return this.#options.authenticate !== undefined;
  }

  shutDown(): void {
    this.driver.batch(() => this.#session.shutDown());
  }

  requestReconnect(tcUrl?: string): boolean {
    let sent = false;
    this.driver.batch(() => {
      sent = this.#session.requestReconnect({ tcUrl });
    });
    return sent;
  }

  onConnect(request: IncomingConnect): void {
    const { connect } = request;
    const answer = (access: AuthenticateAccess): void => {
      this.#batch(() => {
        if (!access.granted) {
          request.reject({ description: access.description });
          return;
        }
        if ("user" in access) this.#user = access.user;
        request.accept(capabilitiesFor(connect));
        this.observer.onConnect?.(connect);
      });
    };
    const access = this.#options.authenticate?.(connect) ?? { granted: true };
    if ("then" in access) {
      access.then(answer, (error) => {
        this.onAccessFailure(error);
        answer({ granted: false, description: "authorisation is not available" });
      });
    } else answer(access);
  }

  onPublish(request: IncomingPublish): void {
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
      const onTrack = this.observer.onTrack?.bind(this.observer, path);
      const ingest = new RtmpIngest(publication, onTrack);
      (this.#publishes ??= new Map()).set(request.stream, { path, ingest });
      request.accept();
      this.observer.onPublish?.(path);
    });
  }

  onPlay(request: IncomingPlay): void {
    this.#decide("play", request, StatusCode.PlayFailed, (path) => {
      this.#plays ??= new ServedPlays(this);
      this.#plays.open(request, path);
    });
  }

  onPlay2(request: IncomingPlay2): void {
    const { stream, options } = request;
    const wish = { streamName: options.streamName, reject: request.reject.bind(request) };
    const play = this.#plays?.get(stream);
    this.#decide("play", wish, StatusCode.PlayFailed, (path) =>
      this.#plays?.change(play, request, path),
    );
  }

  onPause(request: IncomingPause): void {
    if (this.#plays === undefined) request.accept();
    else this.#plays.pause(request);
  }

  onSeek(request: IncomingSeek): void {
    request.reject({ description: "a live stream has no other place" });
  }

  onReceive(stream: ServerStream): void {
    this.#plays?.get(stream)?.receive();
  }

  onMedia(stream: ServerStream, typeId: number, timestamp: number, payload: Uint8Array): void {
    try {
      this.#publishes?.get(stream)?.ingest.write(typeId, timestamp, payload);
    } catch (error) {
      if (!(error instanceof RtmpError)) throw error;
      this.onProblem(error);
    }
  }

  onStreamEnd(stream: ServerStream, end: StreamEnd): void {
    this.#plays?.end(stream, end);
    const publish = this.#publishes?.get(stream);
    this.#publishes?.delete(stream);
    if (publish !== undefined) {
      publish.ingest.end(end);
      this.observer.onPublishEnd?.(publish.path, end);
    }
  }

  onSharedObject(message: SharedObjectMessage): void {
    this.#sharedObjects ??= new ServedSharedObjects({
      sharedObjects: this.#options.sharedObjects,
      session: this.#session,
      driver: this.driver,
      remote: this.remote,
      onProblem: (error) => this.onProblem(error),
    });
    this.#sharedObjects.receive(message);
  }

  isInUse(): boolean {
    return this.#sharedObjects?.inUse ?? false;
  }

  onProblem(error: RtmpError): void {
    this.observer.onProblem?.(error);
  }

  onOutput(): void {
    this.driver.onOutput();
  }

  onClose(cause: RtmpError | undefined): void {
    // An observer that threw has kept the streams behind it from ending.
    this.#plays?.leave();
    for (const { ingest } of this.#publishes?.values() ?? []) ingest.end("lost");
    this.#publishes?.clear();
    this.#sharedObjects?.leave();
    this.observer.onClose?.(cause);
  }

  onReceived(): void {
    if (this.#publishes === undefined) return;
    for (const { ingest } of this.#publishes.values()) ingest.flush();
  }

  onInternalError(error: unknown): void {
    this.observer.onInternalError?.(error);
  }

  onDisconnect(): void {
    this.observer.onDisconnect?.();
  }

  onEvict(cause: HubError): void {
    this.driver.batch(() => this.#session.end(cause));
  }

  onAccessFailure(error: unknown): void {
    if (!this.#session.closed) this.observer.onInternalError?.(error);
  }

  /** Takes the name at the hub, or refuses the request. */
  #claim(path: StreamPath, request: IncomingPublish): ReturnType<StreamHub["publish"]> | undefined {
    try {
      return this.hub.publish(path.streamPath, {
        owner: this.#user ?? addressOf(this.remote),
        silentMs: () => this.clock.now() - this.#session.lastReceivedAt,
        onTakenOver: (cause) => this.driver.batch(() => this.#session.end(cause)),
      });
    } catch (error) {
      if (!(error instanceof HubError)) throw error;
      this.onProblem(error);
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
    decideAccess(this, connect, {
      action,
      streamName: request.streamName,
      deniedCode,
      grant: (path) => this.#batch(() => grant(path)),
      refuse: (rejection) => this.#batch(() => request.reject(rejection)),
    });
  }

  /** Does what an answer brings about, unless the client has gone meanwhile: players of the name must not hear of it. */
  #batch(run: () => void): void {
    this.driver.batch(() => {
      if (!this.#session.closed) run();
    });
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
