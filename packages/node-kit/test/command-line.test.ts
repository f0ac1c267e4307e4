import {
  type CommandLine,
  type PortOption,
  oneOf,
  parseCommandLine,
  parseHost,
  parsePort,
} from "@rtmp/node-kit";
import { describe, expect, test } from "vitest";

interface Values {
  readonly host: string;
  readonly rtmpPort: PortOption;
  readonly colour: "red" | "green";
}

const line: CommandLine<Values> = {
  name: "trial",
  description: "A command for tests",
  version: "1.11.111",
  options: {
    host: { flag: "--host <host>", description: "where", default: "::1", parse: parseHost },
    rtmpPort: { flag: "--rtmp-port <port>", description: "port", default: 1111, parse: parsePort },
    colour: {
      flag: "--colour <colour>",
      description: "which",
      default: "red",
      parse: oneOf(["red", "green"]),
    },
  },
  unavailable: ["--http-port", "--no-sniff"],
  refuse: ({ rtmpPort }) => (rtmpPort === "off" ? "nothing to listen on" : undefined),
};

function refused(...args: string[]): string {
  const result = parseCommandLine(line, args);
  if (result.kind !== "exit") throw new Error("not refused");
  expect(result).toMatchObject({ code: 2, output: "" });
  return result.errors;
}

describe("values", () => {
  test("no arguments give the defaults", () => {
    expect(parseCommandLine(line, [])).toEqual({
      kind: "run",
      values: { host: "::1", rtmpPort: 1111, colour: "red" },
    });
  });

  test("a flag wins over its default, and the last one over those before", () => {
    const args = ["--host", "a", "--rtmp-port=2222", "--colour", "green", "--host=b"];
    expect(parseCommandLine(line, args)).toEqual({
      kind: "run",
      values: { host: "b", rtmpPort: 2222, colour: "green" },
    });
  });

  test("a refused value is repeated, unless it may hold a secret", () => {
    const errors = refused("--rtmp-port=hidden");
    expect(errors).toContain("argument 'hidden' is invalid. Expected a port");
    const rtmpPort = { ...line.options.rtmpPort, secret: true };
    const secret = { ...line, options: { ...line.options, rtmpPort } };
    const text = errors.replace(" 'hidden'", "");
    expect(parseCommandLine(secret, ["--rtmp-port=hidden"])).toEqual({
      kind: "exit",
      code: 2,
      output: "",
      errors: text,
    });
  });

  test("a flag that adds to what is before it can be repeated", () => {
    const repeated: CommandLine<{ readonly names: readonly string[] }> = {
      ...line,
      options: {
        names: {
          flag: "--names <name>",
          description: "who",
          default: [],
          defaultText: "nobody",
          parse: (text, before) => [...before, text],
        },
      },
      unavailable: [],
      refuse: () => undefined,
    };
    for (const args of [["--names", "a", "--names=b"], []]) {
      const names = args.length === 0 ? [] : ["a", "b"];
      expect(parseCommandLine(repeated, args)).toEqual({ kind: "run", values: { names } });
    }
    const help = parseCommandLine(repeated, ["--help"]);
    expect(help).toMatchObject({ output: expect.stringContaining("who (default: nobody)") });
  });

  test("a flag without a value is given or not", () => {
    const switches: CommandLine<{ readonly tlsDev: boolean; readonly sniff: boolean }> = {
      ...line,
      options: {
        tlsDev: { flag: "--tls-dev", description: "encrypt", default: false },
        sniff: { flag: "--no-sniff", description: "RTMP alone", default: true },
      },
      unavailable: [],
      refuse: () => undefined,
    };
    const valuesOf = (...args: string[]) => parseCommandLine(switches, args);
    expect(valuesOf()).toEqual({ kind: "run", values: { tlsDev: false, sniff: true } });
    expect(valuesOf("--tls-dev", "--no-sniff")).toEqual({
      kind: "run",
      values: { tlsDev: true, sniff: false },
    });
    expect(valuesOf("--tls-dev=yes")).toMatchObject({ kind: "exit", code: 2 });
    expect(valuesOf("--sniff")).toMatchObject({ kind: "exit", code: 2 });
  });

  test("a default that a flag could not change is a mistake of the caller", () => {
    const wrong: CommandLine<{ readonly tlsDev: boolean }> = {
      ...line,
      options: { tlsDev: { flag: "--tls-dev", description: "encrypt", default: true } },
      unavailable: [],
      refuse: () => undefined,
    };
    expect(() => parseCommandLine(wrong, [])).toThrow(TypeError);
  });

  test("one parse leaves nothing behind for the next", () => {
    parseCommandLine(line, ["--host", "a"]);
    expect(parseCommandLine(line, [])).toMatchObject({ values: { host: "::1" } });
  });
});

describe("refusals exit with 2 and say why", () => {
  test("an unknown flag", () => {
    expect(refused("--bogus")).toBe("error: unknown option '--bogus'\n");
  });

  test("a flag of another version, wherever its value is and whatever comes with it", () => {
    const text = "error: option '--http-port' is not available in this version\n";
    expect(refused("--http-port", "8080")).toBe(text);
    expect(refused("--http-port=8080")).toBe(text);
    expect(refused("--bogus", "--host", "a", "--http-port")).toBe(text);
    expect(refused("--no-sniff")).toContain("'--no-sniff' is not available in this version");
  });

  test("a bad value, with what was expected", () => {
    expect(refused("--rtmp-port", "70000")).toBe(
      "error: option '--rtmp-port <port>' argument '70000' is invalid. Expected a port from 0 to 65535, or off.\n",
    );
    expect(refused("--colour", "blue")).toContain("Expected one of red, green.");
    expect(refused("--host", "")).toContain("Expected an address or a host name.");
  });

  test("a flag without its value", () => {
    expect(refused("--host")).toBe("error: option '--host <host>' argument missing\n");
  });

  test("a stray argument", () => {
    expect(refused("stray")).toContain("error: too many arguments");
    expect(refused("--", "--http-port")).toContain("error: too many arguments");
  });

  test("values that are wrong together", () => {
    expect(refused("--rtmp-port", "off")).toBe("error: nothing to listen on\n");
  });
});

describe("what is printed", () => {
  test("--help lists exactly the flags that work and exits with 0", () => {
    const result = parseCommandLine(line, ["--help"]);
    expect(result).toMatchObject({ kind: "exit", code: 0, errors: "" });
    const output = result.kind === "exit" ? result.output : "";
    expect(output.match(/^ +--[a-z-]+/gm)?.map((flag) => flag.trim())).toEqual([
      "--version",
      "--host",
      "--rtmp-port",
      "--colour",
      "--help",
    ]);
    expect(output).toContain("A command for tests");
    expect(output).toContain("(default: 1111)");
  });

  test("--version exits with 0", () => {
    expect(parseCommandLine(line, ["--version"])).toEqual({
      kind: "exit",
      code: 0,
      output: "1.11.111\n",
      errors: "",
    });
  });
});

test("an option under another name than its flag is a mistake of the caller", () => {
  const { host } = line.options;
  const wrong = { ...line, options: { ...line.options, host: { ...host, flag: "--port <p>" } } };
  expect(() => parseCommandLine(wrong, [])).toThrow(TypeError);
});
