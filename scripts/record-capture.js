/**
 * `pnpm record --listen PORT --to HOST:PORT --out NAME`: a proxy that records one RTMP session and alters nothing.
 *
 * Writes NAME.c2s.bin, NAME.s2c.bin (the raw bytes) and NAME.timing.json (`[direction, ms, length]` for each read; a length
 * of 0 says that this side closed, -1 that it broke), then ends. Only loopback addresses are taken, and one connection.
 */

import { once } from "node:events";
import { createWriteStream, realpathSync, writeFileSync } from "node:fs";
import { connect, createServer, isIP } from "node:net";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const usage = "usage: pnpm record --listen PORT --to HOST:PORT --out NAME";

/**
 * @typedef {object} RecordRequest
 * @property {number} listen  port to listen on, on 127.0.0.1; 0 takes any free one
 * @property {string} host    server to pass everything on to
 * @property {number} port    its port
 * @property {string} out     path of the files without their endings
 */

/**
 * Records one connection.
 *
 * @param {RecordRequest} request
 * @param {(port: number) => void} onListening  told the port that was bound
 * @returns {Promise<void>}  when both sides have closed and the files are complete; rejects when the server cannot be
 *   reached, with nothing written
 */
export async function record({ listen, host, port, out }, onListening) {
  const client = await acceptOne(listen, onListening);
  const server = connect({ host, port, allowHalfOpen: true });
  try {
    await once(server, "connect");
  } catch (error) {
    client.destroy();
    throw error;
  }
  const start = performance.now();
  /** @type {[string, number, number][]} */
  const timing = [];
  await Promise.all([
    pass("c2s", client, server, out, start, timing),
    pass("s2c", server, client, out, start, timing),
  ]);
  const lines = timing.map((entry) => JSON.stringify(entry));
  writeFileSync(`${out}.timing.json`, `[\n${lines.join(",\n")}\n]\n`);
}

/**
 * @param {number} port
 * @param {(port: number) => void} onListening
 * @returns {Promise<import("node:net").Socket>}
 */
function acceptOne(port, onListening) {
  return new Promise((resolve, reject) => {
    const listener = createServer({ allowHalfOpen: true }, (socket) => {
      listener.close();
      resolve(socket);
    });
    listener.once("error", reject);
    listener.listen(port, "127.0.0.1", () => {
      const bound = listener.address();
      onListening(typeof bound === "object" && bound !== null ? bound.port : port);
    });
  });
}

/**
 * Passes one direction on and records it; resolves when it is over.
 *
 * @param {string} direction
 * @param {import("node:net").Socket} from
 * @param {import("node:net").Socket} to
 * @param {string} out
 * @param {number} start
 * @param {[string, number, number][]} timing
 * @returns {Promise<void>}
 */
function pass(direction, from, to, out, start, timing) {
  const file = createWriteStream(`${out}.${direction}.bin`);
  const note = (/** @type {number} */ length) => {
    timing.push([direction, Math.round(performance.now() - start), length]);
  };
  return new Promise((resolve) => {
    from.on("data", (bytes) => {
      note(bytes.length);
      file.write(bytes);
      to.write(bytes);
    });
    from.once("end", () => {
      note(0);
      to.end();
    });
    from.once("error", () => {
      note(-1);
      to.destroy();
    });
    from.once("close", () => file.end(resolve));
  });
}

/**
 * @param {string[]} args
 * @returns {RecordRequest}
 * @throws {TypeError} when the arguments are not of the form that the usage shows
 */
export function readRequest(args) {
  const { values } = parseArgs({
    args,
    options: { listen: { type: "string" }, to: { type: "string" }, out: { type: "string" } },
  });
  const [, host = "", port = ""] = /^(.+):(\d+)$/.exec(values.to ?? "") ?? [];
  if (!/^\d+$/.test(values.listen ?? "") || values.out === undefined || port === "") {
    throw new TypeError(usage);
  }
  if (host !== "localhost" && !(isIP(host) === 4 && host.startsWith("127.")) && host !== "::1") {
    throw new TypeError(`${host} is not a loopback address`);
  }
  return { listen: Number(values.listen), host, port: Number(port), out: values.out };
}

if (
  process.argv[1] !== undefined &&
  realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)
) {
  try {
    const request = readRequest(process.argv.slice(2));
    await record(request, (port) => console.error(`recording rtmp://127.0.0.1:${port}`));
    console.error(
      `wrote ${request.out}.c2s.bin, ${request.out}.s2c.bin, ${request.out}.timing.json`,
    );
  } catch (error) {
    console.error(`error: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 2;
  }
}
