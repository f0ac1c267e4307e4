import { mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

import { VirtualClock } from "@rtmp/testing";
import { CertificateFiles } from "@rtmp/transport-node";
import { describe, expect, onTestFinished, test } from "vitest";

import { firstPair, secondPair } from "./certificates.ts";

type Pair = typeof firstPair;

/** Two files, and what is told of them. */
function setUp({ cert, key }: Pair = firstPair) {
  const folder = mkdtempSync(join(tmpdir(), "rtmp-certificate-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const [certFile, keyFile] = [join(folder, "cert.pem"), join(folder, "key.pem")];
  writeFileSync(certFile, cert);
  writeFileSync(keyFile, key);
  const told: string[] = [];
  const open = (clock?: VirtualClock) => {
    const files = new CertificateFiles({
      certFile,
      keyFile,
      onReload: ({ fingerprint }) => told.push(fingerprint),
      onError: ({ message }) => told.push(message),
      ...(clock === undefined ? {} : { clock }),
    });
    onTestFinished(() => files.close());
    return files;
  };
  return { folder, certFile, keyFile, told, open };
}

/** A change before the threads of libuv have looked at a file for the first time is none. */
const firstLook = () => delay(200);

test("files are read when they are opened", () => {
  const { told, open } = setUp();
  const files = open();
  expect(files.loaded.fingerprint).toBe(firstPair.fingerprint);
  expect(files.secureContext).toBe(files.loaded.secureContext);
  expect(told).toEqual([]);
});

describe("files that cannot be used are refused at the start:", () => {
  test("one that is not there", () => {
    const { keyFile, open } = setUp();
    rmSync(keyFile);
    expect(open).toThrow(`cannot read ${keyFile}: there is no such file`);
  });

  test("one that cannot be read", () => {
    const { certFile, folder, open } = setUp();
    rmSync(certFile);
    symlinkSync(folder, certFile);
    expect(open).toThrow(`cannot read ${certFile}: EISDIR`);
  });

  test("a key of another certificate", () => {
    const { certFile, keyFile, open } = setUp({ ...firstPair, key: secondPair.key });
    expect(open).toThrow(`${keyFile} is not the key of ${certFile}`);
  });
});

describe("files that are read anew", () => {
  test("are in use at once, for new connections", () => {
    const { certFile, keyFile, told, open } = setUp();
    const files = open();
    const before = files.secureContext;
    writeFileSync(certFile, secondPair.cert);
    writeFileSync(keyFile, secondPair.key);
    files.reload();
    expect(told).toEqual([secondPair.fingerprint]);
    expect(files.loaded.fingerprint).toBe(secondPair.fingerprint);
    expect(files.secureContext).not.toBe(before);
  });

  test("and cannot be used leave those before them in use", () => {
    const { certFile, keyFile, told, open } = setUp();
    const files = open();
    const before = files.secureContext;
    writeFileSync(keyFile, secondPair.key);
    files.reload();
    rmSync(certFile);
    files.reload();
    expect(told).toEqual([
      `${keyFile} is not the key of ${certFile}`,
      `cannot read ${certFile}: there is no such file`,
    ]);
    expect(files.secureContext).toBe(before);
  });
});

describe("files that change", () => {
  test("are read anew without being asked, also when a link is changed", async () => {
    const { folder, certFile, keyFile, told, open } = setUp();
    const [newCert, newKey] = [join(folder, "new-cert.pem"), join(folder, "new-key.pem")];
    writeFileSync(newCert, secondPair.cert);
    writeFileSync(newKey, secondPair.key);
    open();
    await firstLook();
    for (const [from, to] of [
      [newCert, certFile],
      [newKey, keyFile],
    ] as const) {
      symlinkSync(from, `${to}.link`);
      renameSync(`${to}.link`, to);
    }
    await expect.poll(() => told, { timeout: 8_000 }).toEqual([secondPair.fingerprint]);
  });

  test("are read once, a second behind the last change", async () => {
    const clock = new VirtualClock();
    const { certFile, keyFile, told, open } = setUp();
    open(clock);
    await firstLook();
    writeFileSync(certFile, secondPair.cert);
    writeFileSync(keyFile, secondPair.key);
    await expect.poll(() => clock.pending, { timeout: 8_000 }).toBe(1);
    clock.advance(999);
    expect(told).toEqual([]);
    await delay(100);
    clock.advance(1_000);
    expect(told).toEqual([secondPair.fingerprint]);
  });

  test("are of no interest once it is closed", () => {
    const clock = new VirtualClock();
    const { told, open } = setUp();
    const files = open(clock);
    files.close();
    files.close();
    clock.advance(5_000);
    expect([told, clock.pending]).toEqual([[], 0]);
  });

  test("are looked at no more once it is closed, also where both are one", async () => {
    const { certFile, keyFile, open } = setUp();
    const looks = () => {
      // The types of Node have the report as an empty object.
      const report: { libuv?: { filename?: string }[] } = process.report.getReport();
      return report.libuv?.filter(({ filename }) => [certFile, keyFile].includes(filename ?? ""));
    };
    const files = open();
    expect(looks()).toHaveLength(2);
    files.close();
    await expect.poll(looks).toEqual([]);

    writeFileSync(certFile, firstPair.cert + firstPair.key);
    const both = new CertificateFiles({ certFile, keyFile: certFile });
    expect(looks()).toHaveLength(1);
    both.close();
    await expect.poll(looks).toEqual([]);
  });
});
