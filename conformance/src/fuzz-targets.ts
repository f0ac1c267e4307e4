/** Every decoder that bytes of a peer reach, with valid input to begin from. */

import { readFileSync } from "node:fs";
import { decodeAmf0Sequence, decodeAmf3Sequence } from "@rtmp/amf";
import { ChunkReader, decodeProtocolControl, MessageTypeId } from "@rtmp/chunk";
import { ClientHandshake, ServerHandshake } from "@rtmp/handshake";
import {
  decodeAggregate,
  decodeCommand,
  decodeData,
  decodeUserControl,
  encodeCommand,
  pauseCommand,
  play2Command,
  readConnect,
  readCreateStreamResult,
  readPause,
  readPlay2,
  readReceive,
  readReconnectRequest,
  readRedirect,
  readSeek,
  readStatus,
  receiveAudioCommand,
  reconnectRequest,
  resolveReconnectUrl,
  resolveStreamPath,
  seekCommand,
  splitSetDataFrame,
} from "@rtmp/message";
import { ServerSession } from "@rtmp/session";
import { StreamHub } from "@rtmp/hub";
import { serve } from "@rtmp/relay";
import { randomSplit, transportPair, VirtualClock } from "@rtmp/testing";
import { runTrack, trackSeeds } from "./fuzz-track.ts";
import { flvTargets } from "./fuzz-flv.ts";
import { sharedObjectTargets } from "./fuzz-shared-objects.ts";

/** A decoder under test. */
export interface FuzzTarget {
  readonly name: string;
  /** Valid input. */
  readonly seeds: readonly Uint8Array[];
  /** How many inputs of a hundred it gets; they add up to a hundred. */
  readonly share: number;
  /** Decodes; may throw an `RtmpError` and nothing else. */
  run(bytes: Uint8Array, random: () => number): void;
}

const captures = [
  "obs-publish-h264-aac",
  "ffmpeg5-publish-connect-options",
  "ffmpeg8-publish-multitrack-h264-hevc-aac-opus",
  "gstreamer-publish-h264-aac",
  "rtmpdump-play-h264-aac",
  "nginx-pull-h264-aac",
];
const handshakeBytes = 3_073;
// Commands and the first frames; the rest of a capture is more of the same.
const sessionBytes = 4_096;

const folder = new URL("../../packages/testing/fixtures/captures/", import.meta.url);
const sessions = captures.map((name) =>
  new Uint8Array(readFileSync(new URL(`${name}.c2s.bin`, folder))).slice(
    0,
    handshakeBytes + sessionBytes,
  ),
);
const answers = captures.map((name) =>
  new Uint8Array(readFileSync(new URL(`${name}.s2c.bin`, folder))).slice(
    0,
    handshakeBytes + sessionBytes,
  ),
);

/** Payloads of the captures by message type. */
function payloads(...typeIds: number[]): Uint8Array[] {
  const found: Uint8Array[] = [];
  for (const bytes of [...sessions, ...answers]) {
    new ChunkReader().push(bytes.slice(handshakeBytes), (message) => {
      if (typeIds.includes(message.typeId)) found.push(message.take().slice());
    });
  }
  return found;
}

const commands = payloads(MessageTypeId.CommandAmf0);
const data = payloads(MessageTypeId.DataAmf0);
const video = payloads(MessageTypeId.Video);
const audio = payloads(MessageTypeId.Audio);
const text = new TextDecoder("latin1");

// app, tcUrl and stream name as clients write them.
const names = [
  "live rtmp://127.0.0.1/live cam?token=a%20b&n=1",
  "live/_definst_ rtmp://[::1]:1935/live/_definst_?vhost=a mp4:clip.mp4",
  "live?token=abc rtmp://h/live?token=abc key/with/slashes",
  " rtmp://h:1935//key key",
].map((line) => new Uint8Array(Buffer.from(line)));

/** Feeds bytes in pieces of random length. */
function feed(bytes: Uint8Array, random: () => number, take: (piece: Uint8Array) => void): void {
  for (const piece of randomSplit(bytes, random, 700)) take(piece);
}

