import {
  callCommand,
  closeStreamCommand,
  createStreamCommand,
  createStreamResult,
  deleteStreamCommand,
  onStatus,
  pauseCommand,
  play2Command,
  playCommand,
  publishCommand,
  readCreateStreamResult,
  readDeleteStream,
  readPause,
  readPlay,
  readPlay2,
  readPublish,
  readReceive,
  readSeek,
  readStatus,
  receiveAudioCommand,
  receiveVideoCommand,
  seekCommand,
  StatusCode,
} from "@rtmp/message";
import { describe } from "vitest";
import { everyRow } from "./command-rows.ts";

const zero = "00 0000000000000000";

describe("RTMP §7.2.1.3 createStream, §7.2.2.3 deleteStream", () => {
  everyRow([
    {
      what: "createStream",
      bytes: '02 000c "createStream" 00 4010000000000000 05',
      command: createStreamCommand(4),
    },
    {
      what: "_result of createStream",
      bytes: '02 0007 "_result" 00 4010000000000000 05 00 401c000000000000',
      command: createStreamResult(4, 7),
      read: readCreateStreamResult,
      says: 7,
    },
    {
      what: "closeStream",
      bytes: `02 000b "closeStream" ${zero} 05`,
      command: closeStreamCommand(0),
    },
    {
      what: "deleteStream",
      bytes: '02 000c "deleteStream" 00 4020000000000000 05 00 401c000000000000',
      command: deleteStreamCommand(8, 7),
      read: readDeleteStream,
      says: 7,
    },
  ]);
});

describe("RTMP §7.2.2 publish and play", () => {
  everyRow([
    {
      what: "publish, live",
      bytes: '02 0007 "publish" 00 4014000000000000 05 02 0003 "key" 02 0004 "live"',
      command: publishCommand(5, "key"),
      read: readPublish,
      says: { streamName: "key", publishType: "live" },
    },
    {
      what: "publish, record",
      bytes: '02 0007 "publish" 00 4014000000000000 05 02 0003 "key" 02 0006 "record"',
      command: publishCommand(5, "key", "record"),
      read: readPublish,
      says: { streamName: "key", publishType: "record" },
    },
    {
      what: "publish, append",
      bytes: '02 0007 "publish" 00 4014000000000000 05 02 0003 "key" 02 0006 "append"',
      command: publishCommand(5, "key", "append"),
      read: readPublish,
      says: { streamName: "key", publishType: "append" },
    },
    {
      what: "play with every argument",
      bytes: `02 0004 "play" 00 4014000000000000 05 02 0003 "key"
        00 bff0000000000000 00 40a15c0000000000 01 00`,
      command: playCommand(5, { streamName: "key", start: -1, duration: 2222, reset: false }),
      read: readPlay,
      says: { streamName: "key", start: -1, duration: 2222, reset: false },
    },
    {
      what: "play2 with every option",
      bytes: `02 0005 "play2" ${zero} 05
        03 000a "streamName" 02 0001 "b"
           000d "oldStreamName" 02 0001 "a"
           0005 "start" 00 40915c0000000000
           0003 "len" 00 40a15c0000000000
           0006 "offset" 00 40aa0a0000000000
           000a "transition" 02 000d "appendAndWait" 000009`,
      command: play2Command(0, {
        streamName: "b",
        oldStreamName: "a",
        start: 1111,
        length: 2222,
        offset: 3333,
        transition: "appendAndWait",
      }),
      read: readPlay2,
      says: {
        streamName: "b",
        oldStreamName: "a",
        start: 1111,
        length: 2222,
        offset: 3333,
        transition: "appendAndWait",
      },
    },
    {
      what: "seek",
      bytes: '02 0004 "seek" 00 4008000000000000 05 00 40915c0000000000',
      command: seekCommand(3, 1111),
      read: readSeek,
      says: 1111,
    },
    {
      what: "pause",
      bytes: `02 0005 "pause" ${zero} 05 01 01 00 40915c0000000000`,
      command: pauseCommand(0, true, 1111),
      read: readPause,
      says: { paused: true, milliseconds: 1111 },
    },
    {
      what: "pause that goes on",
      bytes: `02 0005 "pause" ${zero} 05 01 00 00 40a15c0000000000`,
      command: pauseCommand(0, false, 2222),
      read: readPause,
      says: { paused: false, milliseconds: 2222 },
    },
    {
      what: "pauseRaw",
      bytes: `02 0008 "pauseRaw" ${zero} 05 01 01 00 40915c0000000000`,
      command: callCommand(0, "pauseRaw", [true, 1111]),
      read: readPause,
      says: { paused: true, milliseconds: 1111 },
    },
    {
      what: "receiveAudio",
      bytes: `02 000c "receiveAudio" ${zero} 05 01 00`,
      command: receiveAudioCommand(0, false),
      read: readReceive,
      says: false,
    },
    {
      what: "receiveVideo",
      bytes: `02 000c "receiveVideo" ${zero} 05 01 01`,
      command: receiveVideoCommand(0, true),
      read: readReceive,
      says: true,
    },
    {
      what: "onStatus with every property",
      bytes: `02 0008 "onStatus" ${zero} 05
        03 0005 "level" 02 0006 "status"
           0004 "code" 02 0014 "NetStream.Play.Start"
           000b "description" 02 0001 "d"
           0007 "details" 02 0003 "key"
           0008 "clientid" 00 40915c0000000000 000009`,
      command: onStatus(StatusCode.PlayStart, { description: "d", details: "key", clientId: 1111 }),
      read: (command) => readStatus(command).details,
      says: "key",
    },
  ]);
});
