import type { Comparison, Verdict } from "./compare.ts";

/** Writes a comparison as a Markdown table, the worst cases first. */
export function markdownReport(
  comparisons: readonly Comparison[],
  { base, threshold, rounds }: { base: string; threshold: number; rounds: number },
): string {
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
    losers.length === 0 ? "Nothing got worse." : `**Worse: ${losers.join(", ")}**`,
    "",
  ].join("\n");
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
