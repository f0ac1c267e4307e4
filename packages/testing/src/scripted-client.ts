/**
 * A client that says exactly what the test tells it to, and writes down what it is told.
 *
 * It answers nothing by itself: no ping, no acknowledgement, no chunk size. Not for production.
 */

import type { AmfValue } from "@rtmp/amf";
import { ChunkReader, ChunkWriter, MessageTypeId, type OutgoingMessage } from "@rtmp/chunk";
import { ClientHandshake } from "@rtmp/handshake";
import { type Command, decodeCommand, encodeCommand } from "@rtmp/message";
import type { Transport } from "@rtmp/session";
import { type Cancel, type Clock, systemClock } from "@rtmp/wire";

/** A message as it arrived. */
export interface ReceivedMessage extends OutgoingMessage {
  /** When, in milliseconds of the client's clock. */
  readonly at: number;
  /** The decoded command, for command messages. */
  readonly command: Command | undefined;
  /** The code of an `onStatus`, or of the information object of a `_result` or `_error`. */
  readonly code: string | undefined;
}

interface Waiter {
  readonly condition: (message: ReceivedMessage) => boolean;
  readonly resolve: (message: ReceivedMessage) => void;
  readonly reject: (error: Error) => void;
  readonly cancelTimeout: Cancel;
}

/** An RTMP client without a mind of its own. */
export class ScriptedClient {
  /** Everything that arrived behind the handshake, in order. */
  readonly received: ReceivedMessage[] = [];
  /** Bytes that arrived, handshake included. */
  receivedBytes = 0;
  /** Why the connection ended: an error, also one in what the server sent, or `true` when it ended in order. */
  closed: Error | true | undefined;
  readonly #transport: Transport;
  readonly #clock: Clock;
  readonly #handshake = new ClientHandshake();
  readonly #reader = new ChunkReader();
  readonly #writer = new ChunkWriter();
  readonly #waiters = new Set<Waiter>();
  readonly #openWaiters: { resolve: () => void; reject: (error: Error) => void }[] = [];
  #open = false;
  #transactionId = 0;

