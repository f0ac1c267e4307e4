import { defaultWebSocketLimits, resolveWebSocketLimits } from "@rtmp/transport-node";
import { expect, test } from "vitest";

test("what is left out has its default", () => {
  expect(resolveWebSocketLimits()).toEqual(defaultWebSocketLimits);
  expect(resolveWebSocketLimits({ maxWebSocketMessageBytes: 1111 })).toEqual({
    maxWebSocketMessageBytes: 1111,
  });
});

test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 0x8000_0000])(
  "a limit of %s is refused by name",
  (maxWebSocketMessageBytes) => {
    const resolve = () => resolveWebSocketLimits({ maxWebSocketMessageBytes });
    expect(resolve).toThrow(RangeError);
    expect(resolve).toThrow(/maxWebSocketMessageBytes/);
  },
);
