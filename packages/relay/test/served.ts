import { MessageTypeId, type OutgoingMessage } from "@rtmp/chunk";
import { StreamHub, type HubLimits, type StreamHubOptions, type TakeOver } from "@rtmp/hub";
import { serve, type ServedConnection, type ServeObserver, type ServeOptions } from "@rtmp/relay";
import {
  hex,
  type PairedTransport,
  ScriptedClient,
  seededBytes,
  seededRandom,
  transportPair,
  VirtualClock,
} from "@rtmp/testing";
import type { RtmpError } from "@rtmp/wire";

/** A connection to the server under test, and what its observer was told. */
export interface TestPeer {
  readonly client: ScriptedClient;
  /** The client's end. */
  readonly near: PairedTransport;
  /** The server's end. */
  readonly far: PairedTransport;
  readonly served: ServedConnection;
  /** Can be changed, so that it does something else. */
  readonly observer: ServeObserver;
  readonly events: string[];
  readonly problems: RtmpError[];
  /** Carries everything that waits on any connection of the server. */
  settle(): void;
}

/** A hub in virtual time and any number of clients in memory. */
export class TestServer {
  readonly clock: VirtualClock;
  readonly hub: StreamHub;
  readonly options: Partial<ServeOptions>;

  #peers: TestPeer[] = [];

  constructor(
    options: Partial<ServeOptions> & {
      hubLimits?: Partial<HubLimits>;
      takeOver?: TakeOver;
      hubOptions?: StreamHubOptions;
    } = {},
    clock = new VirtualClock(1_000),
  ) {
    this.options = options;
    this.clock = clock;
    this.hub = new StreamHub({
      clock: this.clock,
      limits: options.hubLimits ?? {},
      takeOver: options.takeOver ?? "resume",
      ...options.hubOptions,
    });
  }

  /** Opens a connection; the handshake is done. */
  open(): TestPeer {
    const [near, far] = transportPair({ clock: this.clock });
    const events: string[] = [];
    const problems: RtmpError[] = [];
    const observer: ServeObserver = {
      onConnect: ({ app }) => events.push(`connect ${app}`),
      onPublish: ({ streamPath }) => events.push(`publish ${streamPath}`),
      onPublishEnd: ({ streamPath }, end) => events.push(`publish ${streamPath} ${end}`),
      onPlay: ({ streamPath }) => events.push(`play ${streamPath}`),
      onPlayEnd: ({ streamPath }, end) => events.push(`play ${streamPath} ${end}`),
      onProblem: (error) => problems.push(error),
      onInternalError: (error) => events.push(`internal error ${String(error)}`),
      onClose: (cause) => events.push(`close ${cause?.code ?? "in order"}`),
    };
    const served = serve(far, {
      randomBytes: (length) => seededBytes(seededRandom(1111), length),
      ...this.options,
      hub: this.hub,
      clock: this.clock,
      observer,
    });
    const client = new ScriptedClient(near, this.clock);
    const settle = (): void => this.settle();
    const peer = { client, near, far, served, observer, events, problems, settle };
    this.#peers = [...this.openPeers, peer];
    peer.settle();
    return peer;
  }

  /** The connections that have not closed at both ends. */
  get openPeers(): TestPeer[] {
    return this.#peers.filter(({ near, far }) => !near.isClosed || !far.isClosed);
  }

  /** Carries everything that waits on any connection. */
  settle(): void {
    for (let round = 0; round < 2; round++) for (const { near } of this.#peers) near.flush();
  }

  /** Lets pending promises run, then carries what they brought about. */
  async settleLater(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, 0));
    this.settle();
  }

  /** Opens a connection that has connected to `live`. */
  connected(app = "live"): TestPeer {
    const peer = this.open();
    peer.client.connect(app);
    peer.settle();
    return peer;
  }

  /** Opens a connection whose stream 1 publishes. */
  publisher(name = "cam"): TestPeer {
    const peer = this.connected();
    peer.client.command(0, "createStream", null);
    peer.client.command(1, "publish", null, name, "live");
    peer.settle();
    return peer;
  }

  /** Opens a connection whose stream 1 plays. */
  player(name = "cam"): TestPeer {
    const peer = this.connected();
    peer.client.command(0, "createStream", null);
    peer.client.command(1, "play", null, name);
    peer.settle();
    return peer;
  }
}

/** Sends media from a publisher and carries it to all players. */
export function sendMedia(peer: TestPeer, ...messages: OutgoingMessage[]): void {
  peer.client.send(...messages);
  peer.settle();
}

const message = (typeId: number, timestamp: number, payload: Uint8Array): OutgoingMessage => ({
  chunkStreamId: typeId === MessageTypeId.Audio ? 4 : 6,
  timestamp,
  typeId,
  messageStreamId: 1,
  payload,
});

const withMark = (head: string, mark: number): Uint8Array => Uint8Array.of(...hex(head), mark);

/** AVC sequence header. */
export const videoHeader = (timestamp = 0, mark = 0x11): OutgoingMessage =>
  message(MessageTypeId.Video, timestamp, withMark("17 00 00 00 00", mark));

/** AVC keyframe. */
export const keyframe = (timestamp: number, mark = 0x22): OutgoingMessage =>
  message(MessageTypeId.Video, timestamp, withMark("17 01 00 00 00", mark));

/** AVC inter frame. */
export const interFrame = (timestamp: number, mark = 0x33): OutgoingMessage =>
  message(MessageTypeId.Video, timestamp, withMark("27 01 00 00 00", mark));

/** AAC sequence header. */
export const audioHeader = (timestamp = 0): OutgoingMessage =>
  message(MessageTypeId.Audio, timestamp, hex("af 00 12 10"));

/** Raw AAC frame. */
export const audioFrame = (timestamp: number, mark = 0x44): OutgoingMessage =>
  message(MessageTypeId.Audio, timestamp, withMark("af 01", mark));

/** `@setDataFrame`, `onMetaData`, an ECMA array with width 1280. */
export const setMetadata = (timestamp = 0): OutgoingMessage =>
  message(
    MessageTypeId.DataAmf0,
    timestamp,
    hex(`02 00 0d 40 73 65 74 44 61 74 61 46 72 61 6d 65 ${metadataBody}`),
  );

/** What players get of {@link setMetadata}. */
export const metadataBody =
  "02 00 0a 6f 6e 4d 65 74 61 44 61 74 61 08 00 00 00 01 00 05 77 69 64 74 68 00 40 94 00 00 00 00 00 00 00 00 09";
