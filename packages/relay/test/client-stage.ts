import { StreamHub } from "@rtmp/hub";
import { serve, type ServedConnection, type ServeOptions } from "@rtmp/relay";
import {
  type ClientMedia,
  connect,
  type Dial,
  type Player,
  type RtmpClient,
  type RtmpClientOptions,
} from "@rtmp/session";
import { type PairedTransport, transportPair } from "@rtmp/testing";

/** A server of the stage. */
export interface StageServer {
  readonly hub: StreamHub;
  /** Options of the connections to come; can be changed. */
  readonly options: Partial<ServeOptions>;
  /** What is served now, in order. */
  readonly served: ServedConnection[];
  /** Lines of the observers. */
  readonly events: string[];
  /** The server's ends of all connections, in order. */
  readonly ends: PairedTransport[];
}

/** Servers by their host name, and clients that reach them without a network. */
export class ClientStage {
  readonly servers = new Map<string, StageServer>();
  /** Hosts that were dialled, in order. */
  readonly dialled: string[] = [];

  readonly dial: Dial = ({ host }) => {
    this.dialled.push(host);
    const server = this.servers.get(host);
    if (server === undefined) return Promise.reject(new Error(`connect ECONNREFUSED ${host}`));
    const [near, far] = transportPair({ automatic: true });
    const { events } = server;
    server.ends.push(far);
    const served = serve(far, {
      hub: server.hub,
      observer: {
        onPublish: ({ streamPath }) => events.push(`publish ${streamPath}`),
        onPublishEnd: ({ streamPath }, end) => events.push(`publish ${streamPath} ${end}`),
        onPlay: ({ streamPath }) => events.push(`play ${streamPath}`),
        onPlayEnd: ({ streamPath }, end) => events.push(`play ${streamPath} ${end}`),
      },
      ...server.options,
    });
    server.served.push(served);
    return Promise.resolve(near);
  };

  /** Adds a server; two can share a hub. */
  add(host: string, options: Partial<ServeOptions> = {}, hub = new StreamHub()): StageServer {
    const server = { hub, options, served: [], events: [], ends: [] };
    this.servers.set(host, server);
    return server;
  }

  connect(url: string, options: Partial<RtmpClientOptions> = {}): Promise<RtmpClient> {
    return connect(url, { ...options, dial: this.dial });
  }
}

/** Lets everything that travels by itself arrive. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setTimeout(resolve, 0));
}

/** Takes what a player gets until its stream ends. */
export function recording(player: Player): {
  readonly lines: string[];
  readonly done: Promise<void>;
} {
  const lines: string[] = [];
  const run = async (): Promise<void> => {
    for await (const media of player) if (media.kind !== "data") lines.push(lineOf(media));
  };
  return { lines, done: run() };
}

/** One line for a message: its kind, time, and last byte, which the tests number. */
function lineOf({ kind, timestamp, body }: ClientMedia): string {
  const isHeader = body[1] === 0;
  return `${kind}${isHeader ? " header" : ""} ${timestamp} #${body.at(-1)}`;
}
