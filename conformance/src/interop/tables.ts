/** The tables of docs/interop.md, between two markers: programs against features. */

import { featureGroups } from "./features.ts";
import { type ProgramName, programs } from "./programs.ts";
import type { Evidence, Proof } from "./proof.ts";

/** A proof, and the test file that has it. */
export interface FiledProof extends Proof {
  /** The file's name without `.test.ts`. */
  readonly file: string;
}

/** The version of each program that is known. */
export type Versions = Readonly<Partial<Record<ProgramName, string>>>;

const begin = "<!-- interop:begin, written by `pnpm interop` -->";
const end = "<!-- interop:end -->";
const unproven = "—";
const byStrength: readonly Evidence[] = ["live", "capture", "by hand"];
const programNames = Object.keys(programs).filter(isProgramName);

/** Whether this is the name of a program. */
export function isProgramName(name: string): name is ProgramName {
  return Object.hasOwn(programs, name);
}

/** Writes the tables: a program's cell is its best evidence, its last cell the test files. */
export function renderTables(proofs: readonly FiledProof[], versions: Versions): string {
  return featureGroups
    .map(({ heading, features }) => {
      const columns = Object.entries(features);
      const head = ["program", "version", ...columns.map(([, title]) => title), "tests"];
      const rows = programNames.flatMap((program) => {
        const own = proofs.filter(
          (proof) =>
            proof.program === program &&
            proof.features.some((name) => Object.hasOwn(features, name)),
        );
        if (own.length === 0) return [];
        const cells = columns.map(([name]) => bestEvidence(own, name));
        const files = [...new Set(own.map(({ file }) => file))].toSorted();
        const tests = files.map((file) => `\`${file}\``).join(", ");
        return [[programs[program].title, versions[program] ?? unproven, ...cells, tests]];
      });
      return `### ${heading}\n\n${alignedTable([head, ...rows])}`;
    })
    .join("\n");
}

/**
 * Puts tables between the markers of a document.
 *
 * @throws Error when the markers are not there
 */
export function replaceTables(document: string, tables: string): string {
  const { before, after } = split(document);
  return `${before}${begin}\n\n${tables}\n${end}${after}`;
}

/**
 * Returns the rows of the tables between the markers of a document, their heads first: program, version, features, tests.
 *
 * @throws Error when the markers are not there
 */
export function tableRows(document: string): string[][] {
  return split(document)
    .between.split("\n")
    .filter((line) => line.startsWith("|") && !line.startsWith("| -"))
    .map((line) => line.split("|").slice(1, -1))
    .map((cells) => cells.map((cell) => cell.trim()));
}

function bestEvidence(proofs: readonly Proof[], feature: string): string {
  const found = proofs.filter(({ features }) => features.some((name) => name === feature));
  return byStrength.find((kind) => found.some(({ evidence }) => evidence === kind)) ?? unproven;
}

/** Pads every cell to the width of its column, as the formatter does. */
function alignedTable(rows: readonly (readonly string[])[]): string {
  const [head = []] = rows;
  const widths = head.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const line = (cells: readonly string[], fill: string): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column]!, fill)).join(" | ")} |\n`;
  const rule = line(
    head.map(() => ""),
    "-",
  );
  const [first = "", ...others] = rows.map((row) => line(row, " "));
  return [first, rule, ...others].join("");
}

function split(document: string): { before: string; between: string; after: string } {
  const from = document.indexOf(begin);
  const to = document.indexOf(end);
  if (from === -1 || to < from) throw new Error("the markers of the tables are not there");
  const after = to + end.length;
  return {
    before: document.slice(0, from),
    between: document.slice(from + begin.length, to),
    after: document.slice(after),
  };
}
