/** Publishers of which there is no program to run, replayed after what is documented of them. */

import { describe, expect, test } from "vitest";

import { dji } from "../fixtures/encoders/dji.ts";
import { emptyApp } from "../fixtures/encoders/empty-app.ts";
import { emptyKey } from "../fixtures/encoders/empty-key.ts";
import type { EncoderStream, Played } from "../fixtures/encoders/encoder.ts";
import { flashAirAmf3 } from "../fixtures/encoders/flash-air-amf3.ts";
import { fmle } from "../fixtures/encoders/fmle.ts";
import { obs302Multitrack } from "../fixtures/encoders/obs-30-2-multitrack.ts";
import { obs30Hevc } from "../fixtures/encoders/obs-30-hevc.ts";
import { prism } from "../fixtures/encoders/prism.ts";
import { rtmpsinkQuotedTcUrl } from "../fixtures/encoders/rtmpsink-quoted-tcurl.ts";
import { strictArrayConnect } from "../fixtures/encoders/strict-array-connect.ts";
import { InProcessServer, mediaLine, type Peer, streamLines } from "../src/in-process-server.ts";
import { interop } from "../src/interop/proof.ts";
import { join, text } from "../src/wire-bytes.ts";
import { connect, createStream, play } from "../src/wire-commands.ts";

const encoders = [
  { encoder: obs30Hevc, meta: interop.byHand("obs-30", "publish", "hevc") },
  { encoder: obs302Multitrack, meta: interop.byHand("obs-30", "publish", "multitrack") },
  { encoder: flashAirAmf3, meta: interop.byHand("flash", "publish") },
  { encoder: dji, meta: interop.byHand("dji", "publish") },
  { encoder: fmle, meta: interop.byHand("fmle", "publish") },
  { encoder: emptyApp, meta: {} },
  { encoder: emptyKey, meta: {} },
  { encoder: strictArrayConnect, meta: {} },
  { encoder: prism, meta: interop.byHand("prism", "publish") },
  { encoder: rtmpsinkQuotedTcUrl, meta: {} },
];

/** How the bytes come in. */
const deliveries: [string, (wire: readonly Uint8Array[]) => Uint8Array[]][] = [
  ["write by write", (wire) => [...wire]],
  ["in one piece", (wire) => [join(...wire)]],
  ["byte by byte", (wire) => Array.from(join(...wire), (byte) => Uint8Array.of(byte))],
];

/** A player of a stream path, whose app is all but the last part. */
function playerOf(server: InProcessServer, { streamPath }: EncoderStream): Peer {
  const cut = Math.max(0, streamPath.lastIndexOf("/"));
  const name = streamPath.slice(cut).replace("/", "");
  const player = server.open();
  player.say(connect({ app: text(streamPath.slice(0, cut)) }), createStream, play(name));
  return player;
}

const linesOf = (messages: readonly Played[]): string[] =>
  messages.map(({ typeId, timestamp, payload }) => mediaLine(typeId, timestamp, payload));

describe.each(encoders)("$encoder.name", ({ encoder, meta }) => {
  const { wire, more, goodbye, streams } = encoder;

  test.each(deliveries)("%s: players get every payload unchanged", { meta }, (_, deliver) => {
    const server = new InProcessServer();
    const waiting = streams.map((stream) => playerOf(server, stream));
    const publisher = server.open();
    for (const piece of deliver(wire)) publisher.say(piece);
    const late = streams.map((stream) => playerOf(server, stream));
    for (const piece of deliver(more)) publisher.say(piece);

    expect(publisher.events).toEqual(streams.map(({ streamPath }) => `publish ${streamPath}`));
    expect(publisher.problems).toEqual([]);
    expect(waiting.map(streamLines)).toEqual(streams.map((stream) => linesOf(stream.waiting)));
    expect(late.map(streamLines)).toEqual(streams.map((stream) => linesOf(stream.late)));
  });

  test("its goodbye ends its streams; without one they are lost", async () => {
    const server = new InProcessServer();
    const players = streams.map((stream) => playerOf(server, stream));
    const publisher = server.open();
    publisher.say(...wire, ...goodbye);
    publisher.client.close();
    await server.settleLater();

    const end = goodbye.length > 0 ? "closed" : "lost";
    const ends = streams.map(({ streamPath }) => `publish ${streamPath} ${end}`);
    expect(publisher.events.slice(streams.length)).toEqual([...ends, "close in order"]);
    const code =
      end === "closed" ? "NetStream.Play.UnpublishNotify" : "NetStream.Play.PublishNotify";
    expect(players.map(({ client }) => client.codes.at(-1))).toEqual(streams.map(() => code));
  });
});
