/**
 * The connect command, as a client sends it.
 *
 *   publisher   app, type, flashVer, swfUrl, tcUrl
 *   player      app, flashVer, swfUrl, tcUrl, fpad, capabilities, audioCodecs, videoCodecs, videoFunction, pageUrl
 *
 * RTMP §7.2.1.1; E-RTMP "Enhancing NetConnection connect Command"
 */

import type { AmfObject, AmfValue } from "@rtmp/amf";
import { type Capabilities, capabilityProperties } from "./capabilities.ts";
import type { Command } from "./command.ts";

/** What a client says when it connects; capabilities are announced only as far as they are given. */
export interface ConnectOptions extends Partial<Capabilities> {
  /** As the server shall read it: may hold an instance or a query, or be empty. */
  readonly app: string;
  /** `rtmp://host[:port]/app`. */
  readonly tcUrl: string;
  /**
   * The client's software; some servers take only publishers that begin with `FMLE/`.
   *
   * @default "FMLE/3.0 (compatible; rtmp)"
   */
  readonly flashVer?: string | undefined;
  /**
   * Null leaves it out, as players do.
   *
   * @default "nonprivate"
   */
  readonly type?: string | null | undefined;
  /** Where the player application came from; OBS repeats tcUrl. Left out by default. */
  readonly swfUrl?: string | undefined;
  /** The page around the player application. Left out by default. */
  readonly pageUrl?: string | undefined;
  /** Whether a proxy is used. Left out by default. */
  readonly fpad?: boolean | undefined;
  /** Flash capability bits; 15 from players. Left out by default. */
  readonly capabilities?: number | undefined;
  /** Bits of {@link AudioCodecsMask}; 4071 from players. Left out by default. */
  readonly audioCodecs?: number | undefined;
  /** Bits of {@link VideoCodecsMask}; 252 from players. Left out by default. */
  readonly videoCodecs?: number | undefined;
  /** 3 when this side also reads AMF3. Left out by default, which means 0. */
  readonly objectEncoding?: 0 | 3 | undefined;
  /** More properties; they replace those above that have the same name. */
  readonly properties?: AmfObject | undefined;
  /**
   * Values behind the command object, for the server's application.
   *
   * @default []
   */
  readonly args?: readonly AmfValue[] | undefined;
}

/** What players add to `app` and `tcUrl`, the same in ffmpeg, GStreamer and Flash Player. */
export const playerConnectOptions = Object.freeze({
  type: null,
  fpad: false,
  capabilities: 15,
  audioCodecs: 4071,
  videoCodecs: 252,
  videoFunction: 1,
} as const satisfies Omit<ConnectOptions, "app" | "tcUrl">);

/**
 * Builds connect, the first command of a client; its transaction id is 1.
 *
 * Properties come in the order of ffmpeg and librtmp; those that are undefined are left out.
 *
 * @see RTMP §7.2.1.1
 */
export function connectCommand(options: ConnectOptions): Command {
  const { type = "nonprivate", args = [] } = options;
  const properties: AmfObject = {
    app: options.app,
    // Holds the place where ffmpeg puts it.
    fourCcList: undefined,
    type: type ?? undefined,
    flashVer: options.flashVer ?? "FMLE/3.0 (compatible; rtmp)",
    swfUrl: options.swfUrl,
    tcUrl: options.tcUrl,
    fpad: options.fpad,
    capabilities: options.capabilities,
    audioCodecs: options.audioCodecs,
    videoCodecs: options.videoCodecs,
    videoFunction: undefined,
    pageUrl: options.pageUrl,
    objectEncoding: options.objectEncoding,
    ...capabilityProperties(options),
    ...options.properties,
  };
  const given = Object.entries(properties).filter(([, value]) => value !== undefined);
  return { name: "connect", transactionId: 1, commandObject: Object.fromEntries(given), args };
}
