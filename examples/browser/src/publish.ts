// This example shows how to: 1. take pictures and sound of a camera, or make them  2. encode them by WebCodecs
// 3. put them into RTMP messages  4. publish these over WebSocket, and leave frames out when that is too slow
import { AudioFourCc, type MediaPacket, VideoFourCc } from "@rtmp/flv";
import { connect, type Publisher } from "@rtmp/session";
import { webSocketDial } from "@rtmp/transport-web";

import { encodeSound } from "./encode-audio.ts";
import { frameRate, PictureEncoder, videoBitrate } from "./encode-video.ts";
import { wallClockMessage } from "./messages.ts";
import { element, Page, Rate, told } from "./page.ts";
import { openCamera, openTestSource, type Source } from "./sources.ts";

// A second of video: what waits longer than that comes too late.
const maxQueuedBytes = videoBitrate / 8;

const page = new Page(["frames", "dropped", "kb/s", "queued kB", "encoding ms", "audio"]);

async function publish(url: string, stop: AbortSignal): Promise<string> {
  const context = new AudioContext();
  try {
    await context.resume();
    const source = await openSource(context);
    element("picture", HTMLElement).replaceChildren(source.picture);
    try {
      page.state(`Connecting to ${url} …`);
      const client = await connect(url, {
        dial: webSocketDial(),
        connect: { fourCcList: [VideoFourCc.Avc, AudioFourCc.Opus] },
      });
      try {
        const publisher = await client.publish();
        page.state(`Publishing ${url}`);
        void client.closed.then((cause) => cause !== undefined && page.fail(cause));
        await encode(source, publisher, stop);
        publisher.close();
        return "Stopped.";
      } finally {
        await client.close();
      }
    } finally {
      source.close();
    }
  } finally {
    await context.close();
  }
}

async function openSource(context: AudioContext): Promise<Source> {
  if (element("source", HTMLSelectElement).value === "test") return openTestSource(context);
  try {
    return await openCamera(context);
  } catch (error) {
    if (!(error instanceof DOMException) || error.name !== "NotFoundError") throw error;
    // Not allowed is an error; not there is none.
    return openTestSource(context);
  }
}

/** Encodes and sends until it is told to stop. */
async function encode(source: Source, publisher: Publisher, stop: AbortSignal): Promise<void> {
  const startedAt = performance.now();
  const rate = new Rate();
  const counts = { frames: 0, dropped: 0 };
  const send = (message: MediaPacket): void => {
    rate.add(message.body.length);
    publisher.send(message);
  };
  const onError = (error: unknown): void => page.fail(error);

  const withSound = element("sound", HTMLInputElement).checked;
  const audio = withSound
    ? await encodeSound(source.sound, startedAt, { onMessage: send, onError })
    : undefined;
  page.count("audio", audio?.codec ?? "none");
  const video = new PictureEncoder(source, startedAt, {
    onMessage: (message, encodingMs) => {
      send(message);
      page.count("encoding ms", Math.round(encodingMs));
    },
    onError,
  });
  const { width, height } = source;
  publisher.sendMetadata({
    width,
    height,
    framerate: frameRate,
    videodatarate: videoBitrate / 1e3,
  });

  const takeFrame = (): void => {
    source.draw(performance.now() - startedAt);
    // A frame that was never encoded leaves no gap for a decoder; one that was encoded would.
    if (video.isBehind || publisher.queuedBytes > maxQueuedBytes) {
      counts.dropped++;
    } else {
      video.take();
      counts.frames++;
    }
  };
  const report = (): void => {
    page.count("frames", counts.frames);
    page.count("dropped", counts.dropped);
    page.count("kb/s", rate.take());
    page.count("queued kB", Math.round(publisher.queuedBytes / 1_000));
    if (publisher.ended) page.fail(publisher.error ?? "The server has ended the stream.");
    const timestamp = Math.round(performance.now() - startedAt);
    publisher.send(wallClockMessage(timestamp, Date.now()));
  };
  const timers = [setInterval(takeFrame, 1_000 / frameRate), setInterval(report, 500)];
  await told(stop);
  for (const timer of timers) clearInterval(timer);
  video.close();
  audio?.close();
}

page.onStart(publish);
