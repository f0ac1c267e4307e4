/** Flags that belong to both apps, but are of no use in this version. */
export const unavailableFlags: readonly string[] = [
  "--config",
  "--no-sniff",
  "--tls-cert",
  "--tls-key",
  "--tls-dev",
  "--rtmps-port",
  "--no-rtmpe",
  "--http-port",
  "--redis-url",
  "--advertise",
  "--merge-window-ms",
];
