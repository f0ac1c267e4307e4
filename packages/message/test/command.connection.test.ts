import {
  callCommand,
  connectCommand,
  connectResult,
  errorResult,
  fcPublishCommand,
  fcSubscribeCommand,
  fcUnpublishCommand,
  fcUnsubscribeCommand,
  getStreamLengthCommand,
  onBwDone,
  onFcPublish,
  onFcSubscribe,
  onFcUnpublish,
  readConnect,
  readConnectReply,
  readRedirect,
  readStatus,
  releaseStreamCommand,
  StatusCode,
} from "@rtmp/message";
import { describe } from "vitest";
import { everyRow } from "./command-rows.ts";

const zero = "00 0000000000000000";
const announced = {
  fourCcList: ["*"],
  videoFourCcInfoMap: { "*": 4 },
  audioFourCcInfoMap: { Opus: 7 },
  capsEx: 15,
  videoFunction: 2,
};
const announcedBytes = `
  000a "fourCcList" 0a 00000001 02 0001 "*"
  0012 "videoFourCcInfoMap" 03 0001 "*" 00 4010000000000000 000009
  0012 "audioFourCcInfoMap" 03 0004 "Opus" 00 401c000000000000 000009
  0006 "capsEx" 00 402e000000000000
  000d "videoFunction" 00 4000000000000000`;

describe('RTMP §7.2.1.1 connect, E-RTMP "Enhancing NetConnection connect Command"', () => {
  everyRow([
    {
      what: "connect with every property",
      bytes: `02 0007 "connect" 00 3ff0000000000000 03
        0003 "app" 02 0004 "live"
        000a "fourCcList" 0a 00000002 02 0004 "hvc1" 02 0004 "Opus"
        0004 "type" 02 000a "nonprivate"
        0008 "flashVer" 02 0001 "v"
        0006 "swfUrl" 02 0001 "s"
        0005 "tcUrl" 02 000d "rtmp://h/live"
        0004 "fpad" 01 01
        000c "capabilities" 00 402e000000000000
        000b "audioCodecs" 00 40afce0000000000
        000b "videoCodecs" 00 406f800000000000
        000d "videoFunction" 00 402e000000000000
        0007 "pageUrl" 02 0001 "p"
        000e "objectEncoding" 00 4008000000000000
        0012 "videoFourCcInfoMap" 03 0001 "*" 00 4010000000000000
                                     0004 "vp09" 00 4008000000000000 000009
        0012 "audioFourCcInfoMap" 03 0004 "fLaC" 00 3ff0000000000000 000009
        0006 "capsEx" 00 402a000000000000 000009`,
      command: connectCommand({
        app: "live",
        fourCcList: ["hvc1", "Opus"],
        flashVer: "v",
        swfUrl: "s",
        tcUrl: "rtmp://h/live",
        fpad: true,
        capabilities: 15,
        audioCodecs: 4071,
        videoCodecs: 252,
        videoFunction: 15,
        pageUrl: "p",
        objectEncoding: 3,
        videoFourCcInfoMap: { "*": 4, vp09: 3 },
        audioFourCcInfoMap: { fLaC: 1 },
        capsEx: 13,
      }),
      read: (command) => ({ ...readConnect(command), properties: undefined }),
      says: {
        transactionId: 1,
        app: "live",
        tcUrl: "rtmp://h/live",
        flashVer: "v",
        swfUrl: "s",
        pageUrl: "p",
        type: "nonprivate",
        fpad: true,
        audioCodecs: 4071,
        videoCodecs: 252,
        objectEncoding: 3,
        capabilities: {
          fourCcList: ["hvc1", "Opus"],
          videoFourCcInfoMap: { "*": 4, vp09: 3 },
          audioFourCcInfoMap: { fLaC: 1 },
          capsEx: 13,
          videoFunction: 15,
        },
        properties: undefined,
        args: [],
      },
    },
    {
      what: "_result of connect, capabilities in both objects",
      bytes: `02 0007 "_result" 00 3ff0000000000000
        03 0006 "fmsVer" 02 000e "FMS/3,5,7,7009"
           000c "capabilities" 00 403f000000000000
           0004 "mode" 00 3ff0000000000000 ${announcedBytes} 000009
        03 0005 "level" 02 0006 "status"
           0004 "code" 02 001d "NetConnection.Connect.Success"
           000b "description" 02 0002 "ok"
           000e "objectEncoding" 00 4008000000000000 ${announcedBytes} 000009`,
      command: connectResult(
        { transactionId: 1 },
        { description: "ok", objectEncoding: 3, ...announced },
      ),
      read: (command) => {
        const { code, level, objectEncoding, capabilities } = readConnectReply(command);
        return { code, level, objectEncoding, capabilities };
      },
      says: {
        code: "NetConnection.Connect.Success",
        level: "status",
        objectEncoding: 3,
        capabilities: announced,
      },
    },
    {
      what: "_error of connect with a redirect in ex",
      bytes: `02 0006 "_error" 00 3ff0000000000000 05
        03 0005 "level" 02 0005 "error"
           0004 "code" 02 001e "NetConnection.Connect.Rejected"
           000b "description" 02 0005 "moved"
           0002 "ex" 03 0004 "code" 00 4072e00000000000
                        0008 "redirect" 02 000e "rtmp://h2/live" 000009 000009`,
      command: {
        name: "_error",
        transactionId: 1,
        commandObject: null,
        args: [
          {
            level: "error",
            code: "NetConnection.Connect.Rejected",
            description: "moved",
            ex: { code: 302, redirect: "rtmp://h2/live" },
          },
        ],
      },
      read: (command) => readRedirect(readStatus(command)),
      says: "rtmp://h2/live",
    },
    {
      what: "close",
      bytes: `02 0005 "close" ${zero} 05`,
      command: callCommand(0, "close"),
    },
  ]);
});

