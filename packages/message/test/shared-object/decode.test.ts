import { decodeSharedObject, MessageError, type MessageLimits } from "@rtmp/message";
import { hex, seededBytes, seededRandom } from "@rtmp/testing";
import { describe, expect, test } from "vitest";
import { vectors } from "./vectors.ts";

const header = "00 01 61 00 00 00 01 00 00 00 00 00 00 00 00";
const message = (events: string): Uint8Array => hex(`${header} ${events}`);
const eventsOf = (events: string) => decodeSharedObject(message(events)).events;

/** What a payload is refused for. */
function refusal(payload: Uint8Array, limits: Partial<MessageLimits> = {}): unknown {
  try {
    decodeSharedObject(payload, { limits });
  } catch (error) {
    return error;
  }
  return "accepted";
}

describe("RTMP §7.1.3 shared object messages", () => {
  test.each(vectors)("$name is read", ({ message: expected, bytes }) => {
    expect(decodeSharedObject(bytes)).toEqual(expected);
  });

  test.each(vectors)("$name is read behind the format byte of type 16", (vector) => {
    const bytes = Uint8Array.of(0, ...vector.bytes);
    expect(decodeSharedObject(bytes, { amf3: true })).toEqual(vector.message);
  });

  test("a format byte other than 0 is not read", () => {
    const bytes = Uint8Array.of(3, ...message("01 00 00 00 00"));
    expect(() => decodeSharedObject(bytes, { amf3: true })).toThrow(
      expect.objectContaining({ code: "RTMP_ERR_BODY_UNSUPPORTED", offset: 0 }),
    );
  });

  test("one Change with two slots is two events", () => {
    expect(eventsOf("04 00 00 00 0b 00 01 61 01 01 00 01 62 02 00 00")).toEqual([
      { type: "change", name: "a", value: true },
      { type: "change", name: "b", value: "" },
    ]);
  });

  test("a Change without slots says nothing", () => {
    expect(eventsOf("04 00 00 00 00 08 00 00 00 00")).toEqual([{ type: "clear" }]);
  });

  test("a value can be AMF3 behind 11, and the next one is AMF0 again", () => {
    expect(eventsOf("04 00 00 00 0d 00 01 61 11 04 2a 00 01 62 02 00 01 63")).toEqual([
      { type: "change", name: "a", value: 42 },
      { type: "change", name: "b", value: "c" },
    ]);
  });

  test("data of an event that should have none is skipped", () => {
    expect(eventsOf("01 00 00 00 02 de ad 05 00 00 00 06 00 01 61 de ad be")).toEqual([
      { type: "use" },
      { type: "success", name: "a" },
    ]);
  });

  test("a NUL that ends the name of a handler goes", () => {
    expect(eventsOf("06 00 00 00 06 02 00 03 67 6f 00")).toEqual([
      { type: "send-message", handler: "go", args: [] },
    ]);
  });

  test("flags other than 2 do not make an object persistent", () => {
    const persistent = ["00", "01", "02", "03"].map(
      (byte) =>
        decodeSharedObject(hex(`00 01 61 00 00 00 00 00 00 00 ${byte} 00 00 00 00`)).persistent,
    );
    expect(persistent).toEqual([false, false, true, true]);
  });
});

describe("a shared object message that is cut", () => {
  // Where several events follow each other, a cut between two of them leaves a whole message.
  test.each(vectors.filter(({ message: { events } }) => events.length <= 1))(
    "$name is refused at every length but that of its header",
    ({ message: { name, events }, bytes }) => {
      const headerLength = 14 + name.length;
      const sound: number[] = [];
      const faults = new Set<unknown>();
      for (let length = 0; length < bytes.length; length++) {
        const error = refusal(bytes.subarray(0, length));
        if (error === "accepted") sound.push(length);
        else faults.add(error instanceof MessageError ? error.code : error);
      }
      expect(faults).toEqual(new Set(["RTMP_ERR_BAD_SHARED_OBJECT"]));
      expect(sound).toEqual(events.length === 0 ? [] : [headerLength]);
    },
  );
});

