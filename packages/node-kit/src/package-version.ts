import { readFileSync } from "node:fs";

/**
 * Returns the version that a package's manifest says, or `unknown` when it says none.
 *
 * @param manifest  where its `package.json` is
 * @throws Error of Node with a `code` when the file cannot be read; SyntaxError when it is no JSON
 */
export function packageVersion(manifest: URL): string {
  const read: unknown = JSON.parse(readFileSync(manifest, "utf8"));
  const hasVersion = typeof read === "object" && read !== null && "version" in read;
  return hasVersion ? String(read.version) : "unknown";
}
