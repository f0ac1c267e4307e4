import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { describe, expect, test } from "vitest";

import { sourceFilesIn } from "../syntax.ts";
import { repository } from "./made-up-tree.ts";
import { packageExports } from "./package-exports.ts";

const packages = join(repository, "packages");
/** Everything that the packages export and that is more than a type. */
const values = await packageExports(/^/);
const document = readFileSync(join(repository, "docs/protocol.md"), "utf8");

/** One row of a table. */
interface Row {
  /** The heading above the table. */
  readonly chapter: string;
  /** Element, code, read in, written in. */
  readonly cells: readonly string[];
}

const rows: readonly Row[] = document.split(/^## /m).flatMap((part) => {
  const [chapter = "", ...lines] = part.split("\n");
  return lines
    .filter((line) => line.startsWith("| ") && !/^\| (?:element|---)/.test(line))
    .map((line) => {
      const cells = line.split(/(?<!\\)\|/).slice(1, -1);
      return { chapter, cells: cells.map((cell) => cell.trim().replaceAll("\\|", "|")) };
    });
});

function spans(cell: string | undefined): string[] {
  return [...(cell ?? "").matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? "");
}

/** What a test file says, with the tables and helpers beside it that it imports. */
function testText(path: string): string {
  const file = join(packages, path);
  const text = readFileSync(file, "utf8");
  const imported = [...text.matchAll(/from "(\.[^"]+)"/g)].map((match) => {
    return readFileSync(join(dirname(file), match[1] ?? ""), "utf8");
  });
  return [text, ...imported].join("\n");
}

function textOf(cell: string | undefined): string {
  return spans(cell).map(testText).join("\n");
}

function says(text: string, word: string): boolean {
  const escaped = word.replaceAll(/[^\w]/g, String.raw`\$&`);
  return new RegExp(String.raw`(?<!\w)${escaped}(?!\w)`).test(text);
}

const sources = readdirSync(packages)
  .map((name) => join(packages, name, "src"))
  .filter(existsSync)
  .flatMap((folder) => sourceFilesIn(folder))
  .map((path) => readFileSync(path, "utf8"));

/** The docblock of a name together with that of its file; one text for each place that declares the name. */
function docblocksOf(name: string): string[] {
  const declaration = new RegExp(
    String.raw`^export (?:abstract )?(?:const|class|function|interface|type) ${name}\b`,
    "m",
  );
  return sources.flatMap((text) => {
    const at = text.search(declaration);
    if (at === -1) return [];
    const own = text.slice(text.lastIndexOf("/**", at), at);
    return [text.slice(0, text.indexOf("*/")) + own];
  });
}

describe("docs/protocol.md", () => {
  test("every row says what, where, and how it is tested", () => {
    const incomplete = rows.filter(({ cells }) => cells.length !== 4 || cells.includes(""));
    expect(incomplete).toEqual([]);
    expect(rows.length).toBeGreaterThan(40);
  });

  test("the tests exist, and what has none says why", () => {
    const cells = rows.flatMap((row) => row.cells.slice(2));
    expect(cells.filter((cell) => spans(cell).length === 0 && !/^— \w/.test(cell))).toEqual([]);

    const missing = cells.flatMap(spans).filter((path) => {
      return !path.endsWith(".test.ts") || !existsSync(join(packages, path));
    });
    expect(missing).toEqual([]);
  });

  test("the names are exported, and their docblocks or those of their files cite the specification", () => {
    const entries = readdirSync(packages)
      .map((name) => join(packages, name, "src/index.ts"))
      .filter(existsSync)
      .map((path) => readFileSync(path, "utf8"));
    const exported = new Set(entries.join("\n").match(/\w+/g));
    const wrong = rows.flatMap(({ chapter, cells }) => {
      const isSpecified = chapter !== "What no specification says";
      return spans(cells[1]).filter((name) => {
        const docblocks = docblocksOf(name);
        const isCited = docblocks.every((text) => /§|FLV E\.|E-RTMP "/.test(text));
        return !exported.has(name) || docblocks.length === 0 || (isSpecified && !isCited);
      });
    });
    expect(wrong).toEqual([]);
  });

  test("the tests speak of what they are named for", () => {
    const messageTypes = Object.keys(values.get("MessageTypeId") ?? {});
    const silent = rows.flatMap(({ cells: [element, code, readIn, writtenIn] }) => {
      const reading = textOf(readIn);
      const writing = textOf(writtenIn);
      // Payloads are read and written without their message type; types leave no trace in what runs.
      const elements = spans(element).filter((name) => !messageTypes.includes(name));
      const used = spans(code).filter((name) => values.has(name));
      return [
        ...elements.filter((name) => !says(reading, name)).map((name) => `read ${name}`),
        ...elements
          .filter((name) => writing !== "" && !says(writing, name))
          .map((name) => `write ${name}`),
        ...used.filter((name) => !says(reading + writing, name)).map((name) => `use ${name}`),
      ];
    });
    expect(silent).toEqual([]);
  });

  test("no message type, event, limit type or status of shared objects is left out", () => {
    const types = ["MessageTypeId", "LimitType", "UserControlEvent", "SharedObjectStatusCode"];
    const names = types.flatMap((type) => Object.keys(values.get(type) ?? {}));
    expect(names.length).toBeGreaterThan(25);

    const elements = new Set(rows.flatMap((row) => spans(row.cells[0])));
    expect(names.filter((name) => !elements.has(name))).toEqual([]);
  });

  test("no command whose spelling is known is left out", () => {
    const source = readFileSync(join(packages, "message/src/command-name.ts"), "utf8");
    const list = /const names = \[([^\]]*)\]/.exec(source)?.[1] ?? "";
    const names = [...list.matchAll(/"([^"]+)"/g)].map((match) => match[1] ?? "");
    expect(names.length).toBeGreaterThan(25);

    const elements = new Set(rows.flatMap((row) => spans(row.cells[0])));
    expect(names.filter((name) => !elements.has(name))).toEqual([]);
  });

  test("no type of the media headers and no bit set of connect is left out", () => {
    const flv = readdirSync(join(packages, "flv/test")).filter((name) =>
      name.startsWith("every-value"),
    );
    const checked = flv.flatMap((name) => {
      const source = readFileSync(join(packages, "flv/test", name), "utf8");
      return [...source.matchAll(/satisfies ValueRows<typeof (\w+)>/g)].map((match) => match[1]);
    });
    expect(new Set(checked).size).toBeGreaterThan(12);

    const masks = [...values.keys()].filter((name) => name.endsWith("Mask"));
    expect(masks).toHaveLength(5);
    const named = new Set(rows.flatMap((row) => spans(row.cells[1])));
    const types = [...checked, ...masks];
    expect(types.filter((type) => type === undefined || !named.has(type))).toEqual([]);
  });
});
