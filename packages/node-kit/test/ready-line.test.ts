import { formatReadyLine } from "@rtmp/node-kit";
import { expect, test } from "vitest";

test("the ready line is one JSON object with a key only for what listens", () => {
  expect(formatReadyLine(42, { rtmp: "rtmp://127.0.0.1:1935" })).toBe(
    '{"event":"ready","pid":42,"rtmp":"rtmp://127.0.0.1:1935"}\n',
  );
  expect(
    formatReadyLine(42, { rtmp: undefined, rtmps: "rtmps://[::]:443", http: "http://[::1]:80" }),
  ).toBe('{"event":"ready","pid":42,"rtmps":"rtmps://[::]:443","http":"http://[::1]:80"}\n');
});
