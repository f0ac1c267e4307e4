import { hex } from "@rtmp/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { Stage } from "../src/stage.ts";
import { answer, connectClient, openClient } from "../src/tcp-client.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open();
});
afterAll(() => stage.close());

describe("RTMP §7.2.1.1 connect", () => {
  test("is answered with window, bandwidth and chunk size, then the result, in this order", async () => {
    const client = stage.keepClient(await openClient(stage.server.url));
    const { command } = await answer(client, client.connect("live"));
    expect(client.received.slice(0, 4).map(({ typeId }) => typeId)).toEqual([5, 6, 1, 20]);
    expect(command?.name).toBe("_result");
    expect(command?.transactionId).toBe(1);
    expect(client.codes).toEqual(["NetConnection.Connect.Success"]);
  });

  test("these three go out on chunk stream 2 and message stream 0", async () => {
    const client = stage.keepClient(await connectClient(stage.server.url));
    for (const control of client.received.slice(0, 3)) {
      expect(control).toMatchObject({ chunkStreamId: 2, messageStreamId: 0 });
    }
  });
});

describe("RTMP §7.2.1.3 createStream", () => {
  test("as 37 bytes on the wire gets a result with its transaction id and a stream id", async () => {
    const client = stage.keepClient(await connectClient(stage.server.url));
    client.sendRaw(
      hex(`03 00 0b 68 00 00 19 14 00 00 00 00
           02 00 0C 63 72 65 61 74 65 53 74 72 65 61 6D  00 40 00 00 00 00 00 00 00  05`),
    );
    const { command } = await answer(client, 2);
    expect(command?.commandObject).toBeNull();
    expect(command?.args).toEqual([1]);
  });
});
