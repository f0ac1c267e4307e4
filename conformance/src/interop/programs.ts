/** The programs that were tried: the rows of the tables in docs/interop.md, in their order, and where their versions are. */

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

import { findFfmpeg, optionalTool, type OptionalToolName } from "../tools.ts";

const captures = new URL("../../../packages/testing/fixtures/captures/README.md", import.meta.url);

/** One program. */
interface Program {
  readonly title: string;
  /**
   * Reads its version from the program, or from the list of the captures; undefined when it is not installed, or its
   * bytes are written by hand and nobody says after which version.
   *
   * @throws Error when it does not say
   */
  version(): string | undefined;
}

/** The programs. */
export const programs = {
  ffmpeg: {
    title: "FFmpeg",
    version: () => said(findFfmpeg(), ["-version"], /^ffmpeg version (\d[\d.]*)/),
  },
  "ffmpeg-8": {
    title: "FFmpeg 8 line",
    version: () => captured("ffmpeg8-publish-hevc-aac", /ffmpeg (\S+)/),
  },
  gstreamer: {
    title: "GStreamer",
    version: () => ofTool("gst-launch-1.0", ["--version"], /^GStreamer ([\d.]+)/m),
  },
  rtmpdump: {
    title: "rtmpdump (librtmp)",
    version: () => ofTool("rtmpdump", ["--help"], /^RTMPDump v([\d.]+)/m),
  },
  obs: {
    title: "OBS Studio 29",
    version: () => captured("obs-publish-h264-aac", /OBS Studio (\S+)/),
  },
  "nginx-rtmp": {
    title: "nginx-rtmp",
    version: () => ofTool("nginx", ["-v"], /^nginx version: (nginx\/[\d.]+)/),
  },
  "node-media-server": {
    title: "Node-Media-Server",
    version: nodeMediaServerVersion,
  },
  "obs-30": { title: "OBS Studio 30", version: () => "30.0, 30.2" },
  fmle: { title: "Flash Media Live Encoder", version: () => "3.2" },
  flash: { title: "Flash Player, AIR", version: () => undefined },
  dji: { title: "DJI cameras", version: () => undefined },
  prism: { title: "PRISM Live Studio", version: () => undefined },
  chromium: {
    title: "Chromium, by `examples/browser`",
    version: () => ofTool("chromium", ["--version"], /^Chromium ([\d.]+)/),
  },
  client: { title: "our client", version: () => "this tree" },
} as const satisfies Readonly<Record<string, Program>>;

/** The name of a program. */
export type ProgramName = keyof typeof programs;

function ofTool(
  name: OptionalToolName,
  args: readonly string[],
  pattern: RegExp,
): string | undefined {
  const { path } = optionalTool(name);
  return path === undefined ? undefined : said(path, args, pattern);
}

/** What a program says of its version, on stdout or stderr. */
function said(path: string, args: readonly string[], pattern: RegExp): string {
  const { stdout, stderr } = spawnSync(path, args, { encoding: "utf8", timeout: 10_000 });
  return match(`${stdout}${stderr}`, pattern, path);
}

/** The client of a capture, as its list names it. */
function captured(capture: string, pattern: RegExp): string {
  const lines = readFileSync(captures, "utf8").split("\n");
  return match(lines.find((line) => line.startsWith(`| ${capture} |`)) ?? "", pattern, capture);
}

function nodeMediaServerVersion(): string {
  const manifest: unknown = createRequire(import.meta.url)("node-media-server/package.json");
  if (typeof manifest === "object" && manifest !== null && "version" in manifest) {
    return String(manifest.version);
  }
  throw new Error("node-media-server has no version");
}

function match(text: string, pattern: RegExp, source: string): string {
  const version = pattern.exec(text)?.[1];
  if (version === undefined) throw new Error(`${source} does not say its version: ${text}`);
  return version;
}
