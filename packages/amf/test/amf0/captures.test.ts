import { readFileSync } from "node:fs";
import { decodeAmf0Sequence, EcmaArray, encodeAmf0 } from "@rtmp/amf";
import { hex } from "@rtmp/testing";
import { describe, expect, test } from "vitest";

const captures = [
  {
    file: "ffmpeg-5-connect-options",
    values: [
      "connect",
      1,
      {
        app: "live",
        type: "nonprivate",
        flashVer: "LNX 11,1,102,55",
        swfUrl: "http://example.com/player.swf",
        tcUrl: "rtmp://127.0.0.1:23200/live",
      },
      true,
      "auth",
      42,
      { code: 1.23, flag: "ok" },
    ],
  },
  {
    file: "ffmpeg-8-hevc-connect",
    values: [
      "connect",
      1,
      {
        app: "live",
        type: "nonprivate",
        flashVer: "FMLE/3.0 (compatible; Lavf63.6.100)",
        tcUrl: "rtmp://127.0.0.1:23200/live",
      },
    ],
  },
  {
    file: "ffmpeg-8-hevc-on-meta-data",
    values: [
      "@setDataFrame",
      "onMetaData",
      new EcmaArray({
        duration: 3,
        width: 160,
        height: 90,
        videodatarate: 0,
        framerate: 15,
        videocodecid: 1_752_589_105,
        audiodatarate: 0,
        audiosamplerate: 44_100,
        audiosamplesize: 16,
        stereo: false,
        audiocodecid: 10,
        encoder: "Lavf63.6.100",
        filesize: 0,
      }),
    ],
  },
  {
    file: "obs-29-connect",
    values: [
      "connect",
      1,
      {
        app: "live",
        type: "nonprivate",
        supportsGoAway: true,
        flashVer: "FMLE/3.0 (compatible; FMSc/1.0)",
        swfUrl: "rtmp://127.0.0.1:23200/live",
        tcUrl: "rtmp://127.0.0.1:23200/live",
      },
    ],
  },
  {
    file: "obs-29-on-meta-data",
    values: [
      "@setDataFrame",
      "onMetaData",
      new EcmaArray({
        duration: 0,
        fileSize: 0,
        width: 160,
        height: 90,
        videocodecid: 7,
        videodatarate: 100,
        framerate: 15,
        audiocodecid: 10,
        audiodatarate: 64,
        audiosamplerate: 44_100,
        audiosamplesize: 16,
        audiochannels: 2,
        stereo: true,
        "2.1": false,
        "3.1": false,
        "4.0": false,
        "4.1": false,
        "5.1": false,
        "7.1": false,
        encoder: "obs-output module (libobs version 29.0.2.1-1+b1)",
      }),
    ],
  },
  {
    file: "nginx-rtmp-push-connect",
    values: [
      "connect",
      1,
      {
        app: "live",
        tcUrl: "rtmp://127.0.0.1:23200/live",
        pageUrl: "",
        swfUrl: "",
        flashVer: "LNX.11,1,102,55",
        audioCodecs: 3575,
        videoCodecs: 252,
      },
    ],
  },
  {
    file: "nginx-rtmp-push-on-meta-data",
    values: [
      "onMetaData",
      {
        Server: "NGINX RTMP (github.com/arut/nginx-rtmp-module)",
        width: 160,
        height: 90,
        displayWidth: 160,
        displayHeight: 90,
        duration: 3,
        framerate: 15,
        fps: 15,
        videodatarate: 0,
        videocodecid: 7,
        audiodatarate: 0,
        audiocodecid: 10,
        profile: "\0".repeat(32),
        level: "\0".repeat(32),
      },
    ],
  },
];

describe("payloads of real programs", () => {
  test.each(captures)("$file", ({ file, values }) => {
    const url = new URL(`../fixtures/${file}.hex`, import.meta.url);
    const bytes = hex(readFileSync(url, "utf8"));
    expect(decodeAmf0Sequence(bytes)).toEqual(values);
    expect(encodeAmf0(...values)).toEqual(bytes);
  });
});
