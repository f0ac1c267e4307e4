/** A publisher of the load generator: a stamped stream at the pace of its timestamps. */

import { MessageTypeId } from "@rtmp/chunk";
import {
  type Command,
  createStreamCommand,
  encodeCommand,
  encodeData,
  publishCommand,
  readCreateStreamResult,
  setDataFrame,
  StatusCode,
} from "@rtmp/message";

import { bareGreeting, encodeBareBatch } from "./bare-wire.ts";
import { connectTo, LoadConnection } from "./load-connection.ts";
import { openSocket, type Target } from "./socket.ts";
import {
  sequenceHeaders,
  type StampedMessage,
  StampedStream,
  type StreamShape,
} from "./stamped-stream.ts";

/** What a publisher needs. */
export interface PublisherOptions {
  readonly target: Target;
  readonly app: string;
  readonly streamName: string;
  readonly shape: StreamShape;
  /** Speaks to a bare server, which merges nothing: a batch each so many milliseconds; undefined: RTMP. */
  readonly bareWindowMs: number | undefined;
  /** Microseconds. */
  readonly now: () => number;
}

/** A running publisher. */
export interface Publisher {
  /** Ends without a word, as one whose network went away. */
  cut(): void;
}

const publishStreamId = 1;
// What ffmpeg and OBS use is about this.
const publishChunkSize = 60_000;
const mediaChunkStreamId = { [MessageTypeId.Audio]: 4, [MessageTypeId.Video]: 6 } as Record<
  number,
  number
>;

/**
 * Begins to publish; resolves when the server has agreed.
 *
 * @throws Error when the connection ends before, as the rejection
 */
export function publish(options: PublisherOptions): Promise<Publisher> {
  return options.bareWindowMs === undefined
    ? publishRtmp(options)
    : publishBare(options, options.bareWindowMs);
}

function publishRtmp(options: PublisherOptions): Promise<Publisher> {
  const { target, app, streamName } = options;
  return new Promise((resolve, reject) => {
    let pace: Pace | undefined;
    const onCommand = (command: Command): void => {
      if (command.name === "_result" && command.transactionId === 1) {
        connection.command(0, encodeCommand(createStreamCommand(2)));
      } else if (command.name === "_result") {
        const id = readCreateStreamResult(command) ?? publishStreamId;
        connection.command(id, encodeCommand(publishCommand(3, streamName)));
      } else if (codeOf(command) === StatusCode.PublishStart) {
        pace = start(connection, options);
        resolve({
          cut() {
            pace?.stop();
            connection.reset();
          },
        });
      } else if (command.name === "_error" || command.name === "onStatus") {
        reject(new Error(`not published: ${JSON.stringify(command.args)}`));
      }
    };
    const connection = new LoadConnection(target, {
      onOpen: () => connection.command(0, connectTo(target, app)),
      onCommand,
      onMessage: () => {},
      onReceived: () => {},
      onClose: (cause) => {
        pace?.stop();
        reject(cause ?? new Error("the server closed the publisher's connection"));
      },
    });
  });
}

function codeOf({ name, args }: Command): unknown {
  const [info] = args;
  if (name !== "onStatus" || typeof info !== "object" || info === null) return undefined;
  return "code" in info ? info["code"] : undefined;
}

function start(connection: LoadConnection, options: PublisherOptions): Pace {
  const { writer } = connection;
  writer.setChunkSize(publishChunkSize);
  const metadata = { width: 1280, height: 720, framerate: 30, videocodecid: 7, audiocodecid: 10 };
  writer.write({
    chunkStreamId: 3,
    timestamp: 0,
    typeId: MessageTypeId.DataAmf0,
    messageStreamId: publishStreamId,
    payload: encodeData(setDataFrame("onMetaData", metadata)),
  });
  const send = (message: StampedMessage): void => {
    connection.send({
      chunkStreamId: mediaChunkStreamId[message.typeId] ?? 3,
      messageStreamId: publishStreamId,
      ...message,
    });
  };
  for (const header of sequenceHeaders) send(header);
  return new Pace(options, send);
}

function publishBare(options: PublisherOptions, windowMs: number): Promise<Publisher> {
  return new Promise((resolve, reject) => {
    let waiting: StampedMessage[] = [];
    const flush = (): void => {
      if (waiting.length > 0) socket.write(encodeBareBatch(waiting));
      waiting = [];
    };
    const socket = openSocket(options.target, {
      onOpen() {
        socket.write(bareGreeting);
        const timer = windowMs > 0 ? setInterval(flush, windowMs) : undefined;
        const pace = new Pace(options, (message) => {
          waiting.push(message);
          if (windowMs === 0) flush();
        });
        resolve({
          cut() {
            pace.stop();
            clearInterval(timer);
            socket.reset();
          },
        });
      },
      onBytes: () => {},
      onClose: (cause) => reject(cause ?? new Error("the bare server closed the connection")),
    });
  });
}

/** Sends each message when it is due. */
class Pace {
  readonly #stream: StampedStream;
  readonly #now: () => number;
  readonly #send: (message: StampedMessage) => void;
  readonly #begunAt: number;
  #timer: NodeJS.Timeout | undefined;

  constructor({ shape, now }: PublisherOptions, send: (message: StampedMessage) => void) {
    this.#stream = new StampedStream(shape);
    this.#now = now;
    this.#send = send;
    this.#begunAt = now();
    this.#run();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #run(): void {
    while (this.#dueIn() <= 0) this.#send(this.#stream.next(this.#now()));
    this.#timer = setTimeout(() => this.#run(), Math.max(1, Math.round(this.#dueIn())));
  }

  #dueIn(): number {
    return this.#stream.nextAt - (this.#now() - this.#begunAt) / 1_000;
  }
}
