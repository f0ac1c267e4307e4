import { describe, expect, test } from "vitest";
import { md5Base64, md5Hex } from "../../src/authentication/md5.ts";

describe("RFC 1321 A.5 test suite", () => {
  test.each([
    ["", "d41d8cd98f00b204e9800998ecf8427e"],
    ["a", "0cc175b9c0f1b6a831c399e269772661"],
    ["abc", "900150983cd24fb0d6963f7d28e17f72"],
    ["message digest", "f96b697d7cb7938d525a2f31aaf161d0"],
  ])("%j in hexadecimal", (text, hex) => {
    expect(md5Hex(text)).toBe(hex);
  });

  test("in base64 it keeps its padding", () => {
    expect(md5Base64("abc")).toBe("kAFQmDzST7DWlj99KOF/cg==");
  });
});

test("text is hashed as UTF-8", () => {
  expect(md5Hex("ü€")).toBe("692010ce814aec196e81dfdd38d997ba");
  expect(md5Base64("ü€")).toBe("aSAQzoFK7Blugd/dONmXug==");
});
