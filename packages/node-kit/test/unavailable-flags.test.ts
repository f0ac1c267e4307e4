import { parseCommandLine, unavailableFlags } from "@rtmp/node-kit";
import { expect, test } from "vitest";

test.each(unavailableFlags)("%s is refused by name", (flag) => {
  const commandLine = {
    name: "some-app",
    description: "Does something",
    version: "1.11.111",
    options: {},
    unavailable: unavailableFlags,
  };
  expect(parseCommandLine(commandLine, [`${flag}=1`])).toEqual({
    kind: "exit",
    code: 2,
    output: "",
    errors: `error: option '${flag}' is not available in this version\n`,
  });
});