describe("a broken event", () => {
  test.each([
    ["a length beyond the message", "01 00 00 00 01", 20],
    ["a length of 4 GiB", "04 ff ff ff ff 00 01 61 05", 20],
    ["a value that runs past its event", "03 00 00 00 06 00 01 61 02 00 03 62 6f 62", 26],
    ["a name that runs past its event", "09 00 00 00 03 00 02 61 62", 22],
    ["a slot without a value", "03 00 00 00 03 00 01 61", 23],
    ["a value of no AMF type", "03 00 00 00 04 00 01 61 42", 23],
    ["a call without a handler", "06 00 00 00 00", 20],
    ["a call whose handler is a number", "06 00 00 00 09 00 00 00 00 00 00 00 00 00", 20],
    ["a status without a level", "07 00 00 00 03 00 01 61", 23],
  ])("%s is malformed, and the error says where", (_, events, offset) => {
    expect(refusal(message(events))).toMatchObject({ code: "RTMP_ERR_BAD_SHARED_OBJECT", offset });
  });

  test("an externalizable class that nobody knows is not read", () => {
    // AMF3 object, inline traits, externalizable, class "a".
    const error = refusal(message("03 00 00 00 08 00 01 61 11 0a 07 03 61"));
    expect(error).toMatchObject({ code: "RTMP_ERR_BODY_UNSUPPORTED", fault: "unsupported" });
  });
});

describe("limits of a shared object message", () => {
  const change = "04 00 00 00 08 00 01 61 05 00 01 62 05";

  test("maxSharedObjectBytes", () => {
    const payload = message(change);
    const { length } = payload;
    expect(refusal(payload, { maxSharedObjectBytes: length })).toBe("accepted");
    const error = refusal(payload, { maxSharedObjectBytes: length - 1 });
    expect(error).toMatchObject({ code: "RTMP_ERR_BODY_LIMIT", fault: "limit" });
  });

  test("maxSharedObjectEvents counts slots", () => {
    expect(refusal(message(change), { maxSharedObjectEvents: 2 })).toBe("accepted");
    const error = refusal(message(`${change} 08 00 00 00 00`), { maxSharedObjectEvents: 2 });
    expect(error).toMatchObject({ code: "RTMP_ERR_BODY_LIMIT" });
    expect(refusal(message(change), { maxSharedObjectEvents: 1 })).toMatchObject({
      code: "RTMP_ERR_BODY_LIMIT",
    });
  });

  test("maxSharedObjectNameBytes is that of the object and of its slots", () => {
    const long = message("09 00 00 00 05 00 03 61 62 63");
    expect(refusal(long, { maxSharedObjectNameBytes: 3 })).toBe("accepted");
    expect(refusal(long, { maxSharedObjectNameBytes: 2 })).toMatchObject({
      code: "RTMP_ERR_BODY_LIMIT",
      offset: 20,
    });
    expect(refusal(message(""), { maxSharedObjectNameBytes: 1 })).toBe("accepted");
    expect(refusal(hex("00 04 63 68 61 74"), { maxSharedObjectNameBytes: 3 })).toMatchObject({
      offset: 0,
    });
  });

  test("those of AMF hold for every value", () => {
    const deep = message("03 00 00 00 0d 00 01 61 0a 00 00 00 01 0a 00 00 00 00");
    expect(refusal(deep, { amf: { maxDepth: 2 } })).toBe("accepted");
    expect(refusal(deep, { amf: { maxDepth: 1 } })).toMatchObject({ code: "RTMP_ERR_BODY_LIMIT" });
    expect(refusal(deep, { amf: { maxBodyBytes: 5 } })).toMatchObject({
      code: "RTMP_ERR_BODY_LIMIT",
    });
  });

  test("that are no positive integers are a mistake of the caller", () => {
    expect(refusal(message(""), { maxSharedObjectEvents: 0 })).toBeInstanceOf(RangeError);
  });
});

test("random events are refused as a message is, or read", () => {
  const random = seededRandom(1111);
  const outcomes = new Set<unknown>();
  for (let i = 0; i < 3000; i++) {
    const data = seededBytes(random, Math.floor(random() * 24));
    const head = [Math.floor(random() * 14), 0, 0, 0, data.length];
    const error = refusal(Uint8Array.of(...hex(header), ...head, ...data));
    outcomes.add(error instanceof MessageError ? error.code : error);
  }
  expect(outcomes).toEqual(new Set(["accepted", "RTMP_ERR_BAD_SHARED_OBJECT"]));
});
