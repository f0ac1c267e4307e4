/**
 * Command messages (types 20 and 17): a call, its answer, or a status.
 *
 *   name (string) | transaction id (number) | command object (object or null) | arguments
 *
 * RTMP §7.1.1
 */

import { Amf0Decoder, type AmfValue, encodeAmf0 } from "@rtmp/amf";
import { bodyError, bodyStart, hasValue, readValues, trimNul } from "./amf-body.ts";
import { usualCommandName } from "./command-name.ts";
import { MessageError, type MessageErrorOptions } from "./errors.ts";
import { type MessageLimits, resolveMessageLimits } from "./limits.ts";

/** One command message. */
export interface Command {
  /** The name in its usual spelling, as in RTMP §7.2; unknown names as they came. */
  readonly name: string;
  /** Repeated by the answer; 0 wants none. Finite, mostly a small integer. */
  readonly transactionId: number;
  /** An object or null; null where the peer left it out. */
  readonly commandObject: AmfValue;
  /** What follows the command object. */
  readonly args: readonly AmfValue[];
}

/** A command to encode. */
export interface CommandInit {
  /** Written as it is. */
  readonly name: string;
  /** 0 wants no answer. */
  readonly transactionId: number;
  /**
   * `undefined` is written as null too.
   *
   * @default null
   */
  readonly commandObject?: AmfValue;
  /** @default [] */
  readonly args?: readonly AmfValue[];
}

/** How a command or data payload is read. */
export interface DecodeOptions {
  /**
   * Whether the message type is 15 or 17: a format byte 0 comes first, and may be missing.
   *
   * @default false
   */
  readonly amf3?: boolean;
  /** What is left out has its default. */
  readonly limits?: Partial<MessageLimits>;
}

/** What is known of a command while it is read. */
interface Head {
  commandName: string | undefined;
  transactionId: number | undefined;
}

/**
 * Decodes the payload of a command message.
 *
 * The command object and everything behind it may be missing. A bare name counts as transaction 0: ffmpeg's server
 * sends onFCPublish so. Bytes that begin like no value end the arguments: some encoders pad.
 *
 * @param payload  the whole payload; the command keeps no view of it
 * @throws MessageError with `commandName` and `transactionId` where they were read: `RTMP_ERR_BAD_COMMAND` when the
 *   name is no string, the transaction id no finite number, or a value is cut or broken; `RTMP_ERR_BODY_LIMIT`;
 *   `RTMP_ERR_BODY_UNSUPPORTED`
 * @throws RangeError when a limit is not a positive integer
 * @see RTMP §7.1.1
 */
export function decodeCommand(payload: Uint8Array, options: DecodeOptions = {}): Command {
  const limits = resolveMessageLimits(options.limits);
  if (payload.length > limits.maxCommandBytes) {
    const message = `command of ${payload.length} bytes, ${limits.maxCommandBytes} are allowed`;
    throw new MessageError("RTMP_ERR_BODY_LIMIT", message);
  }

  const offset = bodyStart(payload, options.amf3);
  const decoder = new Amf0Decoder(payload, { limits: limits.amf, offset });
  const head: Head = { commandName: undefined, transactionId: undefined };
  try {
    const name = readName(decoder, limits.maxCommandNameLength);
    head.commandName = name;
    const transactionId = decoder.done ? 0 : readTransactionId(decoder, head);
    head.transactionId = transactionId;
    const commandObject = hasValue(decoder, payload) ? decoder.read() : null;
    return { name, transactionId, commandObject, args: readValues(decoder, payload) };
  } catch (error) {
    throw bodyError(error, "RTMP_ERR_BAD_COMMAND", `command ${head.commandName ?? ""}`, head);
  }
}

function readName(decoder: Amf0Decoder, maxLength: number): string {
  const { offset } = decoder;
  const value = decoder.read();
  if (typeof value !== "string") {
    throw badCommand("command without a name", { offset });
  }

  const name = trimNul(value);
  if (name.length > maxLength) {
    const message = `command name of ${name.length} characters, ${maxLength} are allowed`;
    throw new MessageError("RTMP_ERR_BODY_LIMIT", message, { offset });
  }
  return usualCommandName(name);
}

function readTransactionId(decoder: Amf0Decoder, head: Head): number {
  const { offset } = decoder;
  const value = decoder.read();
  if (typeof value === "number" && Number.isFinite(value)) return value;
  throw badCommand(`command ${head.commandName} without a transaction id`, { ...head, offset });
}

function badCommand(message: string, options: MessageErrorOptions): MessageError {
  return new MessageError("RTMP_ERR_BAD_COMMAND", message, options);
}

/**
 * Encodes the payload of a command message of type 20.
 *
 * @returns bytes that the caller owns
 * @see RTMP §7.1.1
 */
export function encodeCommand(command: CommandInit): Uint8Array {
  const { name, transactionId, commandObject = null, args = [] } = command;
  return encodeAmf0(name, transactionId, commandObject, ...args);
}
