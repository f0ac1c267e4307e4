import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { connect } from "node:net";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { ScriptedClient } from "@rtmp/testing";
import { SocketTransport } from "@rtmp/transport-node";
import { expect, test } from "vitest";

const file = new URL("../server.js", import.meta.url);

test("the README shows this server, line by line", async () => {
  const readme = await readFile(new URL("../../../README.md", import.meta.url), "utf8");
  const source = await readFile(file, "utf8");
  expect(readme).toContain(`\`\`\`js\n${source}\`\`\``);
  expect(source.trimEnd().split("\n").length).toBe(1 + 12); // With the comment on top.
});

test("it takes a publisher and says so", async () => {
  const server = spawn(process.execPath, [fileURLToPath(file)], {
    env: { ...process.env, PORT: "0" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    const lines = createInterface({ input: server.stdout })[Symbol.asyncIterator]();
    const first = await lines.next();
    const [, port] = /rtmp:\/\/127\.0\.0\.1:(\d+)\/live\/cam$/.exec(String(first.value)) ?? [];
    const socket = connect({ host: "127.0.0.1", port: Number(port), allowHalfOpen: true });
    const client = new ScriptedClient(new SocketTransport(socket));
    await client.opened();
    client.connect("live");
    client.command(0, "createStream", null);
    client.command(1, "publish", null, "cam", "live");
    await client.waitForCode("NetStream.Publish.Start");
    expect((await lines.next()).value).toBe("live/cam is live");
    client.close();
  } finally {
    server.kill();
  }
});
