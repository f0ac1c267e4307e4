import type { TransportHandlers } from "@rtmp/session";

/** Handlers that remember what they were told. */
export class Recorder implements TransportHandlers {
  readonly pieces: Uint8Array[] = [];
  drains = 0;
  readonly causes: (Error | undefined)[] = [];

  onBytes(bytes: Uint8Array): void {
    this.pieces.push(bytes);
  }

  onDrain(): void {
    this.drains++;
  }

  onClose(cause: Error | undefined): void {
    this.causes.push(cause);
  }

  /** What arrived, as numbers. */
  get bytes(): number[] {
    return this.pieces.flatMap((piece) => Array.from(piece));
  }
}

/** Lets what was put off run. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
