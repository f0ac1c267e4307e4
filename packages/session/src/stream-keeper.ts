import type { ServerStream } from "./server-stream.ts";

/** Knows which message streams there are, and ends what they do. */
export interface StreamKeeper {
  /** Whether the stream still exists. */
  isCurrent(stream: ServerStream): boolean;
  /** Ends what the stream does, in order, because the client says so. */
  close(stream: ServerStream): void;
}
