import { expect, test } from "vitest";
import { Publication } from "../src/publication.ts";
import { keyframe } from "./packets.ts";

test("what a publisher does reaches its stream until it ends, and the end once", () => {
  const calls: string[] = [];
  const publication = new Publication({
    write: ({ timestamp }) => calls.push(`write ${timestamp}`),
    clearMetadata: () => calls.push("clear"),
    flush: () => calls.push("flush"),
    unpublish: (end) => calls.push(end),
  });
  const doAll = (): void => {
    publication.write(keyframe(1_111));
    publication.clearMetadata();
    publication.flush();
  };
  doAll();
  publication.end("lost");
  doAll();
  publication.end("closed");
  expect(calls).toEqual(["write 1111", "clear", "flush", "lost"]);
});
