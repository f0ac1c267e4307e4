/** Hands the samples of a sound to the page, 1024 of each channel at a time. */

const length = 1024;

class PcmWorklet extends AudioWorkletProcessor {
  #planes = [];
  #filled = 0;

  process([input]) {
    const [first] = input;
    // Before a sound is connected there is no channel.
    if (first === undefined) return true;
    if (this.#planes.length !== input.length) {
      this.#planes = input.map(() => new Float32Array(length));
      this.#filled = 0;
    }
    for (const [channel, samples] of input.entries()) {
      this.#planes[channel].set(samples, this.#filled);
    }
    this.#filled += first.length;
    if (this.#filled < length) return true;

    const planes = this.#planes;
    this.#planes = [];
    this.port.postMessage(
      planes,
      planes.map(({ buffer }) => buffer),
    );
    return true;
  }
}

registerProcessor("pcm", PcmWorklet);
