/**
 * A reporter of vitest that writes the tables of docs/interop.md from what the tests of a run have shown.
 *
 * `pnpm interop` runs the conformance tests with it. When a test failed or did not run, the file stays as it is.
 */

import { readFileSync, writeFileSync } from "node:fs";
import { basename } from "node:path";

import type { Reporter, TestModule } from "vitest/node";

import { programs } from "./programs.ts";
import { type FiledProof, renderTables, replaceTables, type Versions } from "./tables.ts";

const documentUrl = new URL("../../../docs/interop.md", import.meta.url);

/** Writes the tables at the end of a run. */
export default class InteropReporter implements Reporter {
  /** Called by vitest. */
  onTestRunEnd(modules: readonly TestModule[]): void {
    const notShown = modules.flatMap(namesNotPassed);
    const proofs = modules.flatMap(proofsOf);
    if (notShown.length > 0 || proofs.length === 0) {
      console.error(`docs/interop.md stays as it is; not passed:\n${notShown.join("\n")}`);
      process.exitCode = 1;
      return;
    }
    const tables = renderTables(proofs, versionsOf(proofs));
    writeFileSync(documentUrl, replaceTables(readFileSync(documentUrl, "utf8"), tables));
  }
}

/** The tests that did not pass, and the module when it failed without them. */
function namesNotPassed(module: TestModule): string[] {
  const tests = [...module.children.allTests()].filter((test) => test.result().state !== "passed");
  const names = tests.map(({ fullName }) => fullName);
  return module.ok() || names.length > 0 ? names : [module.moduleId];
}

function proofsOf(module: TestModule): FiledProof[] {
  const file = basename(module.moduleId, ".test.ts");
  return [...module.children.allTests()].flatMap((test) => {
    const { interop } = test.meta();
    return interop === undefined ? [] : [{ ...interop, file }];
  });
}

function versionsOf(proofs: readonly FiledProof[]): Versions {
  const names = new Set(proofs.map(({ program }) => program));
  const versions = [...names].map((name) => [name, programs[name].version()]);
  return Object.fromEntries(versions);
}
