import { ChunkReader, ChunkWriter, MessageTypeId } from "@rtmp/chunk";
import { type Command, decodeCommand, encodeCommand } from "@rtmp/message";
import { connect, type Dial, type RtmpClient, type RtmpClientOptions } from "@rtmp/session";
import { hex, type PairedTransport, transportPair } from "@rtmp/testing";
import { serverHandshake } from "./client-bench.ts";

type Value = Command["args"][number];

const clientHandshakeBytes = 3073;

/** What a server says to publish or play: nothing, or a status. */
type Verdict = "nothing" | `NetStream.${string}`;

/** What a server does by itself. */
export interface Policy {
  /** @default "NetStream.Publish.Start" */
  publish?: Verdict;
  /** @default "NetStream.Play.Start" */
  play?: Verdict;
  /** Properties of the status that refuses connect, by the app that is asked for; undefined grants. @default grants */
  refusal?: (app: string) => Record<string, Value> | undefined;
  /** Said in one write with the answer to connect. */
  onConnect?: (end: ServerEnd) => void;
}

/** The server's end of one connection: answers by its policy, says what the test wants, writes down what it is told. */
export class ServerEnd {
  readonly transport: PairedTransport;
  /** Commands with their texts and numbers, and media as `video 40 #3`: the time and the last byte. */
  readonly log: string[] = [];
  readonly policy: Policy;
  /** `app tcUrl` of connect. */
  asked = "";
  /** Whether connect has been granted. */
  connected = false;
  closed = false;
  readonly #reader = new ChunkReader();
  readonly #writer = new ChunkWriter();
  #received = 0;
  #streams = 0;
  #gathers = false;

  constructor(transport: PairedTransport, policy: Policy) {
    this.transport = transport;
    this.policy = policy;
    transport.start({
      onBytes: (bytes) => this.#onBytes(bytes),
      onDrain: () => {},
      onClose: () => {
        this.closed = true;
      },
    });
  }

  /** What was logged since the last call, without the habits of encoders around publish. */
  news(): string[] {
    return this.log.splice(0).filter((line) => !/^(?:releaseStream|FC|createStream)/.test(line));
  }

  /** Sends a command. */
  command(messageStreamId: number, name: string, transactionId: number, ...args: Value[]): void {
    const payload = encodeCommand({ name, transactionId, args });
    this.send(MessageTypeId.CommandAmf0, messageStreamId, 0, payload);
  }

  /** Sends onStatus. */
  status(messageStreamId: number, code: string, more: Record<string, string> = {}): void {
    this.command(messageStreamId, "onStatus", 0, { code, ...more });
  }

  /** Sends a Reconnect Request. */
  reconnect(tcUrl?: string): void {
    const code = "NetConnection.Connect.ReconnectRequest";
    this.status(0, code, tcUrl === undefined ? {} : { tcUrl });
  }

  /** Sends a keyframe of stream 1, its last byte the mark. */
  video(timestamp: number, mark: number, length = 6): void {
    const payload = new Uint8Array(length);
    payload.set(hex("17 01"));
    payload[length - 1] = mark;
    this.send(MessageTypeId.Video, 1, timestamp, payload);
  }

  send(typeId: number, messageStreamId: number, timestamp: number, payload: Uint8Array): void {
    this.#writer.write({ chunkStreamId: 3, timestamp, typeId, messageStreamId, payload });
    if (!this.#gathers) this.transport.write(this.#writer.take());
  }

  /** Sends everything that a function sends in one write, so that it arrives in one read. */
  together(run: () => void): void {
    this.#gathers = true;
    run();
    this.#gathers = false;
    this.transport.write(this.#writer.take());
  }

  #onBytes(bytes: Uint8Array): void {
    const before = this.#received;
    this.#received += bytes.length;
    if (before === 0) this.transport.write(serverHandshake);
    if (this.#received <= clientHandshakeBytes) return;
    const chunks = bytes.subarray(Math.max(0, clientHandshakeBytes - before));
    this.#reader.push(chunks.slice(), ({ typeId, messageStreamId, timestamp, payload }) => {
      if (typeId === MessageTypeId.CommandAmf0) {
        this.#onCommand(messageStreamId, decodeCommand(payload));
      } else if (typeId in kinds) {
        this.log.push(`${kinds[typeId]} ${timestamp} #${payload.at(-1)}`);
      }
    });
  }

  #onCommand(messageStreamId: number, command: Command): void {
    const { name, transactionId, args } = command;
    this.log.push([name, ...args.map(textOf)].join(" "));
    const { publish = "NetStream.Publish.Start", play = "NetStream.Play.Start" } = this.policy;
    if (name === "connect") {
      this.#onConnect(command);
    } else if (name === "createStream") {
      this.command(0, "_result", transactionId, ++this.#streams);
    } else if (name === "publish" && publish !== "nothing") {
      this.status(messageStreamId, publish);
    } else if (name === "play" && play !== "nothing") {
      this.status(messageStreamId, play);
    }
  }

  #onConnect({ transactionId, commandObject }: Command): void {
    const { app, tcUrl } = Object(commandObject);
    this.asked = `${app} ${tcUrl}`;
    const refusal = this.policy.refusal?.(app);
    if (refusal !== undefined) {
      const code = "NetConnection.Connect.Rejected";
      this.command(0, "_error", transactionId, { level: "error", code, ...refusal });
      this.transport.close(100);
      return;
    }
    this.together(() => {
      this.command(0, "_result", transactionId, { code: "NetConnection.Connect.Success" });
      this.policy.onConnect?.(this);
    });
    this.connected = true;
  }
}

function textOf(value: Value): string {
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

const kinds: Readonly<Record<number, string>> = { 8: "audio", 9: "video", 18: "data" };

/** Servers by their host names, and clients that reach them without a network. */
export class Servers {
  /** The ends of all connections, in the order in which they were dialled. */
  readonly ends: ServerEnd[] = [];
  /** `host:port` of each of them. */
  readonly #dialled: string[] = [];
  /** Called in front of each dial. */
  onDial: (host: string) => void = () => {};
  readonly #policies: Readonly<Record<string, Policy>>;

  constructor(policies: Readonly<Record<string, Policy>>) {
    this.#policies = policies;
  }

  readonly dial: Dial = ({ host, port }) => {
    this.onDial(host);
    const policy = this.#policies[host];
    if (policy === undefined) return Promise.reject(new Error(`ENOTFOUND ${host}`));
    const [near, far] = transportPair({ automatic: true });
    this.ends.push(new ServerEnd(far, policy));
    this.#dialled.push(`${host}:${port}`);
    return Promise.resolve(near);
  };

  connect(
    url = "rtmp://a/live/cam",
    options: Partial<RtmpClientOptions> = {},
  ): Promise<RtmpClient> {
    return connect(url, { ...options, dial: this.dial });
  }

  /** `host:port app tcUrl` of each connect, in order. */
  get asked(): string[] {
    return this.ends.map(({ asked }, index) => `${this.#dialled[index]} ${asked}`);
  }

  /** The end of a connection, by its number. */
  end(index: number): ServerEnd {
    const end = this.ends[index];
    if (end === undefined) throw new Error(`no connection ${index}`);
    return end;
  }
}

/** Lets everything that travels by itself arrive. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setTimeout(resolve, 0));
}
