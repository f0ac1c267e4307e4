import type { Comparison, Verdict } from "./compare.ts";

/** Writes a comparison as a Markdown table, the worst cases first. */
export function markdownReport(
  comparisons: readonly Comparison[],
  about: {
    base: string;
    threshold: number;
    rounds: number;
    /** Cases of only one build. */
    unmatched: { base: readonly string[]; candidate: readonly string[] };
  },
): string {
  const { base, threshold, rounds, unmatched } = about;
  const rows = comparisons
    .toSorted((a, b) => worstRatio(b) - worstRatio(a))
    .map(
      ({ name, time, memory, baseP50Ns, candidateP50Ns }) =>
        `| ${name} | ${microseconds(baseP50Ns)} | ${microseconds(candidateP50Ns)} | ${show(time)} | ${
          memory === undefined ? "–" : show(memory)
        } |`,
    );
  const losers = comparisons.filter(isWorse).map(({ name }) => name);
  return [
    `Against ${base}, ${rounds} rounds in turn; a loss above ${percent(threshold)} beyond noise fails.`,
    "",
    "| case | base p50 µs | now p50 µs | time now ÷ base | memory now ÷ base |",
    "|---|---|---|---|---|",
    ...rows,
    "",
    ...note("Gone since", base, unmatched.base),
    ...note("New since", base, unmatched.candidate),
    losers.length === 0 ? "Nothing got worse." : `**Worse: ${losers.join(", ")}**`,
    "",
  ].join("\n");
}

function note(what: string, base: string, names: readonly string[]): string[] {
  return names.length === 0 ? [] : [`${what} ${base}, not compared: ${names.join(", ")}`, ""];
}

/** Whether a case got worse in time or memory. */
export function isWorse({ time, memory }: Comparison): boolean {
  return time.isWorse || memory?.isWorse === true;
}

function worstRatio({ time, memory }: Comparison): number {
  return Math.max(time.ratio, memory?.ratio ?? 0);
}

function show({ ratio, low, high, isWorse: worse }: Verdict): string {
  const text = `${ratio.toFixed(2)} (${low.toFixed(2)}–${high.toFixed(2)})`;
  return worse ? `**${text}**` : text;
}

function microseconds(nanoseconds: number): string {
  return (nanoseconds / 1e3).toFixed(2);
}

function percent(fraction: number): string {
  return `${Math.round(fraction * 100)} %`;
}
