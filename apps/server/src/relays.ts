import type { StreamHub } from "@rtmp/hub";
import {
  type ConnectionLogOptions,
  PullLog,
  PushLog,
  type RelayLogOptions,
  type RemoteName,
  type RemoteStream,
} from "@rtmp/node-kit";
import { type Pull, pullStream, type Push, pushStream, type RelayOptions } from "@rtmp/relay";

import type { PushTarget } from "./options.ts";

/** Construction of {@link Relays}. */
export interface RelaysOptions
  extends ConnectionLogOptions, Pick<RelayOptions, "dial" | "keyAgreement" | "clock"> {
  readonly hub: StreamHub;
  /** Streams that are fetched; those of one name are tried in order. */
  readonly pull: readonly RemoteStream[];
  /** The servers that streams are published at besides here. */
  readonly push: readonly PushTarget[];
}

/** The connections of the server to other servers. */
export class Relays {
  readonly #options: RelaysOptions;
  #pulls: readonly Pull[] = [];
  // Of each stream that is published here, or waited for.
  readonly #pushes = new Map<string, readonly Push[]>();
  // Connections that close.
  readonly #closing = new Set<Promise<void>>();

  constructor(options: RelaysOptions) {
    this.#options = options;
  }

  /** Streams that are published at other servers, or wait for them. */
  get pushedStreams(): number {
    return this.#pushes.size;
  }

  /** Begins to fetch; called once. */
  start(): void {
    const names = new Set(this.#options.pull.map(({ streamPath }) => streamPath));
    this.#pulls = Array.from(names, (streamPath) => this.#pull(streamPath));
  }

  /** A stream is published here; until it has ended it is published at the servers that it is for. */
  onPublish(streamPath: string): void {
    if (this.#pushes.has(streamPath)) return;
    for (const target of this.#options.push) {
      const url = target.urlOf(streamPath);
      if (url !== undefined) this.#push(streamPath, target, url);
    }
  }

  /** Ends every connection, in order; resolves when they have closed. */
  async close(): Promise<void> {
    for (const streamPath of this.#pushes.keys()) this.#endPushes(streamPath);
    for (const pull of this.#pulls) this.#close(pull);
    await Promise.all(this.#closing);
  }

  #endPushes(streamPath: string): void {
    const pushes = this.#pushes.get(streamPath) ?? [];
    this.#pushes.delete(streamPath);
    for (const push of pushes) this.#close(push);
  }

  #close(relay: Pull | Push): void {
    const closed = relay.close();
    this.#closing.add(closed);
    void closed.then(() => this.#closing.delete(closed));
  }

  #pull(streamPath: string): Pull {
    const sources = this.#options.pull.filter((source) => source.streamPath === streamPath);
    const observer = new PullObserver(this.#logOf(streamPath, sources), () =>
      this.onPublish(streamPath),
    );
    const urls = sources.map(({ url }) => url);
    return pullStream({ ...this.#relayOf(streamPath), urls, observer });
  }

  #push(streamPath: string, target: PushTarget, url: string): void {
    const observer = new PushObserver(this.#logOf(streamPath, [target]), () =>
      this.#endPushes(streamPath),
    );
    const push = pushStream({ ...this.#relayOf(streamPath), urls: [url], observer });
    this.#pushes.set(streamPath, [...(this.#pushes.get(streamPath) ?? []), push]);
  }

  #relayOf(streamPath: string): Omit<RelayOptions, "urls"> {
    const { hub, dial, keyAgreement, clock } = this.#options;
    return {
      hub,
      dial,
      streamPath,
      ...(keyAgreement === undefined ? {} : { keyAgreement }),
      ...(clock === undefined ? {} : { clock }),
    };
  }

  #logOf(stream: string, servers: readonly RemoteName[]): RelayLogOptions {
    const { log, floodGate } = this.#options;
    return { log, floodGate, stream, servers };
  }
}

/** What a stream that is fetched brings about: lines of the log, and pushes. */
class PullObserver extends PullLog {
  readonly #onCome: () => void;

  constructor(log: RelayLogOptions, onCome: () => void) {
    super(log);
    this.#onCome = onCome;
  }

  override onPublish(server: number): void {
    super.onPublish(server);
    this.#onCome();
  }
}

/** What a stream that is pushed brings about: lines of the log, until it has ended here. */
class PushObserver extends PushLog {
  readonly onIdle: () => void;

  constructor(log: RelayLogOptions, onIdle: () => void) {
    super(log);
    this.onIdle = onIdle;
  }
}
