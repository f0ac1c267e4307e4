import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { packageVersion } from "@rtmp/node-kit";
import { expect, onTestFinished, test } from "vitest";

/** Where a manifest with this text is. */
function manifest(text: string): URL {
  const folder = mkdtempSync(join(tmpdir(), "rtmp-manifest-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "package.json");
  writeFileSync(path, text);
  return pathToFileURL(path);
}

test.each([
  ['{"name":"x","version":"1.11.111"}', "1.11.111"],
  ['{"name":"x"}', "unknown"],
  ["null", "unknown"],
  ['"1.0.0"', "unknown"],
])("the version of %s is %s", (text, version) => {
  expect(packageVersion(manifest(text))).toBe(version);
});

test("a manifest that is not there, or no JSON, throws", () => {
  expect(() => packageVersion(new URL("gone.json", manifest("{}")))).toThrow("ENOENT");
  expect(() => packageVersion(manifest("{"))).toThrow(SyntaxError);
});
