import { readFileSync } from "node:fs";

import { describe, expect, test } from "vitest";

import { declarationsIn, declaredProofs } from "../src/interop/declarations.ts";
import { programs } from "../src/interop/programs.ts";
import { type FiledProof, renderTables, replaceTables, tableRows } from "../src/interop/tables.ts";
import { optionalTool } from "../src/tools.ts";

const document = readFileSync(new URL("../../docs/interop.md", import.meta.url), "utf8");
const empty = `# A title

<!-- interop:begin, written by \`pnpm interop\` -->
<!-- interop:end -->

The rest.
`;
const proofs: readonly FiledProof[] = [
  { program: "obs", features: ["publish", "multitrack"], evidence: "capture", file: "captures" },
  { program: "ffmpeg", features: ["publish"], evidence: "capture", file: "captures" },
  { program: "ffmpeg", features: ["play", "publish"], evidence: "live", file: "ffmpeg" },
  { program: "ffmpeg", features: ["play"], evidence: "by hand", file: "ffmpeg" },
];

/** The rows of the tables without their versions. */
const withoutVersions = (text: string): string[][] =>
  tableRows(text).map((cells) => cells.toSpliced(1, 1));

/** A declaration as it stands in a test; written in one piece, it would be one of this test. */
const declaration = (kind: string, names: string): string => `{ meta: interop.${kind}(${names}) }`;

describe("docs/interop.md", () => {
  test("has in its tables exactly what the tests declare", () => {
    const declared = replaceTables(empty, renderTables(declaredProofs(), {}));
    expect(withoutVersions(document)).toEqual(withoutVersions(declared));
  });

  test("names a version for every program that ran or was captured", () => {
    const rows = tableRows(document).filter(
      (row) => row.includes("live") || row.includes("capture"),
    );
    expect(rows.length).toBeGreaterThan(2);
    expect(rows.filter(([, version]) => version === "—")).toEqual([]);
  });
});

describe("the tables", () => {
  const filled = replaceTables(empty, renderTables(proofs, { ffmpeg: "5.1.9" }));

  test("name the best evidence of each program, in the order of the programs", () => {
    const rows = withoutVersions(filled).slice(0, 3);
    expect(rows.map((row) => [...row.slice(0, 4), row.at(-1)])).toEqual([
      ["program", "publishes", "plays", "joins late", "tests"],
      ["FFmpeg", "live", "live", "—", "`captures`, `ffmpeg`"],
      ["OBS Studio 29", "capture", "—", "—", "`captures`"],
    ]);
  });

  test("leave out programs of which a table has nothing to say", () => {
    const [head, ...rows] = withoutVersions(filled).slice(3);
    expect(head).toContain("several tracks");
    expect(rows.map(([program]) => program)).toEqual(["OBS Studio 29"]);
  });

  test("have lines of one length, and the version that was read", () => {
    expect(filled).toMatch(/^\| FFmpeg +\| 5\.1\.9 +\| live /m);
    const lines = filled.split("\n").filter((line) => line.startsWith("|"));
    expect(new Set(lines.slice(0, 4).map(({ length }) => length)).size).toBe(1);
  });

  test("replace what stood between the markers and nothing else", () => {
    expect(replaceTables(filled, "Nothing.\n")).toBe(replaceTables(empty, "Nothing.\n"));
    expect(filled.startsWith("# A title\n")).toBe(true);
    expect(filled.endsWith("-->\n\nThe rest.\n")).toBe(true);
    expect(() => replaceTables("# A title\n", "")).toThrow("markers");
  });
});

describe("a declaration in a test", () => {
  test("is read from its source", () => {
    const first = declaration("live", '"ffmpeg", "play", "join"');
    const second = declaration("byHand", '\n  "obs",\n  "publish",\n');
    expect(declarationsIn(`test("plays", ${first}, run);\nconst options = ${second};`)).toEqual([
      { program: "ffmpeg", features: ["play", "join"], evidence: "live" },
      { program: "obs", features: ["publish"], evidence: "by hand" },
    ]);
  });

  test.each(['"xmms", "play"', '"obs", "plays"', "name, feature", '"obs", name', ""])(
    "that names %j is refused",
    (names) => {
      expect(() => declarationsIn(declaration("live", names))).toThrow("not the names");
    },
  );
});

describe("the version of a program", () => {
  test("is what it says", () => {
    expect(programs.ffmpeg.version()).toMatch(/^\d+\.\d+/);
    expect(programs["node-media-server"].version()).toMatch(/^\d+\.\d+\.\d+$/);
  });

  test.each([
    ["gstreamer", "gst-launch-1.0", /^\d+\.\d+/],
    ["rtmpdump", "rtmpdump", /^\d+\.\d+/],
    ["nginx-rtmp", "nginx", /^nginx\/\d+\.\d+/],
  ] as const)("%s is what it says where it is installed", (program, tool, pattern) => {
    const isInstalled = optionalTool(tool).path !== undefined;
    const version = programs[program].version();
    expect(version !== undefined && pattern.test(version)).toBe(isInstalled);
  });

  test("of a capture is in the list of captures", () => {
    expect(programs.obs.version()).toBe("29.0.2");
    expect(programs["ffmpeg-8"].version()).toBe("8.0.git");
  });
});
