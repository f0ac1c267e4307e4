/**
 * Playback control: play2, seek, pause, receiveAudio and receiveVideo, as clients build and servers read them.
 *
 * Each goes out on the message stream that plays.
 *
 * RTMP §7.2.2.2, §7.2.2.4, §7.2.2.5, §7.2.2.7, §7.2.2.8
 */

import type { AmfObject, AmfValue } from "@rtmp/amf";
import type { Command } from "./command.ts";
import { MessageError } from "./errors.ts";
import { firstProperties, numberOf, property, textProperty } from "./properties.ts";
import { callCommand } from "./stream-commands.ts";

/** How play2 goes from one stream to the next, in the words of Flash's NetStreamPlayTransitions. */
export type PlayTransition = (typeof transitions)[number];

const transitions = [
  "append",
  "appendAndWait",
  "reset",
  "resume",
  "stop",
  "swap",
  "switch",
] as const;

/** What play2 asks (RTMP §7.2.2.2). */
export interface Play2Request {
  /** The stream to play or to go over to; may hold a query and a prefix such as `mp4:`. */
  readonly streamName: string;
  /** The stream to leave; empty where the client named none. */
  readonly oldStreamName: string;
  /** As in play: -2 live or recorded, -1 live only, 0 or more recorded; -2 where the client left it out. */
  readonly start: number;
  /** As the duration of play, `len` on the wire; -1: to the end. */
  readonly length: number;
  /** Stream time at which to go over; -1, also where the client left it out: as soon as it can be. */
  readonly offset: number;
  /** Where the client sent none or another word: `switch` when there is a stream to leave, else `reset`. */
  readonly transition: PlayTransition;
}

/** What a client asks by play2; what is not given is left out. */
export type Play2Options = Pick<Play2Request, "streamName"> & {
  readonly [Name in Exclude<keyof Play2Request, "streamName">]?: Play2Request[Name] | undefined;
};

/** Builds play2: changes to another bitrate or list entry without a gap (RTMP §7.2.2.2). */
export function play2Command(transactionId: number, options: Play2Options): Command {
  const { streamName, oldStreamName, start, length, offset, transition } = options;
  const object: AmfObject = { streamName, oldStreamName, start, len: length, offset, transition };
  const given = Object.entries(object).filter(([, value]) => value !== undefined);
  return callCommand(transactionId, "play2", [Object.fromEntries(given)]);
}

/**
 * Reads a play2 command.
 *
 * @throws MessageError `RTMP_ERR_NO_STREAM_NAME` when its object or the name in it is missing
 */
export function readPlay2(command: Command): Play2Request {
  const options = firstProperties(command.args);
  const streamName = textProperty(options, "streamName");
  if (streamName === "") throw refused(command, "RTMP_ERR_NO_STREAM_NAME", "a stream name");

  const oldStreamName = textProperty(options, "oldStreamName");
  const word = textProperty(options, "transition").toLowerCase();
  const length = property(options, "len") ?? property(options, "length");
  return {
    streamName,
    oldStreamName,
    start: numberOf(property(options, "start")) ?? -2,
    length: numberOf(length) ?? -1,
    offset: numberOf(property(options, "offset")) ?? -1,
    transition:
      transitions.find((known) => known.toLowerCase() === word) ??
      (oldStreamName === "" ? "reset" : "switch"),
  };
}

/** Builds seek; `milliseconds` counts from the start of the recording (RTMP §7.2.2.7). */
export function seekCommand(transactionId: number, milliseconds: number): Command {
  return callCommand(transactionId, "seek", [milliseconds]);
}

/**
 * Reads where seek goes.
 *
 * @returns milliseconds, 0 or more
 * @throws MessageError `RTMP_ERR_BAD_ARGUMENT` when there is no number
 */
export function readSeek(command: Command): number {
  const milliseconds = numberOf(command.args[0]);
  if (milliseconds === undefined) throw refused(command, "RTMP_ERR_BAD_ARGUMENT", "a time");
  return Math.max(0, milliseconds);
}

/** Whether to pause or to go on, and where the player stands (RTMP §7.2.2.8). */
export interface PauseRequest {
  /** False goes on. */
  readonly paused: boolean;
  /** Stream time at which the player paused or goes on; 0 where the client left it out. */
  readonly milliseconds: number;
}

/** Builds pause: stops (`paused`) or goes on at `milliseconds` of stream time (RTMP §7.2.2.8). */
export function pauseCommand(
  transactionId: number,
  paused: boolean,
  milliseconds: number,
): Command {
  return callCommand(transactionId, "pause", [paused, milliseconds]);
}

/** Reads pause or pauseRaw; without a flag it pauses. Never throws. */
export function readPause(command: Command): PauseRequest {
  const milliseconds = numberOf(command.args[1]) ?? 0;
  return { paused: flagOf(command.args[0]), milliseconds: Math.max(0, milliseconds) };
}

/** Builds receiveAudio: asks for audio (`flag`) or for none (RTMP §7.2.2.4). */
export function receiveAudioCommand(transactionId: number, flag: boolean): Command {
  return callCommand(transactionId, "receiveAudio", [flag]);
}

/** Builds receiveVideo: asks for video (`flag`) or for none (RTMP §7.2.2.5). */
export function receiveVideoCommand(transactionId: number, flag: boolean): Command {
  return callCommand(transactionId, "receiveVideo", [flag]);
}

/** Reads the flag of receiveAudio or receiveVideo; true where the client left it out. Never throws. */
export function readReceive(command: Command): boolean {
  return flagOf(command.args[0]);
}

/** False, 0 and `"false"` are false; everything else, also nothing, is true. */
function flagOf(value: AmfValue): boolean {
  if (typeof value === "string" && value.toLowerCase() === "false") return false;
  return numberOf(value) !== 0;
}

function refused(
  command: Command,
  code: "RTMP_ERR_NO_STREAM_NAME" | "RTMP_ERR_BAD_ARGUMENT",
  missing: string,
): MessageError {
  const { name: commandName, transactionId } = command;
  return new MessageError(code, `${commandName} without ${missing}`, {
    commandName,
    transactionId,
  });
}
