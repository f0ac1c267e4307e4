/** The URLs of the listeners that are open. */
export interface Listeners {
  /** `rtmp://host:port`; undefined when nothing listens for RTMP. */
  readonly rtmp?: string | undefined;
  /** `rtmps://host:port`; undefined when nothing listens for RTMP over TLS alone. */
  readonly rtmps?: string | undefined;
  /** `http://host:port`; undefined when nothing listens for HTTP. */
  readonly http?: string | undefined;
}

/**
 * Returns the line that tells other programs where the app listens.
 *
 * It is one JSON object with its line feed: `{"event":"ready","pid":42,"rtmp":"rtmp://127.0.0.1:1935"}`. A key is there
 * only for what listens.
 */
export function formatReadyLine(pid: number, listeners: Listeners): string {
  const { rtmp, rtmps, http } = listeners;
  return `${JSON.stringify({ event: "ready", pid, rtmp, rtmps, http })}\n`;
}
