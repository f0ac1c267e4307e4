import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

import { repository } from "./made-up-tree.ts";

/** The objects that the packages export under names that match, by name; read from the sources. */
export async function packageExports(
  pattern: RegExp,
): Promise<Map<string, Readonly<Record<string, unknown>>>> {
  const found = new Map<string, Readonly<Record<string, unknown>>>();
  for (const name of readdirSync(join(repository, "packages"))) {
    const path = join(repository, "packages", name, "src/index.ts");
    if (!existsSync(path)) continue;

    const exported: Record<string, Readonly<Record<string, unknown>>> = await import(path);
    for (const [key, value] of Object.entries(exported)) {
      if (pattern.test(key)) found.set(key, value);
    }
  }
  return found;
}
