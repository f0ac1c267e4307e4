#!/usr/bin/env node
import { runApp } from "@rtmp/node-kit";

import { commandLine } from "./options.ts";
import { startServer } from "./server.ts";

await runApp({ commandLine, start: startServer });
