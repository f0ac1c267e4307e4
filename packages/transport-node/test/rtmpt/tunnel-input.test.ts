import { describe, expect, test } from "vitest";

import { TunnelInput } from "../../src/rtmpt/tunnel-input.ts";
import { RecordedReply } from "./tunnel-driver.ts";

const two = Uint8Array.of(0x11, 0x12);
const one = Uint8Array.of(0x13);

class CountedInput {
  counted = 0;
  readonly input = new TunnelInput((bytes) => (this.counted += bytes));
}

describe("what a client has sent", () => {
  test("counts from when it is read until it is taken, each piece with 128 bytes more", () => {
    const { input } = new CountedInput();
    const reply = new RecordedReply();
    input.read(two, reply);
    input.read(one, reply);
    expect([input.bytes, input.isTaken]).toEqual([259, true]);
    input.endBody(reply);
    input.push([two, one]);
    expect([input.bytes, input.isTaken]).toEqual([259, false]);
    expect(input.take()).toBe(two);
    expect(input.bytes).toBe(129);
    expect(input.take()).toBe(one);
    expect(input.take()).toBeUndefined();
    expect([input.bytes, input.isTaken]).toEqual([0, true]);
  });

  test("does not count any more when it is not needed", () => {
    const { input } = new CountedInput();
    const reply = new RecordedReply();
    for (const piece of [two, one, two]) input.read(piece, reply);
    input.forget([one]);
    input.push([two]);
    expect(input.bytes).toBe(260);
    input.drop();
    expect([input.bytes, input.isTaken]).toEqual([130, true]);
  });

  test("is all gone after clear, which tells whose bodies are still read", () => {
    const { input } = new CountedInput();
    const [whole, half] = [new RecordedReply(), new RecordedReply()];
    input.read(one, whole);
    input.endBody(whole);
    input.push([one]);
    input.read(two, half);
    input.read(one, half);
    expect(input.clear()).toEqual([half]);
    expect([input.bytes, input.take(), input.clear()]).toEqual([0, undefined, []]);
  });

  test("is told as it becomes more and less", () => {
    const counted = new CountedInput();
    const { input } = counted;
    input.read(two, new RecordedReply());
    expect(counted.counted).toBe(130);
    input.read(one, new RecordedReply());
    input.push([two]);
    input.take();
    expect(counted.counted).toBe(129);
    input.clear();
    expect(counted.counted).toBe(0);
  });
});
