#!/usr/bin/env node
import { runApp } from "@rtmp/node-kit";

import { commandLine } from "./options.ts";
import { startServer } from "./server.ts";

await runApp({
  commandLine,
  async start(options, log) {
    const server = await startServer(options, log);
    return { listeners: { rtmp: server.rtmpUrl }, close: () => server.close() };
  },
});
