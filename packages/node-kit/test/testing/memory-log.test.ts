import { MemoryLog } from "@rtmp/node-kit/testing";
import { expect, test } from "vitest";

test("every line is kept in order, with its fields as they were", () => {
  const log = new MemoryLog();
  const fields = { n: 1 };
  log.info(fields, "first");
  fields.n = 2;
  log.error(fields, "second");
  log.warn({}, "third");
  log.debug({}, "fourth");
  expect(log.lines).toEqual([
    ["info", "first", { n: 1 }],
    ["error", "second", { n: 2 }],
    ["warn", "third", {}],
    ["debug", "fourth", {}],
  ]);
  expect(log.messages).toEqual(["first", "second", "third", "fourth"]);
});
