#!/usr/bin/env node
import { runApp } from "@rtmp/node-kit";

import { commandLine } from "./options.ts";
import { startProxy } from "./proxy.ts";

await runApp({
  commandLine,
  async start(options, log) {
    const proxy = await startProxy(options, log);
    return { listeners: { rtmp: proxy.rtmpUrl }, close: () => proxy.close() };
  },
});
