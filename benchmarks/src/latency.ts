/**
 * How long one message takes through the whole house: reader, session, hub, shared chunks, transport of one player.
 *
 * The publisher's bytes of one message go in, and the time counts until the player's transport is written to; no socket
 * is involved. The pauses of the garbage collector are in the figures.
 */

import { ChunkWriter, MessageTypeId } from "@rtmp/chunk";
import { ClientHandshake } from "@rtmp/handshake";
import { StreamHub } from "@rtmp/hub";
import { encodeCommand } from "@rtmp/message";
import { serve } from "@rtmp/relay";
import type { Transport, TransportHandlers } from "@rtmp/session";
import type { BenchFigures } from "./measure.ts";

const payloadBytes = 1_000;
const messagesPerGop = 60;

/** A transport whose bytes come from the benchmark and go nowhere. */
class BenchTransport implements Transport {
  readonly remote = "192.0.2.1:1935";
  readonly reusesBuffers = false;
  readonly queuedBytes = 0;
  /** Pieces written so far. */
  writes = 0;
  #handlers: TransportHandlers | undefined;

  start(handlers: TransportHandlers): void {
    this.#handlers = handlers;
  }

  receive(bytes: Uint8Array): void {
    this.#handlers?.onBytes(bytes);
  }

  write(): void {
    this.writes++;
  }

  writeAll(pieces: readonly Uint8Array[]): void {
    this.writes += pieces.length;
  }

  pause(): void {}
  resume(): void {}
  close(): void {}
}

/** Opens a connection on which stream 1 publishes or plays. */
function connect(
  hub: StreamHub,
  command: "publish" | "play",
): { transport: BenchTransport; writer: ChunkWriter } {
  const transport = new BenchTransport();
  serve(transport, { hub });
  transport.receive(new ClientHandshake().start());
  transport.receive(new Uint8Array(1_536)); // C2; its content is not looked at.

  const writer = new ChunkWriter();
  writer.setChunkSize(65_536);
  const say = (
    messageStreamId: number,
    name: string,
    transactionId: number,
    ...args: string[]
  ): void => {
    const payload = encodeCommand({
      name,
      transactionId,
      commandObject: name === "connect" ? { app: "live" } : null,
      args,
    });
    const typeId = MessageTypeId.CommandAmf0;
    writer.write({ chunkStreamId: 3, timestamp: 0, typeId, messageStreamId, payload });
  };
  say(0, "connect", 1);
  say(0, "createStream", 2);
  say(1, command, 3, "cam");
  transport.receive(writer.take());
  return { transport, writer };
}

/**
 * Measures the latency of single messages.
 *
 * @param count  messages to send
 * @throws Error when a message did not reach the player at once
 */
export function measureLatency(count: number): BenchFigures {
  const hub = new StreamHub();
  const publisher = connect(hub, "publish");
  const player = connect(hub, "play");
  const nanoseconds = new Float64Array(count);
  const payload = new Uint8Array(payloadBytes);
  const message = { chunkStreamId: 6, typeId: MessageTypeId.Video, messageStreamId: 1, payload };

  for (let i = 0; i < count; i++) {
    payload[0] = i % messagesPerGop === 0 ? 0x17 : 0x27;
    payload[1] = 1;
    publisher.writer.write({ ...message, timestamp: i * 33 });
    const bytes = publisher.writer.take();
    const before = player.transport.writes;
    const start = process.hrtime.bigint();
    publisher.transport.receive(bytes);
    nanoseconds[i] = Number(process.hrtime.bigint() - start);
    if (player.transport.writes === before) throw new Error(`message ${i} did not arrive`);
  }

  let sum = 0;
  for (const one of nanoseconds) sum += one;
  const sorted = nanoseconds.toSorted();
  const at = (fraction: number): number =>
    sorted[Math.min(count - 1, Math.floor(count * fraction))]!;
  return {
    name: "latency/reader-to-writer",
    opsPerSecond: (count / sum) * 1e9,
    bytesPerSecond: ((count * payloadBytes) / sum) * 1e9,
    p50Ns: at(0.5),
    p99Ns: at(0.99),
    maxNs: sorted[count - 1]!,
    allocatedBytesPerOp: null,
    samples: count,
  };
}
