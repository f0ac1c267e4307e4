#!/usr/bin/env node
import { fitHeap } from "@rtmp/node-kit/heap";

// Before the rest of the program is loaded, for that alone makes the heap grow.
fitHeap();
const { runApp } = await import("@rtmp/node-kit");
const { commandLine } = await import("./options.ts");
const { startServer } = await import("./server.ts");

await runApp({ commandLine, start: startServer });
