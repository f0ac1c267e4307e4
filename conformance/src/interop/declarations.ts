/** Reads what the tests say they show out of their sources, without a run. */

import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";

import { featureGroups, type FeatureName } from "./features.ts";
import type { Evidence } from "./proof.ts";
import { type FiledProof, isProgramName } from "./tables.ts";

const testFolder = fileURLToPath(new URL("../../test/", import.meta.url));
const call = /\binterop\.(live|capture|byHand)\(([^)]*)\)/g;
const evidences: Readonly<Record<string, Evidence>> = {
  live: "live",
  capture: "capture",
  byHand: "by hand",
};

/** Every proof that the conformance tests declare. */
export function declaredProofs(): FiledProof[] {
  return readdirSync(testFolder, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".test.ts"))
    .flatMap((path) => {
      const file = basename(path, ".test.ts");
      return declarationsIn(readFileSync(join(testFolder, path), "utf8")).map((proof) => ({
        ...proof,
        file,
      }));
    });
}

/**
 * Reads the declarations of one source.
 *
 * @throws Error when one is not made of the names of a program and of features, as literals
 */
export function declarationsIn(source: string): Omit<FiledProof, "file">[] {
  return Array.from(source.matchAll(call), ([text, kind = "", list = ""]) => {
    const literals = list.split(",").map((literal) => literal.trim());
    const [program = "", ...features] = literals
      .filter((literal) => literal !== "")
      .map((literal) => /^"(.*)"$/.exec(literal)?.[1] ?? "");
    const evidence = evidences[kind];
    if (evidence === undefined || !isProgramName(program) || !features.every(isFeatureName)) {
      throw new Error(`not the names of a program and of features: ${text}`);
    }
    return { program, features, evidence };
  });
}

function isFeatureName(name: string): name is FeatureName {
  return featureGroups.some(({ features }) => Object.hasOwn(features, name));
}
