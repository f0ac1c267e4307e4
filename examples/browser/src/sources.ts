/** Where picture and sound come from: camera and microphone, or a test picture and a tone. */

const width = 640;
const height = 360;

/** A picture that moves, and a sound. */
export interface Source {
  /** What is shown on the page, and what frames are taken from. */
  readonly picture: HTMLCanvasElement | HTMLVideoElement;
  readonly width: number;
  readonly height: number;
  /** Its sound; mono or stereo. */
  readonly sound: AudioNode;
  /** Draws the picture of a moment, in milliseconds; nothing for a camera. */
  draw(now: number): void;
  /** Lets go of the devices. */
  close(): void;
}

/**
 * Opens camera and microphone.
 *
 * @throws DOMException when there are none, or they are not allowed, as the rejection
 */
export async function openCamera(context: AudioContext): Promise<Source> {
  const video = { width: { ideal: width }, height: { ideal: height } };
  const stream = await navigator.mediaDevices.getUserMedia({ video, audio: true });
  const picture = document.createElement("video");
  picture.muted = true;
  picture.playsInline = true;
  picture.srcObject = stream;
  await picture.play();
  return {
    picture,
    // H.264 has macroblocks, and its pictures an even size.
    width: picture.videoWidth & ~1,
    height: picture.videoHeight & ~1,
    sound: context.createMediaStreamSource(stream),
    draw: () => {},
    close: () => {
      for (const track of stream.getTracks()) track.stop();
    },
  };
}

/** Makes a test picture and a quiet tone. */
export function openTestSource(context: AudioContext): Source {
  const picture = document.createElement("canvas");
  picture.width = width;
  picture.height = height;
  const drawing = picture.getContext("2d");
  if (drawing === null) throw new TypeError("this browser cannot draw");

  const tone = new OscillatorNode(context, { frequency: 440 });
  const sound = new GainNode(context, { gain: 0.1 });
  tone.connect(sound);
  tone.start();
  return {
    picture,
    width,
    height,
    sound,
    draw: (now) => drawTestPicture(drawing, now),
    close: () => tone.stop(),
  };
}

const colours = ["#c0c0c0", "#c0c000", "#00c0c0", "#00c000", "#c000c0", "#c00000", "#0000c0"];

/** Colour bars, a bar that crosses them in two seconds, and the time. */
function drawTestPicture(drawing: CanvasRenderingContext2D, now: number): void {
  const barWidth = width / colours.length;
  for (const [index, colour] of colours.entries()) {
    drawing.fillStyle = colour;
    drawing.fillRect(Math.floor(index * barWidth), 0, Math.ceil(barWidth), height);
  }
  drawing.fillStyle = "#fff";
  drawing.fillRect(((now % 2_000) / 2_000) * width, 0, 12, height);
  drawing.fillStyle = "#000";
  drawing.fillRect(width / 2 - 150, height / 2 - 34, 300, 68);
  drawing.fillStyle = "#fff";
  drawing.font = "40px ui-monospace, monospace";
  drawing.textAlign = "center";
  drawing.textBaseline = "middle";
  drawing.fillText(new Date().toISOString().slice(11, 23), width / 2, height / 2);
}
