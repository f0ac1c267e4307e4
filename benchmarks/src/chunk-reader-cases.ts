import { type Message, ChunkReader, MessageTypeId, type OutgoingMessage } from "@rtmp/chunk";
import { encodeAmf0 } from "@rtmp/amf";
import type { BenchCase } from "./bench-case.ts";
import { NodeMediaServerReader } from "./peers/node-media-server.ts";
import { ReceivedStream } from "./received-stream.ts";
import { Checksum, checksumOf, cut, inOrder, interleaved, videoMessages } from "./video-stream.ts";

/** Reads a whole stream; `onPayload` gets every payload of type 8 and above. */
type ReadAll = (reads: readonly Uint8Array[], onPayload?: (payload: Uint8Array) => void) => void;

const ignore = (): void => {};

const readOurs: ReadAll = (reads, onPayload) => {
  const onMessage =
    onPayload === undefined
      ? ignore
      : ({ typeId, payload }: Message): void => {
          if (typeId >= MessageTypeId.Audio) onPayload(payload);
        };
  const reader = new ChunkReader();
  for (const read of reads) reader.push(read, onMessage);
};

const readNodeMediaServer: ReadAll = (reads, onPayload = ignore) => {
  const reader = new NodeMediaServerReader(onPayload);
  for (const read of reads) reader.push(read);
};

function readerCase(
  name: string,
  messages: readonly OutgoingMessage[],
  stream: ReceivedStream,
  readAll: ReadAll,
): BenchCase {
  return {
    name,
    bytesPerOp: stream.bytes,
    before: () => stream.restore(),
    run: () => readAll(stream.reads),
    verify() {
      stream.restore();
      const checksum = new Checksum();
      readAll(stream.reads, (payload) => checksum.add(payload));
      if (checksum.value !== checksumOf(messages)) throw new Error(`${name} read other payloads`);
    },
  };
}

/** What a client says before it publishes, over and over. */
function commandMessages(): OutgoingMessage[] {
  const common = { chunkStreamId: 3, timestamp: 0, messageStreamId: 0 };
  const typeId = MessageTypeId.CommandAmf0;
  const connect = { app: "live", type: "nonprivate", tcUrl: "rtmp://127.0.0.1:1935/live" };
  return Array.from({ length: 2_000 }, () => [
    { ...common, typeId, payload: encodeAmf0("connect", 1, connect) },
    { ...common, typeId, payload: encodeAmf0("releaseStream", 2, null, "cam") },
    { ...common, typeId, payload: encodeAmf0("createStream", 3, null) },
  ]).flat();
}

/** The bound of the machine: the same bytes copied once, each 64 KiB read to a place of its own. */
function copyCase(name: string, stream: ReceivedStream): BenchCase {
  const target = new ReceivedStream(stream.reads);
  const run = (): void => {
    for (const [i, read] of stream.reads.entries()) target.reads[i]!.set(read);
  };
  return {
    name,
    bytesPerOp: stream.bytes,
    before: () => stream.restore(),
    run,
    verify() {
      stream.restore();
      target.reads[0]!.fill(0);
      run();
      if (Buffer.compare(target.reads[0]!, stream.reads[0]!) !== 0) throw new Error("no copy");
    },
  };
}

/**
 * The cases of the chunk reader, with the peer's and the machine's beside them.
 *
 * @param groups  length of the video stream in pairs of messages; 2000 make 30 MB, so that neither the stream nor its
 *                copy stays in the processor's caches, as with bytes from a network
 */
export function chunkReaderCases(groups: number): BenchCase[] {
  const messages = videoMessages(groups);
  const video = [
    ["128b-video", 128],
    ["4k-video", 4_096],
    ["60k-video", 60_000],
  ] as const;
  const commands = commandMessages();
  const few = videoMessages(10);
  const ofVideo = video.flatMap(([name, chunkSize]) => {
    const stream = new ReceivedStream(cut(inOrder(messages, chunkSize)));
    return [
      copyCase(`machine/copy-${name}`, stream),
      readerCase(`chunk-reader/${name}`, messages, stream, readOurs),
      readerCase(`node-media-server/${name}`, messages, stream, readNodeMediaServer),
    ];
  });
  const other = [
    ["interleaved-av", messages, cut(interleaved(messages, 4_096))],
    ["1-byte-splits", few, cut(inOrder(few, 4_096), 1)],
    ["commands", commands, cut(inOrder(commands, 128))],
  ] as const;
  return [
    ...ofVideo,
    ...other.map(([name, sent, reads]) =>
      readerCase(`chunk-reader/${name}`, sent, new ReceivedStream(reads), readOurs),
    ),
  ];
}
