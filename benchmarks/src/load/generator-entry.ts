/** The process of the load generator: does what the coordinator calls. */

import { Generator } from "./generator.ts";
import type { GeneratorAnswer, GeneratorCall, GeneratorRequest } from "./generator-process.ts";

const generator = new Generator();

process.on("message", (text: string) => void answer(JSON.parse(text)));
// Without the coordinator there is nothing to do.
process.on("disconnect", () => process.exit());

async function answer({ id, call }: GeneratorRequest): Promise<void> {
  let reply: GeneratorAnswer;
  try {
    reply = { id, result: await perform(call) };
  } catch (error) {
    reply = { id, error: error instanceof Error ? error.message : String(error) };
  }
  process.send?.(JSON.stringify(reply));
}

function perform(call: GeneratorCall): unknown {
  if (call.method === "publish") return generator.publish(call.request);
  if (call.method === "play") return generator.play(call.request);
  if (call.method === "churn") return generator.churn(call.request);
  if (call.method === "openIdle") return generator.openIdle(call.server, call.count);
  if (call.method === "setUps") {
    return generator.setUps(call.server, call.streamName, call.seconds);
  }
  return generator[call.method]();
}
