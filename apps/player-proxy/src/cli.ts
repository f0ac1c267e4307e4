#!/usr/bin/env node
import { runApp } from "@rtmp/node-kit";

import { commandLine } from "./options.ts";
import { startProxy } from "./proxy.ts";

await runApp({ commandLine, start: startProxy });
