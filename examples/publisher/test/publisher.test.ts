import { spawn } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { StreamHub } from "@rtmp/hub";
import { serve } from "@rtmp/relay";
import { listenTcp } from "@rtmp/transport-node";
import { hex } from "@rtmp/testing";
import { expect, test } from "vitest";

const publisher = fileURLToPath(new URL("../publisher.js", import.meta.url));
const player = fileURLToPath(new URL("../../player/player.js", import.meta.url));

// Header, AVC sequence header, a keyframe at 0, audio at 20 ms, a frame at 40 ms.
const flv = hex(`
  46 4c 56 01 05 00 00 00 09 00 00 00 00
  09 00 00 06 00 00 00 00 00 00 00 17 00 00 00 00 01 00 00 00 11
  09 00 00 07 00 00 00 00 00 00 00 17 01 00 00 00 aa bb 00 00 00 12
  08 00 00 03 00 00 14 00 00 00 00 af 01 21 00 00 00 0e
  09 00 00 06 00 00 28 00 00 00 00 27 01 00 00 00 cc 00 00 00 11
`);

/** Runs an example; it is killed when it takes too long. */
function run(
  file: string,
  ...args: string[]
): { readonly output: () => string; readonly exit: Promise<unknown> } {
  const child = spawn(process.execPath, [file, ...args], {
    stdio: ["ignore", "pipe", "inherit"],
    timeout: 10_000,
  });
  let output = "";
  child.stdout.on("data", (bytes) => (output += String(bytes)));
  return { output: () => output, exit: once(child, "close").then(([code]) => code) };
}

test("what the publisher sends is what the player prints", async () => {
  const folder = await mkdtemp(join(tmpdir(), "rtmp-example-"));
  const file = join(folder, "clip.flv");
  await writeFile(file, flv);
  const hub = new StreamHub();
  const played = new EventEmitter();
  const listener = await listenTcp({ port: 0 }, (transport) => {
    serve(transport, { hub, observer: { onPlay: () => played.emit("play") } });
  });
  try {
    const url = `${listener.url}/live/clip`;
    const playing = once(played, "play");
    const watching = run(player, url);
    await playing;
    expect(await run(publisher, file, url).exit).toBe(0);
    expect(await watching.exit).toBe(0);
    expect(watching.output().split("\n").slice(1)).toEqual([
      "0 ms: video, 6 bytes",
      "0 ms: video, 7 bytes",
      "20 ms: audio, 3 bytes",
      "40 ms: video, 6 bytes",
      "the stream has ended",
      "",
    ]);
  } finally {
    await listener.close();
    await rm(folder, { recursive: true });
  }
});

test.each([
  ["publisher", publisher, 8],
  ["player", player, 10],
])("the README shows the %s, and it is as short as it says", async (_name, file, lines) => {
  const readme = await readFile(new URL("../../../README.md", import.meta.url), "utf8");
  const source = await readFile(file, "utf8");
  expect(readme).toContain(`\`\`\`js\n${source}\`\`\``);
  const code = source.split("\n").filter((line) => line !== "" && !/^(?:import|\/\/)/.test(line));
  expect(code.length).toBeLessThanOrEqual(lines);
});
