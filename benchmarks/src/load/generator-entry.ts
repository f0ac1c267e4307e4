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

async function perform(call: GeneratorCall): Promise<unknown> {
  switch (call.method) {
    case "publish":
      return generator.publish(call.request);
    case "play":
      return generator.play(call.request);
    case "churn":
      return generator.churn(call.request);
    case "openIdle":
      return generator.openIdle(call.server, call.count);
    case "setUps":
      return generator.setUps(call.server, call.streamName, call.seconds);
    case "cutPublishers":
    case "begin":
    case "figures":
    case "slowPlayers":
    case "leaveAll":
      return generator[call.method]();
  }
}