  /** Takes the transport over and sends C0 and C1. */
  constructor(transport: Transport, clock: Clock = systemClock) {
    this.#transport = transport;
    this.#clock = clock;
    transport.start({
      onBytes: (bytes) => this.#onBytes(bytes),
      onDrain: () => {},
      onClose: (cause) => this.#onClose(cause),
    });
    transport.write(this.#handshake.start());
  }

  /**
   * Resolves when the handshake is over.
   *
   * @throws Error when the connection ends before
   */
  opened(): Promise<void> {
    if (this.#open) return Promise.resolve();
    if (this.closed !== undefined) return Promise.reject(new Error(this.#failure("it is closed")));
    return new Promise((resolve, reject) => this.#openWaiters.push({ resolve, reject }));
  }

  /** Announces a chunk size and uses it. */
  setChunkSize(bytes: number): void {
    this.#writer.setChunkSize(bytes);
    this.#transport.write(this.#writer.take());
  }

  /** Sends messages in one write. */
  send(...messages: OutgoingMessage[]): void {
    for (const message of messages) this.#writer.write(message);
    this.#transport.write(this.#writer.take());
  }

  /** Sends bytes that the test made itself. */
  sendRaw(bytes: Uint8Array): void {
    this.#transport.write(bytes);
  }

  /**
   * Sends a command with the next transaction id.
   *
   * @param messageStreamId  0 for the connection
   * @returns the transaction id
   */
  command(
    messageStreamId: number,
    name: string,
    commandObject: AmfValue,
    ...args: AmfValue[]
  ): number {
    const transactionId = ++this.#transactionId;
    this.send({
      chunkStreamId: 3,
      timestamp: 0,
      typeId: MessageTypeId.CommandAmf0,
      messageStreamId,
      payload: encodeCommand({ name, transactionId, commandObject, args }),
    });
    return transactionId;
  }

  /** Sends `connect`. */
  connect(app: string): number {
    return this.command(0, "connect", { app, tcUrl: `rtmp://127.0.0.1/${app}` });
  }

  /** Commands that arrived, by name. */
  commands(name: string): ReceivedMessage[] {
    return this.received.filter(({ command }) => command?.name === name);
  }

  /** Codes that arrived, of any command, in order. */
  get codes(): string[] {
    return this.received.flatMap(({ code }) => (code === undefined ? [] : [code]));
  }

  /** Audio and video that arrived, and data if asked for. */
  media(withData = false): ReceivedMessage[] {
    return this.received.filter(
      ({ typeId }) =>
        typeId === MessageTypeId.Audio ||
        typeId === MessageTypeId.Video ||
        (withData && typeId === MessageTypeId.DataAmf0),
    );
  }

  /**
   * Waits for a message, among those that are there first.
   *
   * @throws Error when it does not come in time, or the connection ends before
   */
  waitFor(
    condition: (message: ReceivedMessage) => boolean,
    { timeoutMs = 5_000, from = 0 }: { timeoutMs?: number; from?: number } = {},
  ): Promise<ReceivedMessage> {
    const known = this.received.slice(from).find(condition);
    if (known !== undefined) return Promise.resolve(known);
    if (this.closed !== undefined) return Promise.reject(new Error(this.#failure("it is closed")));

    return new Promise((resolve, reject) => {
      const cancelTimeout = this.#clock.schedule(timeoutMs, () => {
        this.#waiters.delete(waiter);
        reject(new Error(this.#failure(`${timeoutMs} ms passed`)));
      });
      const waiter: Waiter = { condition, resolve, reject, cancelTimeout };
      this.#waiters.add(waiter);
    });
  }

  /** Waits for a code, as {@link waitFor} does. */
  waitForCode(
    code: string,
    options?: { timeoutMs?: number; from?: number },
  ): Promise<ReceivedMessage> {
    return this.waitFor((message) => message.code === code, options);
  }

  /** Ends the connection in order. */
  close(): void {
    this.#transport.close(1_000);
  }

  /** Stops reading, as a stalled player does. */
  stall(): void {
    this.#transport.pause();
  }

  #failure(reason: string): string {
    return `what the client waited for did not come: ${reason}; it got ${JSON.stringify(
      this.received.map(({ typeId, code, command }) => code ?? command?.name ?? typeId),
    )}`;
  }

  #onBytes(bytes: Uint8Array): void {
    this.receivedBytes += bytes.length;
    try {
      this.#take(bytes);
    } catch (error) {
      this.#onClose(error instanceof Error ? error : new Error(String(error)));
      this.#transport.close(0);
    }
  }

  #take(bytes: Uint8Array): void {
    if (this.#open) {
      this.#read(bytes);
      return;
    }
    const step = this.#handshake.receive(bytes);
    if (step.send !== undefined) this.#transport.write(step.send);
    if (!step.done) return;

    this.#open = true;
    for (const { resolve } of this.#openWaiters.splice(0)) resolve();
    if (step.surplus !== undefined) this.#read(step.surplus);
  }

  #read(bytes: Uint8Array): void {
    this.#reader.push(bytes, (message) => {
      const { chunkStreamId, timestamp, typeId, messageStreamId } = message;
      const payload = message.take();
      const command = typeId === MessageTypeId.CommandAmf0 ? decodeCommand(payload) : undefined;
      const code = command === undefined ? undefined : codeOf(command);
      const at = this.#clock.now();
      const received = {
        chunkStreamId,
        timestamp,
        typeId,
        messageStreamId,
        payload,
        at,
        command,
        code,
      };
      this.received.push(received);
      for (const waiter of this.#waiters) {
        if (!waiter.condition(received)) continue;
        this.#waiters.delete(waiter);
        waiter.cancelTimeout();
        waiter.resolve(received);
      }
    });
  }

  #onClose(cause: Error | undefined): void {
    this.closed ??= cause ?? true;
    const failure = this.#failure(`the connection ended${cause ? `: ${cause.message}` : ""}`);
    for (const { cancelTimeout } of this.#waiters) cancelTimeout();
    for (const { reject } of [...this.#waiters, ...this.#openWaiters.splice(0)]) {
      reject(new Error(failure));
    }
    this.#waiters.clear();
  }
}

function codeOf({ args }: Command): string | undefined {
  for (const value of args) {
    if (typeof value !== "object" || value === null || !("code" in value)) continue;
    if (typeof value["code"] === "string") return value["code"];
  }
  return undefined;
}
