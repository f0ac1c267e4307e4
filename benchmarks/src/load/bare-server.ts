/**
 * The floor of the machine in Node: writes what the publishers send to their players, and does nothing else.
 *
 *   node bare-server.js [streams [gatherMs]]
 *
 * Publishers and players take the streams in turn. What arrives within `gatherMs` leaves in one write for each player; with
 * 0 every batch leaves at once.
 */

import { createServer, type Socket } from "node:net";

import { bareGreeting } from "./bare-wire.ts";

/** One publisher's players, and what waits for them. */
interface Stream {
  readonly players: Set<Socket>;
  waiting: Uint8Array[];
}

const [streamCount = 1, gatherMs = 0] = process.argv.slice(2).map(Number);
const streams = Array.from({ length: streamCount }, (): Stream => ({
  players: new Set(),
  waiting: [],
}));
let players = 0;
let publishers = 0;

function handOut(stream: Stream): void {
  const batch = Buffer.concat(stream.waiting);
  stream.waiting = [];
  for (const player of stream.players) player.write(batch);
}

function take(stream: Stream, batch: Buffer): void {
  if (gatherMs === 0) {
    for (const player of stream.players) player.write(batch);
    return;
  }
  if (stream.waiting.length === 0) setTimeout(() => handOut(stream), gatherMs);
  stream.waiting.push(batch);
}

function inTurn(count: number): Stream {
  const stream = streams[count % streams.length];
  if (stream === undefined) throw new RangeError("there must be a stream");
  return stream;
}

const server = createServer({ noDelay: true }, (socket) => {
  let received: Buffer | undefined;
  // Players send nothing: who does is a publisher.
  let stream = inTurn(players++);
  stream.players.add(socket);
  socket.on("error", () => {});
  socket.on("close", () => stream.players.delete(socket));
  socket.on("data", (bytes) => {
    if (received === undefined) {
      stream.players.delete(socket);
      players--;
      stream = inTurn(publishers++);
      received = bytes.subarray(bareGreeting.length);
    } else received = received.length === 0 ? bytes : Buffer.concat([received, bytes]);
    while (received.length >= 4 && received.length >= 4 + received.readUInt32BE(0)) {
      const end = 4 + received.readUInt32BE(0);
      take(stream, received.subarray(4, end));
      received = received.subarray(end);
    }
  });
});

server.listen({ port: 0, host: "127.0.0.1", backlog: 4_096 }, () => {
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  process.stdout.write(`${JSON.stringify({ event: "ready", port })}\n`);
});
