/**
 * NetConnection commands: connect, its answer, and the answers to calls.
 *
 * RTMP §7.2.1; E-RTMP "Enhancing NetConnection connect Command"
 */

import type { AmfObject, AmfValue } from "@rtmp/amf";
import { type Capabilities, capabilityProperties, readCapabilities } from "./capabilities.ts";
import type { Command } from "./command.ts";
import { readStatus, type Status, StatusCode, statusInfo } from "./on-status.ts";
import { numberProperty, propertiesOf, property, textProperty } from "./properties.ts";

/** What a client asks when it connects. Texts are empty where the client left them out. */
export interface ConnectRequest {
  /** 1 by the specification. */
  readonly transactionId: number;
  /** As sent: may hold an instance, a query, or nothing. */
  readonly app: string;
  /** Without the apostrophes and the text behind a space that some clients send; its host is not to be trusted. */
  readonly tcUrl: string;
  /** The client's software; publishers mostly begin with `FMLE/3.0`. */
  readonly flashVer: string;
  /** Where the player application came from; OBS repeats tcUrl. */
  readonly swfUrl: string;
  /** The page around the player application. */
  readonly pageUrl: string;
  /** `nonprivate` from most publishers; undefined where the client left it out. */
  readonly type: string | undefined;
  /** Whether the client uses a proxy; false from most players. */
  readonly fpad: boolean;
  /** Bits of {@link AudioCodecsMask}; 0 where the client left it out, as publishers do. */
  readonly audioCodecs: number;
  /** Bits of {@link VideoCodecsMask}; 0 where the client left it out, as publishers do. */
  readonly videoCodecs: number;
  /** 3 when the client also reads AMF3. */
  readonly objectEncoding: 0 | 3;
  /** Enhanced RTMP capabilities; empty from most clients. */
  readonly capabilities: Capabilities;
  /** The whole command object, names as sent. */
  readonly properties: AmfObject;
  /** What the client's application added behind the command object. */
  readonly args: readonly AmfValue[];
}

/**
 * Reads a connect command.
 *
 * Never throws: names in another letter case, an ECMA array, numbers as text, and missing fields are all accepted.
 *
 * @see RTMP §7.2.1.1
 */
export function readConnect(command: Command): ConnectRequest {
  const properties = propertiesOf(command.commandObject);
  const type = property(properties, "type");
  return {
    transactionId: command.transactionId,
    app: textProperty(properties, "app"),
    tcUrl: unquote(textProperty(properties, "tcUrl")),
    flashVer: textProperty(properties, "flashVer"),
    swfUrl: textProperty(properties, "swfUrl"),
    pageUrl: textProperty(properties, "pageUrl"),
    type: typeof type === "string" ? type : undefined,
    fpad: numberProperty(properties, "fpad") !== 0,
    audioCodecs: numberProperty(properties, "audioCodecs") >>> 0,
    videoCodecs: numberProperty(properties, "videoCodecs") >>> 0,
    objectEncoding: numberProperty(properties, "objectEncoding") === 3 ? 3 : 0,
    capabilities: readCapabilities(properties),
    properties,
    args: command.args,
  };
}

/** Takes off what librtmp's option syntax leaves: `'rtmp://host/app live=1'`. */
function unquote(url: string): string {
  const [first = ""] = url.trim().replace(/^['"]/, "").split(/\s/, 1);
  return first.replace(/['"]$/, "");
}

/** How connect is answered. Capabilities are announced only as far as they are given. */
export interface ConnectResultOptions extends Partial<Capabilities> {
  /** @default "Connection succeeded." */
  readonly description?: string;
  /** @default "FMS/3,5,7,7009" */
  readonly fmsVer?: string;
  /**
   * 3 tells the client that it may send AMF3; only for a client that asked for it.
   *
   * @default 0
   */
  readonly objectEncoding?: 0 | 3;
}

/**
 * Builds the answer to a connect that is accepted, in AMF0.
 *
 * Capabilities go into both objects: E-RTMP does not say which of the two carries them.
 *
 * @see RTMP §7.2.1.1
 */
export function connectResult(
  request: Pick<ConnectRequest, "transactionId">,
  options: ConnectResultOptions = {},
): Command {
  const {
    description = "Connection succeeded.",
    fmsVer = "FMS/3,5,7,7009",
    objectEncoding = 0,
  } = options;
  const info = statusInfo(StatusCode.ConnectSuccess, { description });
  return {
    name: "_result",
    transactionId: request.transactionId,
    commandObject: { fmsVer, capabilities: 31, mode: 1, ...capabilityProperties(options) },
    args: [{ ...info, objectEncoding, ...capabilityProperties(options) }],
  };
}

/** What a server answers to connect. */
export interface ConnectReply extends Status {
  /** What the server chose; 0 where it did not say. */
  readonly objectEncoding: 0 | 3;
  /** From either object; where both have a key, the information object counts. */
  readonly capabilities: Capabilities;
  /** The first object: `fmsVer` and more; without members where the server sent none. */
  readonly properties: AmfObject;
}

/** Reads a `_result` or `_error` that answers connect; any of its objects may be missing. */
export function readConnectReply(command: Command): ConnectReply {
  const status = readStatus(command);
  const properties = propertiesOf(command.commandObject);
  return {
    ...status,
    objectEncoding: numberProperty(status.info, "objectEncoding") === 3 ? 3 : 0,
    capabilities: readCapabilities(properties, status.info),
    properties,
  };
}

/** Builds `_result` with a null command object. */
export function result(transactionId: number, ...values: AmfValue[]): Command {
  return { name: "_result", transactionId, commandObject: null, args: values };
}

/**
 * Builds `_error` with a null command object: the refusal of connect or of any call.
 *
 * @param code         such as `StatusCode.ConnectRejected` or `StatusCode.CallFailed`
 * @param description  for people
 */
export function errorResult(transactionId: number, code: string, description: string): Command {
  const info = statusInfo(code, { description, level: "error" });
  return { name: "_error", transactionId, commandObject: null, args: [info] };
}

/**
 * Builds the answer to createStream.
 *
 * @param messageStreamId  1 or more
 * @see RTMP §7.2.1.3
 */
export function createStreamResult(transactionId: number, messageStreamId: number): Command {
  return result(transactionId, messageStreamId);
}

/** Builds onBWDone, after which librtmp, OBS and ffmpeg send `_checkbw`. */
export function onBwDone(): Command {
  return { name: "onBWDone", transactionId: 0, commandObject: null, args: [] };
}
