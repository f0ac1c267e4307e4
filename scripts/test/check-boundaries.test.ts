import { expect, test } from "vitest";

import { arrows, checkBoundaries, nodePackages } from "../check-boundaries.ts";
import { formatAll, madeUpTree, manifest, repository } from "./made-up-tree.ts";

test("the repository keeps every arrow", () => {
  expect(formatAll(checkBoundaries(repository))).toEqual([]);
});

test("the arrows name packages of the table and make no circle", () => {
  const isReachable = (from: string, to: string): boolean =>
    (arrows[from] ?? []).some((next) => next === to || isReachable(next, to));
  for (const [name, targets] of Object.entries(arrows)) {
    for (const target of targets) expect(arrows).toHaveProperty(target);
    expect(isReachable(name, name)).toBe(false);
  }
  for (const name of nodePackages) expect(arrows).toHaveProperty(name);
});

test("a tree that keeps the rules has no violations", () => {
  const root = madeUpTree({
    "packages/wire/package.json": manifest("wire"),
    "packages/wire/src/index.ts": `
      /** Use: \`import { Socket } from "node:net"\`. */
      export { a } from "./deep/a.ts";`,
    "packages/wire/src/deep/a.ts": 'import type { B } from "../b.ts";\nexport const a: B = 1;',
    "packages/wire/src/b.ts": "export type B = number;",
    "packages/transport-node/package.json": manifest("transport-node", ["@rtmp/wire"]),
    "packages/transport-node/src/index.ts": 'import "node:net";\nimport "@rtmp/wire";',
    "apps/server/package.json": manifest("server", ["@rtmp/wire", "pino"], true),
    "apps/server/src/cli.ts": `
      import "node:fs";
      import type { a } from "@rtmp/wire";
      const log = () => import("pino");`,
  });
  expect(formatAll(checkBoundaries(root))).toEqual([]);
});

test("each broken rule is reported by file and line", () => {
  const root = madeUpTree({
    "packages/wire/package.json": manifest("wire"),
    "packages/wire/src/index.ts": 'export const a = 1;\nimport "node:fs";',
    "packages/amf/package.json": manifest("amf", ["@rtmp/wire"]),
    "packages/amf/src/index.ts": 'import { a } from "../../wire/src/index.ts";',
    "packages/chunk/package.json": manifest("chunk", ["@rtmp/wire", "@rtmp/amf"]),
    "packages/chunk/src/index.ts": [
      'export { x } from "@rtmp/amf";',
      'import "@rtmp/wire/src/index.ts";',
      'type W = import("net").Socket;',
    ].join("\n"),
    "packages/flv/package.json": manifest("flv", ["left-pad"]),
    "packages/flv/src/tag.ts": '\n\nexport const load = () => import("@rtmp/wire");',
    "packages/surprise/package.json": manifest("surprise"),
    "packages/surprise/src/index.ts": "",
    "apps/server/package.json": manifest("server", ["@rtmp/player-proxy"], true),
    "apps/server/src/cli.ts": 'import "@rtmp/player-proxy";\nimport "pino";',
  });
  expect(formatAll(checkBoundaries(root))).toEqual([
    "packages/amf/src/index.ts:1: ../../wire/src/index.ts is outside of amf; other packages are imported by name",
    "packages/amf/package.json:11: amf does not import its dependency @rtmp/wire",
    "packages/chunk/src/index.ts:1: chunk may not import @rtmp/amf",
    "packages/chunk/src/index.ts:2: @rtmp/wire/src/index.ts is not an entry of @rtmp/wire",
    "packages/chunk/src/index.ts:3: net needs the prefix node:",
    "packages/flv/src/tag.ts:3: @rtmp/wire is not in the dependencies of flv",
    "packages/flv/package.json:11: flv does not import its dependency left-pad",
    "packages/surprise/package.json:1: package surprise has no row in the table of arrows",
    "packages/wire/src/index.ts:2: wire may not use node:fs; it runs everywhere",
    "apps/server/src/cli.ts:1: server may not import @rtmp/player-proxy",
    "apps/server/src/cli.ts:2: pino is not in the dependencies of server",
  ]);
});

test("packages that import each other are reported once", () => {
  const root = madeUpTree({
    "packages/amf/package.json": manifest("amf", ["@rtmp/wire"]),
    "packages/amf/src/index.ts": 'import "@rtmp/wire";',
    "packages/wire/package.json": manifest("wire", ["@rtmp/amf"]),
    "packages/wire/src/index.ts": 'import "@rtmp/amf";',
  });
  expect(formatAll(checkBoundaries(root))).toEqual([
    "packages/wire/src/index.ts:1: wire may not import @rtmp/amf",
    "packages/amf/package.json:1: packages in a circle: @rtmp/amf -> @rtmp/wire -> @rtmp/amf",
  ]);
});
