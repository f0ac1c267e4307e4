import { hex, toHex } from "@rtmp/testing";

// The bytes of replies as they are written in the specification; one line as `Bench.replyLines` gives it.

/** `_result` with a null command object, and values. */
export const result = (transactionId: string, values = ""): string =>
  `3/0/20: ${toHex(hex(`02 0007 "_result" 00 ${transactionId} 05 ${values}`))}`;
const lengthOf = (text: string): string => text.length.toString(16).padStart(4, "0");
/** A name and a string of an AMF0 object. */
export const property = (name: string, text: string): string =>
  `${lengthOf(name)} "${name}" 02 ${lengthOf(text)} "${text}"`;
/** An `onStatus` of a stream. */
export const status = (
  stream: number,
  level: string,
  code: string,
  text: string,
  details = "cam",
) =>
  `5/${stream}/20: ${toHex(
    hex(`
    02 0008 "onStatus" 00 0000000000000000 05
    03 ${property("level", level)} ${property("code", code)} ${property("description", text)}
       ${details === "" ? "" : property("details", details)} 0000 09`),
  )}`;
/** Stream Begin. */
export const begin = (stream: number): string => `2/0/4: ${toHex(hex(`0000 0000000${stream}`))}`;
