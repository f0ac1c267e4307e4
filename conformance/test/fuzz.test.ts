import { seededRandom, toHex } from "@rtmp/testing";
import { RtmpError } from "@rtmp/wire";
import { expect, test } from "vitest";

import { fuzzTargets } from "../src/fuzz-targets.ts";
import { mutate } from "../src/mutation.ts";

// `pnpm fuzz` asks for a million; a seed of its own for each run finds what the last one did not.
const inputs = Number(process.env["RTMP_FUZZ_INPUTS"] ?? 20_000);
const seed = Number(
  process.env["RTMP_FUZZ_SEED"] ?? (inputs > 20_000 ? Date.now() % 2 ** 31 : 1_111),
);
const maxMs = 250;
const handshakeBytes = 3_073;

test("the shares of the targets add up to all inputs", () => {
  expect(fuzzTargets.reduce((sum, { share }) => sum + share, 0)).toBe(100);
});

test.each(fuzzTargets)(
  `$name takes $share % of ${inputs} changed inputs (seed ${seed}): an RtmpError or nothing, and soon`,
  { timeout: Math.max(20_000, inputs) },
  (target) => {
    const { name, share, seeds } = target;
    expect(seeds.length).toBeGreaterThan(0);
    const random = seededRandom(seed);
    const count = Math.ceil((inputs * share) / 100);
    let accepted = 0;
    for (let i = 0; i < count; i++) {
      const bytes = changed(name, seeds, random);
      const start = performance.now();
      try {
        target.run(bytes.slice(), random);
        accepted++;
      } catch (error) {
        if (!(error instanceof RtmpError)) {
          throw new Error(`input ${i} of ${name}: ${toHex(bytes.subarray(0, 400))}`, {
            cause: error,
          });
        }
      }
      const milliseconds = performance.now() - start;
      if (milliseconds > maxMs) throw new Error(`input ${i} of ${name} took ${milliseconds} ms`);
    }
    // Changes that leave nothing valid would test the first check only.
    expect(accepted / count).toBeGreaterThan(0.005);
  },
);

/** Half of the inputs that begin with a handshake keep it whole, so that the changes reach what is behind. */
function changed(name: string, seeds: readonly Uint8Array[], random: () => number): Uint8Array {
  const pick = (): Uint8Array => seeds[Math.floor(random() * seeds.length)]!;
  const input = pick();
  const hasHandshake = name === "session" || name === "serve";
  if (!hasHandshake || random() < 0.1) return mutate(input, pick(), random);

  const behind = mutate(input.subarray(handshakeBytes), pick().subarray(handshakeBytes), random);
  return new Uint8Array(Buffer.concat([input.subarray(0, handshakeBytes), behind]));
}
