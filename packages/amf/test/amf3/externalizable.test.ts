import {
  Amf0Encoder,
  Amf3Encoder,
  type AmfDecoderOptions,
  AmfExternalizable,
  AmfError,
  type AmfValue,
  decodeAmf0Sequence,
  decodeAmf3,
  decodeAmf3Sequence,
  type ExternalizableCodec,
  type ExternalizableRegistry,
  flexExternalizables,
} from "@rtmp/amf";
import { hex, toHex } from "@rtmp/testing";
import { ByteWriter } from "@rtmp/wire";
import { describe, expect, test } from "vitest";
import { asArray } from "../decoded.ts";

/** Two bytes and a value. */
const codec: ExternalizableCodec = {
  read: ({ bytes, readValue }) => [bytes.u16(), readValue()],
  write: ({ bytes, writeValue }, content) => {
    const [number, value] = asArray(content);
    bytes.u16(Number(number));
    writeValue(value);
  },
};
const externalizables: ExternalizableRegistry = new Map([["E", codec]]);
const options: AmfDecoderOptions = { externalizables };

function encode(registry: ExternalizableRegistry, ...values: AmfValue[]): string {
  const writer = new ByteWriter();
  const encoder = new Amf3Encoder(writer, { externalizables: registry });
  for (const value of values) encoder.write(value);
  return toHex(writer.take());
}

describe("AMF3 §3.12 externalizable objects", () => {
  test("are read and written by the codec of their class", () => {
    const text = "0a 07 03 45 04 57 06 05 68 69";
    const value = new AmfExternalizable("E", [1111, "hi"]);
    expect(decodeAmf3(hex(text), options)).toEqual(value);
    expect(encode(externalizables, value)).toBe(text);
  });

  test("a second one has its traits by reference", () => {
    const text = "0a 07 03 45 00 01 01 0a 01 00 02 01";
    const values = [new AmfExternalizable("E", [1, null]), new AmfExternalizable("E", [2, null])];
    expect(decodeAmf3Sequence(hex(text), options)).toEqual(values);
    expect(encode(externalizables, ...values)).toBe(text);
  });

  test("bits behind the flag are ignored", () => {
    expect(decodeAmf3(hex("0a 7f 03 45 00 01 01"), options)).toEqual(
      new AmfExternalizable("E", [1, null]),
    );
  });

  test("one takes its index before its content and can contain itself", () => {
    const text = "0a 07 03 45 00 01 09 05 01 0a 00 09 02";
    const list: AmfValue[] = [];
    const value = new AmfExternalizable("E", [1, list]);
    list.push(value, list);
    expect(decodeAmf3(hex(text), options)).toEqual(value);
    expect(encode(externalizables, value)).toBe(text);
  });

  test("the content is within the limits of the body", () => {
    const bytes = hex("0a 07 03 45 00 01 09 01 01");
    expect(decodeAmf3(bytes, { ...options, limits: { maxDepth: 2, maxValues: 2 } })).toBeDefined();
    expect(() => decodeAmf3(bytes, { ...options, limits: { maxDepth: 1 } })).toThrow(
      expect.objectContaining({ code: "RTMP_ERR_AMF_TOO_DEEP", offset: 6 }),
    );
    expect(() => decodeAmf3(bytes, { ...options, limits: { maxValues: 1 } })).toThrow(
      expect.objectContaining({ code: "RTMP_ERR_AMF_TOO_MANY_VALUES", offset: 6 }),
    );
  });

  test("content that is cut is refused at every length", () => {
    const bytes = hex("0a 07 03 45 04 57 06 05 68 69");
    for (let length = 0; length < bytes.length; length++) {
      expect(() => decodeAmf3(bytes.subarray(0, length), options)).toThrow(AmfError);
    }
  });

  test.each(["45", "", "5f 5f 70 72 6f 74 6f 5f 5f", "63 6f 6e 73 74 72 75 63 74 6f 72"])(
    "a class that is not registered is unsupported: %s",
    (name) => {
      const length = toHex(Uint8Array.of((hex(name).length << 1) | 1));
      const bytes = hex(`0a 07 ${length} ${name} 01`);
      expect(() => decodeAmf3(bytes, { externalizables: new Map() })).toThrow(
        expect.objectContaining({
          code: "RTMP_ERR_AMF_UNKNOWN_EXTERNALIZABLE",
          fault: "unsupported",
          offset: 1,
        }),
      );
    },
  );

  test("an error of a codec reaches the caller, and the writer holds what it held before", () => {
    const writer = new ByteWriter();
    const encoder = new Amf3Encoder(writer, { externalizables });
    expect(() => {
      encoder.write(new AmfExternalizable("E", "no array"));
    }).toThrow("not an array");
    expect(writer.length).toBe(0);
    const failing = new Map([["E", { ...codec, read: (): AmfValue => JSON.parse("{") }]]);
    expect(() => decodeAmf3(hex("0a 07 03 45"), { externalizables: failing })).toThrow(SyntaxError);
  });
});

describe("AMF0 §3 externalizable objects", () => {
  test("go behind the avmplus marker", () => {
    const text = "05 11 0a 07 03 45 00 01 01";
    const value = new AmfExternalizable("E", [1, null]);
    expect(decodeAmf0Sequence(hex(text), options)).toEqual([null, value]);
    const writer = new ByteWriter();
    const encoder = new Amf0Encoder(writer, options);
    encoder.write(null);
    encoder.write(value);
    expect(toHex(writer.take())).toBe(text);
  });

  test("need a codec there too", () => {
    expect(() => decodeAmf0Sequence(hex("05 11 0a 07 03 45"))).toThrow(
      expect.objectContaining({ code: "RTMP_ERR_AMF_UNKNOWN_EXTERNALIZABLE", offset: 3 }),
    );
    expect(() => {
      new Amf0Encoder(new ByteWriter()).write(new AmfExternalizable("E", null));
    }).toThrow(TypeError);
  });
});

describe("flexExternalizables", () => {
  const head = "66 6c 65 78 2e 6d 65 73 73 61 67 69 6e 67 2e 69 6f 2e";

  test.each([
    [
      "flex.messaging.io.ArrayCollection",
      `0a 07 43 ${head} 41 72 72 61 79 43 6f 6c 6c 65 63 74 69 6f 6e 09 03 01 04 01`,
      [1],
    ],
    ["flex.messaging.io.ArrayList", `0a 07 37 ${head} 41 72 72 61 79 4c 69 73 74 09 01 01`, []],
    [
      "flex.messaging.io.ObjectProxy",
      `0a 07 3b ${head} 4f 62 6a 65 63 74 50 72 6f 78 79 0a 0b 01 03 61 03 01`,
      { a: true },
    ],
  ])("%s holds one value", (className, text, content) => {
    const value = new AmfExternalizable(className, content);
    expect(decodeAmf3(hex(text), { externalizables: flexExternalizables })).toEqual(value);
    expect(encode(flexExternalizables, value)).toBe(text);
  });
});
