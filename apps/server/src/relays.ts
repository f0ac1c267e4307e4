import type { StreamHub } from "@rtmp/hub";
import type { StreamPath } from "@rtmp/message";
import {
  type ConnectionLogOptions,
  PullLog,
  PushLog,
  type RelayLogOptions,
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

  constructor(options: RelaysOptions) {
    this.#options = options;
  }

  /** Begins to fetch; called once. */
  start(): void {
    const paths = new Map(this.#options.pull.map(({ path }) => [path.streamPath, path]));
    this.#pulls = Array.from(paths.values(), (path) => this.#pull(path));
  }

  /** A stream is published here; until it has ended it is published at the servers that it is for. */
  onPublish(path: StreamPath): void {
    const { streamPath } = path;
    if (this.#pushes.has(streamPath)) return;
    const pushes = this.#options.push.flatMap(({ name, urlOf }) => {
      const url = urlOf(path);
      return url === undefined ? [] : [this.#push(streamPath, name, url)];
    });
    if (pushes.length > 0) this.#pushes.set(streamPath, pushes);
  }

  /** Closes every connection, in order. */
  close(): void {
    for (const pull of this.#pulls) pull.close();
    for (const streamPath of this.#pushes.keys()) this.#endPushes(streamPath);
  }

  #endPushes(streamPath: string): void {
    for (const push of this.#pushes.get(streamPath) ?? []) push.close();
    this.#pushes.delete(streamPath);
  }

  #pull(path: StreamPath): Pull {
    const { streamPath } = path;
    const sources = this.#options.pull.filter((source) => source.path.streamPath === streamPath);
    const log = this.#logOf(streamPath, sources);
    return pullStream({
      ...this.#relayOf(streamPath),
      urls: sources.map(({ url }) => url),
      observer: new Fetching(log, () => this.onPublish(path)),
    });
  }

  #push(streamPath: string, name: string, url: string): Push {
    const log = this.#logOf(streamPath, [{ name }]);
    return pushStream({
      ...this.#relayOf(streamPath),
      urls: [url],
      observer: new Publishing(log, () => this.#endPushes(streamPath)),
    });
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

  #logOf(stream: string, servers: readonly { readonly name: string }[]): RelayLogOptions {
    const { log, floodGate } = this.#options;
    return { log, floodGate, stream, servers: servers.map(({ name }) => name) };
  }
}

/** What a stream that is fetched brings about: lines of the log, and pushes. */
class Fetching extends PullLog {
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
class Publishing extends PushLog {
  readonly onIdle: () => void;

  constructor(log: RelayLogOptions, onIdle: () => void) {
    super(log);
    this.onIdle = onIdle;
  }
}
