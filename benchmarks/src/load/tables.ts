/** The figures of a run as JSON and as Markdown. */

import type { Figures } from "./measurement.ts";

/** What one that took part showed, run by run. */
export interface EntryResult {
  readonly label: string;
  /** Why it took no part. */
  readonly absence?: string | undefined;
  readonly runs: readonly Figures[];
  /** Runs that came to no figures, and why. */
  readonly failures: readonly string[];
}

/** The table of one suite. */
export interface SuiteResult {
  readonly name: string;
  readonly title: string;
  readonly entries: readonly EntryResult[];
}

/** The median of each figure, over the runs that have it. */
export function medians(runs: readonly Figures[]): Figures {
  const names = new Set(runs.flatMap((run) => Object.keys(run)));
  return Object.fromEntries(
    [...names].map((name) => {
      const values = runs.flatMap((run) => run[name] ?? []).toSorted((a, b) => a - b);
      return [name, values[Math.floor((values.length - 1) / 2)] ?? Number.NaN];
    }),
  );
}

/** A table in Markdown: a row for each that took part, medians of its runs. */
export function formatSuite({ name, title, entries }: SuiteResult): string {
  const present = entries.filter(({ runs }) => runs.length > 0);
  const rows = present.map(({ label, runs }) => ({ label, figures: medians(runs) }));
  const columns = [...new Set(rows.flatMap(({ figures }) => Object.keys(figures)))];
  const absent = entries.filter(({ absence }) => absence !== undefined);
  return [
    `### ${title} (\`${name}\`)`,
    "",
    line(["", ...columns]),
    line(["---", ...columns.map(() => "---:")]),
    ...rows.map(({ label, figures }) =>
      line([label, ...columns.map((column) => formatFigure(figures[column]))]),
    ),
    ...absent.map(({ label, absence }) => `\n${label}: ${absence}`),
    ...entries.flatMap(({ label, failures }) =>
      failures.map((why) => `\n${label}: failed, ${why}`),
    ),
    "",
  ].join("\n");
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}

function formatFigure(value: number | undefined): string {
  if (value === undefined || Number.isNaN(value)) return "";
  if (Number.isInteger(value) || Math.abs(value) >= 100) {
    return Math.round(value).toLocaleString("en-US");
  }
  return value.toPrecision(Math.abs(value) < 1 ? 2 : 3);
}
