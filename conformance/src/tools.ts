/** Finds the programs that the tests run. */

import { accessSync, constants, existsSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, join } from "node:path";

/** A program that takes part where it is installed. */
export type OptionalToolName = "rtmpdump" | "gst-launch-1.0" | "nginx" | "chromium";

/** Where Debian puts the RTMP module of nginx. */
export const nginxRtmpModule = "/usr/lib/nginx/modules/ngx_rtmp_module.so";

/** Whether and how a program takes part. */
export interface OptionalTool {
  /** Where it is; undefined when it is not installed. */
  readonly path: string | undefined;
  /** Whether its tests run: it is installed, or `RTMP_REQUIRE_CLIENTS=1` makes them fail without it. */
  readonly takesPart: boolean;
  /** What to put behind the name of its tests: empty, or why they do not run. */
  readonly note: string;
}

/**
 * Returns the ffmpeg to use: `RTMP_FFMPEG`, or the one on the PATH, or the one that an npm package ships.
 *
 * @throws Error when there is none, not even for this platform on npm
 */
export function findFfmpeg(): string {
  return process.env["RTMP_FFMPEG"] ?? onPath("ffmpeg") ?? packagedFfmpeg();
}

/** Looks for a program that the tests can do without. */
export function optionalTool(name: OptionalToolName): OptionalTool {
  const path = name === "nginx" ? nginxWithRtmp() : onPath(name);
  if (path !== undefined) return { path, takesPart: true, note: "" };

  const takesPart = process.env["RTMP_REQUIRE_CLIENTS"] === "1";
  const reason = `${name} is not installed`;
  console.warn(takesPart ? `${reason}, and RTMP_REQUIRE_CLIENTS=1` : `not tested: ${reason}`);
  return { path, takesPart, note: takesPart ? "" : ` (not run: ${reason})` };
}

function nginxWithRtmp(): string | undefined {
  return existsSync(nginxRtmpModule) ? onPath("nginx", "/usr/sbin") : undefined;
}

function onPath(name: string, ...alsoIn: readonly string[]): string | undefined {
  const path = (process.env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  const folders = [...path, ...alsoIn];
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function packagedFfmpeg(): string {
  // Required here and not imported: the package throws where it has no binary for the platform.
  const require = createRequire(import.meta.url);
  const packaged: unknown = require("@ffmpeg-installer/ffmpeg");
  if (typeof packaged === "object" && packaged !== null && "path" in packaged) {
    return String(packaged.path);
  }
  throw new Error("@ffmpeg-installer/ffmpeg does not say where its ffmpeg is");
}