/** All targets. */
export const fuzzTargets: readonly FuzzTarget[] = [
  {
    name: "amf0",
    share: 9,
    seeds: [...commands, ...data],
    run: (bytes) => void decodeAmf0Sequence(bytes),
  },
  { name: "amf3", share: 9, seeds: amf3Seeds(), run: (bytes) => void decodeAmf3Sequence(bytes) },
  {
    name: "command",
    share: 9,
    seeds: [...commands, ...playbackCommands()],
    run(bytes, random) {
      const command = decodeCommand(bytes, { amf3: random() < 0.2 });
      readConnect(command);
      readPause(command);
      readReceive(command);
      readCreateStreamResult(command);
      const status = readStatus(command);
      const { tcUrl } = readReconnectRequest(status) ?? { tcUrl: readRedirect(status) };
      if (tcUrl !== undefined) resolveReconnectUrl("rtmp://h/live", tcUrl);
      if (command.name === "play2") readPlay2(command);
      if (command.name === "seek") readSeek(command);
    },
  },
  {
    name: "data",
    share: 6,
    seeds: data,
    run(bytes, random) {
      const amf3 = random() < 0.2;
      splitSetDataFrame(bytes, { amf3 });
      decodeData(bytes, { amf3 });
    },
  },
  {
    name: "aggregate",
    share: 2,
    seeds: [aggregateSeed()],
    run: (bytes, random) => void decodeAggregate(bytes, Math.floor(random() * 2 ** 32)),
  },
  ...sharedObjectTargets,
  {
    name: "user-control",
    share: 3,
    seeds: payloads(MessageTypeId.UserControl),
    run: (bytes) => void decodeUserControl(bytes),
  },
  {
    name: "protocol-control",
    share: 3,
    seeds: payloads(1, 2, 3, 5, 6),
    run: (bytes, random) =>
      void decodeProtocolControl([1, 2, 3, 5, 6][Math.floor(random() * 5)]!, bytes),
  },
  ...flvTargets({ video, audio, data }),
  {
    name: "track",
    share: 6,
    seeds: trackSeeds(),
    run: runTrack,
  },
  {
    name: "stream-path",
    share: 4,
    seeds: names,
    run(bytes) {
      const [app = "", tcUrl = "", streamName = ""] = text.decode(bytes).split(" ");
      resolveStreamPath({ app, tcUrl, streamName });
    },
  },
  {
    name: "chunks",
    share: 8,
    seeds: [...sessions, ...answers].map((bytes) => bytes.slice(handshakeBytes)),
    run(bytes, random) {
      const reader = new ChunkReader({ reuseInput: random() < 0.3 });
      feed(bytes, random, (piece) =>
        reader.push(piece, (message) => void (random() < 0.5 && message.take())),
      );
    },
  },
  {
    name: "server-handshake",
    share: 1,
    seeds: sessions.map((bytes) => bytes.slice(0, handshakeBytes + 50)),
    run(bytes, random) {
      const handshake = new ServerHandshake();
      feed(bytes, random, (piece) => {
        if (!handshake.done) handshake.receive(piece);
      });
    },
  },
  {
    name: "client-handshake",
    share: 1,
    seeds: answers.map((bytes) => bytes.slice(0, handshakeBytes + 50)),
    run(bytes, random) {
      const handshake = new ClientHandshake({
        form: random() < 0.5 ? "digest" : "simple",
        verifyS2: true,
      });
      handshake.start();
      feed(bytes, random, (piece) => {
        if (!handshake.done) handshake.receive(piece);
      });
    },
  },
  { name: "session", share: 3, seeds: sessions, run: runSession },
  { name: "serve", share: 1, seeds: sessions, run: runServe },
];

/** AMF3 has no capture: bodies of every marker, from the tables of the specification. */
function amf3Seeds(): Uint8Array[] {
  return [
    "04 c0 80 80 00 05 3f e0 00 00 00 00 00 00 06 05 68 69 06 00 08 01 00 00 00 00 00 00 00 00",
    "09 05 03 61 04 01 01 06 05 68 69 06 02 0a 0b 01 03 61 04 01 01",
    "09 05 01 0a 23 03 50 03 78 03 79 04 03 04 04 0a 01 04 05 04 06",
    "09 03 01 09 00 0c 09 de ad be ef 0b 09 3c 61 2f 3e 07 09 3c 61 2f 3e",
    "0d 05 00 00 00 00 01 ff ff ff ff 0e 03 01 ff ff ff ff 0f 03 00 3f f0 00 00 00 00 00 00",
    "10 03 00 03 2a 06 03 61 11 03 00 06 03 6b 04 01",
  ].map((hex) => new Uint8Array(Buffer.from(hex.replaceAll(" ", ""), "hex")));
}

/** Two tags with back pointers; no capture has an aggregate. */
function aggregateSeed(): Uint8Array {
  const tags =
    "08000003001388000000 00af0121 0000000e 0900000a0013b0000000 0027010000000000000141 00000015";
  return new Uint8Array(Buffer.from(tags.replaceAll(" ", ""), "hex"));
}

/** Playback control and a ReconnectRequest, which no capture has. */
function playbackCommands(): Uint8Array[] {
  return [
    play2Command(0, { streamName: "b", oldStreamName: "a", length: 10, transition: "switch" }),
    seekCommand(3, 1_111),
    pauseCommand(0, true, 2_222),
    receiveAudioCommand(0, false),
    reconnectRequest({ tcUrl: "//192.0.2.0/live", description: "maintenance" }),
  ].map(encodeCommand);
}

/** A session whose owner answers most requests, and some of them never. */
function runSession(bytes: Uint8Array, random: () => number): void {
  const session = new ServerSession({
    now: 0,
    handlers: {
      onPublish: (request) => void (random() < 0.8 && request.accept()),
      onPlay: (request) => void (random() < 0.8 && request.accept()),
      onMedia() {},
      onStreamEnd() {},
    },
  });
  let now = 0;
  feed(bytes, random, (piece) => {
    session.receive(piece, (now += 10));
    session.takeOutput();
    if (random() < 0.1) session.tick(now);
  });
  session.end();
}

/** A whole served connection. */
function runServe(bytes: Uint8Array, random: () => number): void {
  const clock = new VirtualClock();
  const [near, far] = transportPair({ clock });
  const failures: unknown[] = [];
  serve(far, {
    hub: new StreamHub({ clock }),
    clock,
    observer: { onInternalError: (error) => failures.push(error) },
  });
  near.start({ onBytes() {}, onDrain() {}, onClose() {} });
  feed(bytes, random, (piece) => {
    near.write(piece);
    near.flush();
  });
  near.reset();
  near.flush();
  if (failures.length > 0) throw failures[0];
}
