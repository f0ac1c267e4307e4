/** The server without a socket: a hub in virtual time and clients in memory. */

import { StreamHub, type HubLimits } from "@rtmp/hub";
import { serve, type ServeObserver, type ServeOptions } from "@rtmp/relay";
import {
  type PairedTransport,
  type ReceivedMessage,
  ScriptedClient,
  seededBytes,
  seededRandom,
  toHex,
  transportPair,
  VirtualClock,
} from "@rtmp/testing";

import { TappedTransport } from "./tapped-transport.ts";
import { join } from "./wire-bytes.ts";
import { connectLive, createStream, play, publish } from "./wire-commands.ts";

/** One connection, seen from both ends. */
export interface Connection {
  /** The client's end. */
  readonly near: PairedTransport;
  /** The server's end. */
  readonly far: PairedTransport;
  /** What the server's observer was told, a line each. */
  readonly events: string[];
  /** Codes of what was dropped or refused while the connection went on. */
  readonly problems: string[];
}

/** A connection whose client is a {@link ScriptedClient}; the handshake is done. */
export interface Peer extends Connection {
  readonly client: ScriptedClient;
  /** All bytes that the server sent, from S0 on. */
  wire(): Uint8Array;
  /** Sends bytes, and carries everything that waits anywhere. */
  say(...bytes: readonly Uint8Array[]): void;
}

/** A connection whose client is the test itself, from C0 on. */
export interface BarePeer extends Connection {
  /** All bytes that the server sent. */
  wire(): Uint8Array;
  say(...bytes: readonly Uint8Array[]): void;
}

/** A hub and everybody who is connected to it. */
export class InProcessServer {
  readonly clock = new VirtualClock(1_000);
  readonly hub: StreamHub;
  readonly #options: Partial<ServeOptions>;
  readonly #connections: Connection[] = [];

  constructor({
    hubLimits = {},
    ...options
  }: Partial<ServeOptions> & { hubLimits?: Partial<HubLimits> } = {}) {
    this.#options = options;
    this.hub = new StreamHub({ clock: this.clock, limits: hubLimits });
  }

  /** Carries everything that waits on any connection. */
  settle(): void {
    for (let round = 0; round < 2; round++) {
      for (const { near } of this.#connections) near.flush();
    }
  }

  /** Lets pending promises run, then carries what they brought about: a status that players get by themselves. */
  async settleLater(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, 0));
    this.settle();
  }

  /** Opens a connection and shakes hands. */
  open(): Peer {
    const connection = this.#accept();
    const tapped = new TappedTransport(connection.near);
    const client = new ScriptedClient(tapped, this.clock);
    this.settle();
    return {
      ...connection,
      client,
      wire: () => join(...tapped.received),
      say: (...bytes) => {
        for (const piece of bytes) client.sendRaw(piece);
        this.settle();
      },
    };
  }

  /** Opens a connection and says nothing. */
  openBare(): BarePeer {
    const connection = this.#accept();
    const received: Uint8Array[] = [];
    connection.near.start({
      onBytes: (bytes) => received.push(bytes),
      onDrain: () => {},
      onClose: () => {},
    });
    return {
      ...connection,
      wire: () => join(...received),
      say: (...bytes) => {
        for (const piece of bytes) connection.near.write(piece);
        this.settle();
      },
    };
  }

  /** Opens a connection to the app `live`. */
  connected(): Peer {
    const peer = this.open();
    peer.say(connectLive);
    return peer;
  }

  /** Opens a connection whose stream 1 publishes. */
  publisher(name = "cam"): Peer {
    const peer = this.connected();
    peer.say(createStream, publish(name));
    return peer;
  }

  /** Opens a connection whose stream 1 plays. */
  player(name = "cam"): Peer {
    const peer = this.connected();
    peer.say(createStream, play(name));
    return peer;
  }

  #accept(): Connection {
    const [near, far] = transportPair({ clock: this.clock });
    const events: string[] = [];
    const problems: string[] = [];
    const observer: ServeObserver = {
      onPublish: ({ streamPath }) => events.push(`publish ${streamPath}`),
      onPublishEnd: ({ streamPath }, end) => events.push(`publish ${streamPath} ${end}`),
      onPlay: ({ streamPath }) => events.push(`play ${streamPath}`),
      onPlayEnd: ({ streamPath }, end) => events.push(`play ${streamPath} ${end}`),
      onProblem: ({ code }) => problems.push(code),
      onInternalError: (error) => events.push(`internal error ${String(error)}`),
      onClose: (cause) => events.push(`close ${cause?.code ?? "in order"}`),
    };
    serve(far, {
      randomBytes: (length) => seededBytes(seededRandom(1111), length),
      ...this.#options,
      hub: this.hub,
      clock: this.clock,
      observer,
    });
    const connection = { near, far, events, problems };
    this.#connections.push(connection);
    return connection;
  }
}

/** Audio and video, a line each: type, time and payload. */
export function mediaLines(peer: Peer): string[] {
  return peer.client.media().map(lineOf);
}

/** Audio, video and data, a line each, without the |RtmpSampleAccess that every play begins with. */
export function streamLines(peer: Peer): string[] {
  return peer.client
    .media(true)
    .map(lineOf)
    .filter((line) => !line.includes("7c 52 74 6d 70"));
}

function lineOf({ typeId, timestamp, payload }: ReceivedMessage): string {
  return mediaLine(typeId, timestamp, payload);
}

/** The line of one message. */
export function mediaLine(typeId: number, timestamp: number, payload: Uint8Array): string {
  return `${typeId} @${timestamp} ${toHex(payload)}`;
}
