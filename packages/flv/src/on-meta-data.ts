/**
 * onMetaData: what a publisher or a file says of the whole stream, read leniently.
 *
 * Encoders send numbers as text and codecs as numbers, FourCCs or text. What cannot be understood is undefined.
 *
 * FLV E.5; E-RTMP "Enhancing onMetaData"
 */

import { type AmfObject, type AmfValue, propertiesOf } from "@rtmp/amf";
import { property } from "./amf-properties.ts";
import { audioCodecName } from "./audio/sound-format.ts";
import { fourCcText, printableFourCc } from "./fourcc.ts";
import { videoCodecName } from "./video/codec-id.ts";

/** What onMetaData says of one video track. */
export interface VideoTrackMetaData {
  /** `width`, pixels. */
  readonly width: number | undefined;
  /** `height`, pixels. */
  readonly height: number | undefined;
  /** `framerate`, frames per second. */
  readonly frameRate: number | undefined;
  /** `videodatarate`, kilobits per second. */
  readonly videoDataRate: number | undefined;
  /** `videocodecid`, named as in `MediaFrame.codec`; "" where it is absent or unknown. */
  readonly videoCodec: string;
}

/** What onMetaData says of one audio track. */
export interface AudioTrackMetaData {
  /** `audiosamplerate`, or `samplerate` of a track, hertz. */
  readonly audioSampleRate: number | undefined;
  /** `audiosamplesize`, bits. */
  readonly audioSampleSize: number | undefined;
  /** `audiochannels`, or `channels` of a track. */
  readonly audioChannels: number | undefined;
  /** `stereo`. */
  readonly stereo: boolean | undefined;
  /** `audiodatarate`, kilobits per second. */
  readonly audioDataRate: number | undefined;
  /** `audiocodecid`, named as in `MediaFrame.codec`; "" where it is absent or unknown. */
  readonly audioCodec: string;
}

/** What onMetaData says; of the tracks, those of track 0 itself. */
export interface OnMetaData extends VideoTrackMetaData, AudioTrackMetaData {
  /** `duration`, seconds; 0 or absent of a live stream. */
  readonly duration: number | undefined;
  /** `filesize` or `fileSize`, bytes. */
  readonly fileSize: number | undefined;
  /** `audiodelay`, seconds. */
  readonly audioDelay: number | undefined;
  /** `canSeekToEnd`: whether the last video frame is a key frame. */
  readonly canSeekToEnd: boolean | undefined;
  /** `hasVideo`. */
  readonly hasVideo: boolean | undefined;
  /** `hasAudio`. */
  readonly hasAudio: boolean | undefined;
  /** `creationdate`, in no fixed form. */
  readonly creationDate: string | undefined;
  /** `encoder`. */
  readonly encoder: string | undefined;
  /** `videoTrackIdInfoMap`: the other video tracks by their id, 0 to 255. */
  readonly videoTracks: ReadonlyMap<number, VideoTrackMetaData>;
  /** `audioTrackIdInfoMap`: the other audio tracks by their id, 0 to 255. */
  readonly audioTracks: ReadonlyMap<number, AudioTrackMetaData>;
}

/**
 * Reads the argument of onMetaData; never throws.
 *
 * @param value  what follows the name `onMetaData` in a data message; of anything but an object nothing is known
 */
export function readOnMetaData(value: AmfValue): OnMetaData {
  const properties = propertiesOf(value) ?? {};
  return {
    ...readVideoTrack(properties),
    ...readAudioTrack(properties),
    duration: numberIn(properties, "duration"),
    fileSize: numberIn(properties, "filesize") ?? numberIn(properties, "fileSize"),
    audioDelay: numberIn(properties, "audiodelay"),
    canSeekToEnd: booleanIn(properties, "canSeekToEnd"),
    hasVideo: booleanIn(properties, "hasVideo"),
    hasAudio: booleanIn(properties, "hasAudio"),
    creationDate: textIn(properties, "creationdate"),
    encoder: textIn(properties, "encoder"),
    videoTracks: readTracks(property(properties, "videoTrackIdInfoMap"), readVideoTrack),
    audioTracks: readTracks(property(properties, "audioTrackIdInfoMap"), readAudioTrack),
  };
}

function readVideoTrack(properties: AmfObject): VideoTrackMetaData {
  return {
    width: numberIn(properties, "width"),
    height: numberIn(properties, "height"),
    frameRate: numberIn(properties, "framerate"),
    videoDataRate: numberIn(properties, "videodatarate"),
    videoCodec: codecOf(property(properties, "videocodecid"), videoCodecName),
  };
}

function readAudioTrack(properties: AmfObject): AudioTrackMetaData {
  return {
    audioSampleRate: numberIn(properties, "audiosamplerate") ?? numberIn(properties, "samplerate"),
    audioSampleSize: numberIn(properties, "audiosamplesize"),
    audioChannels: numberIn(properties, "audiochannels") ?? numberIn(properties, "channels"),
    stereo: booleanIn(properties, "stereo"),
    audioDataRate: numberIn(properties, "audiodatarate"),
    audioCodec: codecOf(property(properties, "audiocodecid"), audioCodecName),
  };
}

function readTracks<Track>(
  value: AmfValue,
  readTrack: (properties: AmfObject) => Track,
): ReadonlyMap<number, Track> {
  const tracks = new Map<number, Track>();
  for (const [key, entry] of Object.entries(propertiesOf(value) ?? {})) {
    const properties = propertiesOf(entry);
    if (properties !== undefined && /^\d{1,3}$/.test(key) && Number(key) <= 0xff) {
      tracks.set(Number(key), readTrack(properties));
    }
  }
  return tracks;
}

/** Names a codec that is a number of a legacy header, the number of a FourCC, or text. */
function codecOf(value: AmfValue, legacyName: (id: number) => string): string {
  if (typeof value === "string" && printableFourCc(value) !== "" && !/^\d+$/.test(value)) {
    return value;
  }
  const id = toNumber(value) ?? -1;
  if (!Number.isInteger(id) || id < 0 || id > 0xffff_ffff) return "";
  return id <= 0xff ? legacyName(id) : fourCcText(id);
}

function numberIn(properties: AmfObject, name: string): number | undefined {
  return toNumber(property(properties, name));
}

function toNumber(value: AmfValue): number | undefined {
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : undefined;
}

function booleanIn(properties: AmfObject, name: string): boolean | undefined {
  const value = property(properties, name);
  if (value === true || value === 1 || value === "true" || value === "1") return true;
  if (value === false || value === 0 || value === "false" || value === "0") return false;
  return undefined;
}

function textIn(properties: AmfObject, name: string): string | undefined {
  const value = property(properties, name);
  return typeof value === "string" ? value : undefined;
}
