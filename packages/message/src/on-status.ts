/**
 * Status information: the object that onStatus, `_result` of connect and `_error` carry.
 *
 *   { level, code, description, details?, clientid? }
 *
 * RTMP §7.2.1.1, §7.2.2; E-RTMP "NetConnection.Connect.*" codes
 */

import type { AmfObject } from "@rtmp/amf";
import type { Command } from "./command.ts";
import { firstProperties, textProperty } from "./properties.ts";

/** The status codes in use; keys are the codes without their first word. */
export const StatusCode = {
  ConnectSuccess: "NetConnection.Connect.Success",
  ConnectClosed: "NetConnection.Connect.Closed",
  ConnectReconnectRequest: "NetConnection.Connect.ReconnectRequest",
  ConnectRejected: "NetConnection.Connect.Rejected",
  ConnectFailed: "NetConnection.Connect.Failed",
  ConnectInvalidApp: "NetConnection.Connect.InvalidApp",
  ConnectAppShutdown: "NetConnection.Connect.AppShutdown",
  ConnectIdleTimeOut: "NetConnection.Connect.IdleTimeOut",
  CallFailed: "NetConnection.Call.Failed",
  CallBadVersion: "NetConnection.Call.BadVersion",
  CallProhibited: "NetConnection.Call.Prohibited",
  ProxyNotResponding: "NetConnection.Proxy.NotResponding",
  PublishStart: "NetStream.Publish.Start",
  PublishIdle: "NetStream.Publish.Idle",
  PublishBadName: "NetStream.Publish.BadName",
  PublishDenied: "NetStream.Publish.Denied",
  UnpublishSuccess: "NetStream.Unpublish.Success",
  RecordStart: "NetStream.Record.Start",
  RecordStop: "NetStream.Record.Stop",
  RecordNoAccess: "NetStream.Record.NoAccess",
  RecordFailed: "NetStream.Record.Failed",
  PlayReset: "NetStream.Play.Reset",
  PlayStart: "NetStream.Play.Start",
  PlayStop: "NetStream.Play.Stop",
  PlayComplete: "NetStream.Play.Complete",
  PlayPublishNotify: "NetStream.Play.PublishNotify",
  PlayUnpublishNotify: "NetStream.Play.UnpublishNotify",
  PlaySwitch: "NetStream.Play.Switch",
  PlayTransition: "NetStream.Play.Transition",
  PlayTransitionComplete: "NetStream.Play.TransitionComplete",
  PlayStreamNotFound: "NetStream.Play.StreamNotFound",
  PlayFailed: "NetStream.Play.Failed",
  PlayFileStructureInvalid: "NetStream.Play.FileStructureInvalid",
  PlayNoSupportedTrackFound: "NetStream.Play.NoSupportedTrackFound",
  PlayInsufficientBW: "NetStream.Play.InsufficientBW",
  PauseNotify: "NetStream.Pause.Notify",
  UnpauseNotify: "NetStream.Unpause.Notify",
  SeekNotify: "NetStream.Seek.Notify",
  SeekFailed: "NetStream.Seek.Failed",
  SeekInvalidTime: "NetStream.Seek.InvalidTime",
  DataStart: "NetStream.Data.Start",
  BufferEmpty: "NetStream.Buffer.Empty",
  BufferFull: "NetStream.Buffer.Full",
  BufferFlush: "NetStream.Buffer.Flush",
  VideoDimensionChange: "NetStream.Video.DimensionChange",
  Failed: "NetStream.Failed",
  SharedObjectNoReadAccess: "SharedObject.NoReadAccess",
  SharedObjectNoWriteAccess: "SharedObject.NoWriteAccess",
  SharedObjectBadPersistence: "SharedObject.BadPersistence",
  SharedObjectObjectCreationFailed: "SharedObject.ObjectCreationFailed",
} as const;
/** One of the status codes in use. */
export type StatusCode = (typeof StatusCode)[keyof typeof StatusCode];

/** How grave a status is; ffmpeg gives up on `error`. */
export type StatusLevel = "status" | "error" | "warning";

const errors: ReadonlySet<string> = new Set<StatusCode>([
  StatusCode.ConnectRejected,
  StatusCode.ConnectFailed,
  StatusCode.ConnectInvalidApp,
  StatusCode.ConnectAppShutdown,
  StatusCode.ConnectIdleTimeOut,
  StatusCode.CallFailed,
  StatusCode.CallBadVersion,
  StatusCode.CallProhibited,
  StatusCode.ProxyNotResponding,
  StatusCode.PublishBadName,
  StatusCode.PublishDenied,
  StatusCode.RecordNoAccess,
  StatusCode.RecordFailed,
  StatusCode.PlayStreamNotFound,
  StatusCode.PlayFailed,
  StatusCode.PlayFileStructureInvalid,
  StatusCode.PlayNoSupportedTrackFound,
  StatusCode.SeekFailed,
  StatusCode.SeekInvalidTime,
  StatusCode.Failed,
  StatusCode.SharedObjectNoReadAccess,
  StatusCode.SharedObjectNoWriteAccess,
  StatusCode.SharedObjectBadPersistence,
  StatusCode.SharedObjectObjectCreationFailed,
]);

/** Returns the level that goes with a code; `status` for codes that are not in the table. */
export function statusLevel(code: string): StatusLevel {
  if (errors.has(code)) return "error";
  return code === StatusCode.PlayInsufficientBW ? "warning" : "status";
}

/** What a status says besides its code. */
export interface StatusOptions {
  /** For people; clients show or log it. */
  readonly description: string;
  /** Mostly the stream name. */
  readonly details?: string | undefined;
  /** Sent as `clientid`. */
  readonly clientId?: string | number | undefined;
  /** @default statusLevel(code) */
  readonly level?: StatusLevel | undefined;
}

/** Builds the information object in the order that clients know: level, code, description, details, clientid. */
export function statusInfo(code: string, options: StatusOptions): AmfObject {
  const info: AmfObject = {
    level: options.level ?? statusLevel(code),
    code,
    description: options.description,
  };
  if (options.details !== undefined) info["details"] = options.details;
  if (options.clientId !== undefined) info["clientid"] = options.clientId;
  return info;
}

/**
 * Builds an onStatus command; it goes out on the message stream it speaks of.
 *
 * @see RTMP §7.2.2
 */
export function onStatus(code: string, options: StatusOptions): Command {
  return {
    name: "onStatus",
    transactionId: 0,
    commandObject: null,
    args: [statusInfo(code, options)],
  };
}

/** What a peer's onStatus, `_result` of connect or `_error` says. */
export interface Status {
  /** Empty where the peer sent none. */
  readonly code: string;
  /** As sent, and else the one that goes with the code; `error` in an `_error`. */
  readonly level: StatusLevel;
  /** Empty where the peer sent none. */
  readonly description: string;
  /** Empty where the peer sent none. */
  readonly details: string;
  /** Everything that was sent. */
  readonly info: AmfObject;
}

/** Reads the information object of a status or answer; an object of any kind in any place will do. */
export function readStatus(command: Command): Status {
  const info = firstProperties(command.args);
  const code = textProperty(info, "code");
  const level = textProperty(info, "level");
  const known = level === "status" || level === "error" || level === "warning";
  return {
    code,
    level: known ? level : command.name === "_error" ? "error" : statusLevel(code),
    description: textProperty(info, "description"),
    details: textProperty(info, "details"),
    info,
  };
}
