import { ClientSession, type ClientStream } from "@rtmp/session";
import { hex, toHex } from "@rtmp/testing";
import { describe, expect, test } from "vitest";
import { vectors } from "../vectors.ts";
import { serverHandshake } from "./client-bench.ts";

// Chunks of a server, headers included: all of type 0 on chunk stream 3.
const command = (messageStreamId: number, body: string): Uint8Array => {
  const payload = hex(body);
  const header = hex("03 00 00 00 00 00 00 14 00 00 00 00");
  header[6] = payload.length;
  header[8] = messageStreamId;
  return Uint8Array.of(...header, ...payload);
};
const status = (code: string): string =>
  `03 0004 "code" 02 00 ${code.length.toString(16)} "${code}" 0000 09`;
const connectResult = command(
  0,
  `02 0007 "_result" 00 3ff0000000000000 05 ${status("NetConnection.Connect.Success")}`,
);
const createStreamResult = (transactionId: string): Uint8Array =>
  command(0, `02 0007 "_result" 00 ${transactionId} 05 00 3ff0000000000000`);
const started = (code: string): Uint8Array =>
  command(1, `02 0008 "onStatus" 00 0000000000000000 05 ${status(code)}`);

/** A client that says in connect what another says, up to its C2. */
function client(options: { flashVer: string; swfUrl?: string; tcUrl: string; chunkSize: number }): {
  readonly session: ClientSession;
  readonly hear: (bytes: Uint8Array) => string;
} {
  const { chunkSize, ...connect } = options;
  const session = new ClientSession({
    now: 0,
    handshake: "simple",
    chunkSize,
    connect: { app: "live", ...connect },
    handlers: { onConnected: () => {} },
  });
  const hear = (bytes: Uint8Array): string => {
    session.receive(bytes, 0);
    return toHex(new Uint8Array(Buffer.concat(session.takeOutput())));
  };
  session.takeOutput();
  return { session, hear };
}

const withoutC2 = (text: string): string => text.slice(1536 * 3);
/** Bytes of the transcript, from one place to another. */
const obs = (start: number, end: number): string =>
  toHex(vectors.obsTranscript.subarray(start, end));
const asObs = {
  flashVer: "FMLE/3.0 (compatible; FMSc/1.0)",
  swfUrl: "rtmp://127.0.0.1/live",
  tcUrl: "rtmp://127.0.0.1/live",
  chunkSize: 4_096,
};

describe("a client on the wire", () => {
  test("publishes as OBS does, but for the chunk streams behind createStream", () => {
    const { session, hear } = client(asObs);
    // Set Chunk Size and connect.
    expect(withoutC2(hear(serverHandshake.slice()))).toBe(obs(0, 189));
    // Window Acknowledgement Size, as type 1 behind Set Chunk Size.
    expect(hear(connectResult)).toBe("42 00 00 00 00 00 04 05 00 26 25 a0");

    const stream = session.stream({});
    stream.publish("key", "live", () => {});
    // releaseStream, FCPublish, createStream.
    expect(hear(new Uint8Array(0))).toBe(obs(189, 298));
    const publish = hear(createStreamResult("4010000000000000"));
    expect(publish).toBe(obs(298, 343).replace(/^04/, "05"));

    hear(started("NetStream.Publish.Start"));
    stream.write(8, 0, hex("af 00 11 90"));
    stream.write(9, 33, hex("27 01 00 00 00 41"));
    stream.write(8, 40, hex("af 01 21"));
    // Audio and video have a chunk stream each, so the second audio is 40 ms behind the first.
    expect(hear(new Uint8Array(0))).toBe(
      "08 00 00 00 00 00 04 08 01 00 00 00 af 00 11 90 " +
        "09 00 00 21 00 00 06 09 01 00 00 00 27 01 00 00 00 41 " +
        "48 00 00 28 00 00 03 08 af 01 21",
    );
  });

  test("cuts connect as ffmpeg does, into chunks of 128 bytes", () => {
    const { hear } = client({
      flashVer: "FMLE/3.0 (compatible; Lavf62.3.100)",
      tcUrl: "rtmp://127.0.0.1:1935/live",
      chunkSize: 128,
    });
    expect(withoutC2(hear(serverHandshake.slice()))).toBe(
      `02 00 00 00 00 00 04 01 00 00 00 00 00 00 00 80 ${toHex(
        hex(`
          03 00 00 00 00 00 8a 14 00 00 00 00 02 00 07 63 6f 6e 6e 65 63 74 00 3f
          f0 00 00 00 00 00 00 03 00 03 61 70 70 02 00 04 6c 69 76 65 00 04 74 79
          70 65 02 00 0a 6e 6f 6e 70 72 69 76 61 74 65 00 08 66 6c 61 73 68 56 65
          72 02 00 23 46 4d 4c 45 2f 33 2e 30 20 28 63 6f 6d 70 61 74 69 62 6c 65
          3b 20 4c 61 76 66 36 32 2e 33 2e 31 30 30 29 00 05 74 63 55 72 6c 02 00
          1a 72 74 6d 70 3a 2f 2f 31 32 37 2e 30 2e 30 2e 31 3a 31 39 c3 33 35 2f
          6c 69 76 65 00 00 09`),
      )}`,
    );
  });

  test("plays", () => {
    const { session, hear } = client(asObs);
    hear(serverHandshake.slice());
    hear(connectResult);
    const stream: ClientStream = session.stream({});
    stream.play("cam", { start: -1 }, () => {});
    // FCSubscribe, createStream.
    expect(hear(new Uint8Array(0))).toBe(
      toHex(
        hex(`43 000000 00001e 14 02 000b "FCSubscribe" 00 4000000000000000 05 02 0003 "cam"
          43 000000 000019 14 02 000c "createStream" 00 4008000000000000 05`),
      ),
    );
    // play, and Set Buffer Length 3000.
    expect(hear(createStreamResult("4008000000000000"))).toBe(
      toHex(
        hex(`05 000000 000020 14 01000000
          02 0004 "play" 00 4010000000000000 05 02 0003 "cam" 00 bff0000000000000
          42 000000 00000a 04 0003 00000001 00000bb8`),
      ),
    );
    hear(started("NetStream.Play.Start"));
    expect(stream.state).toBe("playing");
  });
});