describe("RTMP §7.2.1.2 call, and the calls that everybody knows", () => {
  everyRow([
    {
      what: "_error of a call",
      bytes: `02 0006 "_error" 00 4010000000000000 05
        03 0005 "level" 02 0005 "error"
           0004 "code" 02 0019 "NetConnection.Call.Failed"
           000b "description" 02 0002 "no" 000009`,
      command: errorResult(4, StatusCode.CallFailed, "no"),
      read: (command) => readStatus(command).level,
      says: "error",
    },
    {
      what: "checkBandwidth",
      bytes: '02 000e "checkBandwidth" 00 4014000000000000 05',
      command: callCommand(5, "checkBandwidth"),
    },
    {
      what: "_checkbw",
      bytes: '02 0008 "_checkbw" 00 4014000000000000 05',
      command: callCommand(5, "_checkbw"),
    },
    {
      what: "onBWDone",
      bytes: `02 0008 "onBWDone" ${zero} 05`,
      command: onBwDone(),
    },
    {
      what: "_onbwcheck",
      bytes: '02 000a "_onbwcheck" 00 401c000000000000 05 00 40915c0000000000',
      command: callCommand(7, "_onbwcheck", [1111]),
    },
    {
      what: "_onbwdone",
      bytes: `02 0009 "_onbwdone" ${zero} 05 00 40a15c0000000000`,
      command: callCommand(0, "_onbwdone", [2222]),
    },
    {
      what: "ping of Flash Media Server",
      bytes: '02 0004 "ping" 00 4020000000000000 05',
      command: callCommand(8, "ping"),
    },
    {
      what: "pong",
      bytes: '02 0004 "pong" 00 4020000000000000 05',
      command: callCommand(8, "pong"),
    },
    {
      what: "releaseStream",
      bytes: '02 000d "releaseStream" 00 4000000000000000 05 02 0003 "key"',
      command: releaseStreamCommand(2, "key"),
    },
    {
      what: "FCPublish",
      bytes: '02 0009 "FCPublish" 00 4008000000000000 05 02 0003 "key"',
      command: fcPublishCommand(3, "key"),
    },
    {
      what: "FCUnpublish",
      bytes: '02 000b "FCUnpublish" 00 4018000000000000 05 02 0003 "key"',
      command: fcUnpublishCommand(6, "key"),
    },
    {
      what: "FCSubscribe",
      bytes: '02 000b "FCSubscribe" 00 4008000000000000 05 02 0003 "key"',
      command: fcSubscribeCommand(3, "key"),
    },
    {
      what: "FCUnsubscribe",
      bytes: '02 000d "FCUnsubscribe" 00 4018000000000000 05 02 0003 "key"',
      command: fcUnsubscribeCommand(6, "key"),
    },
    {
      what: "getStreamLength",
      bytes: '02 000f "getStreamLength" 00 4010000000000000 05 02 0003 "key"',
      command: getStreamLengthCommand(4, "key"),
    },
    {
      what: "onFCPublish",
      bytes: `02 000b "onFCPublish" ${zero} 05
        03 0004 "code" 02 0017 "NetStream.Publish.Start"
           000b "description" 02 0003 "key" 000009`,
      command: onFcPublish("key"),
    },
    {
      what: "onFCUnpublish",
      bytes: `02 000d "onFCUnpublish" ${zero} 05
        03 0004 "code" 02 001b "NetStream.Unpublish.Success"
           000b "description" 02 0003 "key" 000009`,
      command: onFcUnpublish("key"),
    },
    {
      what: "onFCSubscribe",
      bytes: `02 000d "onFCSubscribe" ${zero} 05
        03 0005 "level" 02 0006 "status"
           0004 "code" 02 0014 "NetStream.Play.Start"
           000b "description" 02 0003 "key" 000009`,
      command: onFcSubscribe("key"),
    },
    {
      what: "onFCUnsubscribe",
      bytes: `02 000f "onFCUnsubscribe" ${zero} 05
        03 0004 "code" 02 0013 "NetStream.Play.Stop" 000009`,
      command: callCommand(0, "onFCUnsubscribe", [{ code: StatusCode.PlayStop }]),
      read: (command) => readStatus(command).code,
      says: "NetStream.Play.Stop",
    },
  ]);
});
