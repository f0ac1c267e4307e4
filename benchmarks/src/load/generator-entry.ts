/** The process of the load generator: does what the coordinator calls. */

import { Generator } from "./generator.ts";
import type { GeneratorAnswer, GeneratorCall } from "./generator-process.ts";

const generator = new Generator();

process.on("message", (call) => void answer(call as GeneratorCall));
// Without the coordinator there is nothing to do.
process.on("disconnect", () => process.exit());

async function answer({ id, method, args }: GeneratorCall): Promise<void> {
  let reply: GeneratorAnswer;
  try {
    const run = generator[method] as (...args: unknown[]) => unknown;
    reply = { id, result: await run.apply(generator, [...args]) };
  } catch (error) {
    reply = { id, error: error instanceof Error ? error.message : String(error) };
  }
  process.send?.(reply);
}
