// This example shows how to: 1. play RTMP over WebSocket  2. take its messages apart  3. decode them by WebCodecs
// 4. show pictures and sound when they are due
import { connect, type Player } from "@rtmp/session";
import { webSocketDial } from "@rtmp/transport-web";

import { SoundPlayer } from "./decode-audio.ts";
import { PicturePlayer } from "./decode-video.ts";
import { readWallClock } from "./messages.ts";
import { element, Page, Rate, told } from "./page.ts";
import { PlayoutClock } from "./playout-clock.ts";

// How unevenly messages may arrive without being seen.
const bufferMs = 150;

const page = new Page(["frames", "skipped", "kb/s", "buffer ms", "latency ms"]);

const onError = (error: unknown): void => page.fail(error);

async function play(url: string, stop: AbortSignal): Promise<string> {
  const context = new AudioContext();
  try {
    await context.resume();
    page.state(`Connecting to ${url} …`);
    const client = await connect(url, { dial: webSocketDial() });
    try {
      const player = await client.play();
      void told(stop).then(() => player.close());
      page.state(`Playing ${url}`);
      await show(player, context, stop);
      return stop.aborted ? "Stopped." : "The stream has ended.";
    } finally {
      await client.close();
    }
  } finally {
    await context.close();
  }
}

/** Shows everything until the stream ends, or `stop` is told. */
async function show(player: Player, context: AudioContext, stop: AbortSignal): Promise<void> {
  const clock = new PlayoutClock(bufferMs);
  const rate = new Rate();
  const counts = { frames: 0, skipped: 0, newest: 0, shown: 0 };
  // What the publisher's clock shows at timestamp 0, where it says so.
  let wallClockAtZero: number | undefined;

  const sound = new SoundPlayer(context, clock, onError);
  const pictures = new PicturePlayer(element("canvas", HTMLCanvasElement), clock, {
    onShown: (timestamp) => {
      counts.frames++;
      counts.shown = timestamp;
    },
    onSkipped: () => counts.skipped++,
    onError,
  });
  const report = (): void => {
    page.count("frames", counts.frames);
    page.count("skipped", counts.skipped);
    page.count("kb/s", rate.take());
    page.count("buffer ms", Math.round(counts.newest - counts.shown));
    if (wallClockAtZero === undefined) return;
    page.count("latency ms", Math.round(Date.now() - wallClockAtZero - counts.shown));
  };
  const timer = setInterval(report, 500);
  try {
    for await (const { kind, timestamp, body } of player) {
      if (stop.aborted) break;
      rate.add(body.length);
      if (kind === "data") {
        const wallClock = readWallClock(body);
        if (wallClock !== undefined) wallClockAtZero = wallClock - timestamp;
        continue;
      }
      clock.arrived(timestamp, performance.now());
      counts.newest = timestamp;
      if (kind === "video") pictures.take(timestamp, body);
      else sound.take(timestamp, body);
    }
  } finally {
    clearInterval(timer);
    pictures.close();
    sound.close();
  }
}

page.onStart(play);
