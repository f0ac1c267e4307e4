export { type AppValues, appOptions, refuseAppValues, unavailableFlags } from "./app-options.ts";
export {
  type CommandLine,
  type CommandLineOption,
  type CommandLineOptions,
  type CommandLineResult,
  type SwitchOption,
  type ValueOption,
  parseCommandLine,
} from "./command-line.ts";
export { type ConnectionLogOptions, ConnectionLog, errorFields } from "./connection-log.ts";
export { FloodGate, type FloodGateOptions } from "./flood-gate.ts";
export { describeListenError } from "./listen-error.ts";
export {
  type Log,
  type LogFormat,
  type LogLevel,
  type LogMethod,
  type LogOptions,
  type LogValues,
  createLog,
  logFormats,
  logLevels,
  logOptions,
} from "./log.ts";
export { type Closable, OpenConnections } from "./open-connections.ts";
export {
  type ListenerValues,
  type OpenListeners,
  type OpenListenersOptions,
  openListeners,
} from "./open-listeners.ts";
export {
  type MergeWindowOption,
  type PortOption,
  oneOf,
  parseFile,
  parseHost,
  parseMergeWindow,
  parsePort,
  parseRange,
} from "./option-values.ts";
export { packageVersion } from "./package-version.ts";
export { type Listeners, formatReadyLine } from "./ready-line.ts";
export { PullLog, PushLog, type RelayLogOptions } from "./relay-log.ts";
export {
  type RemoteName,
  type RemoteServer,
  type RemoteStream,
  parseRemoteServer,
  parseRemoteStream,
} from "./remote-server.ts";
export { type App, type RunningApp, runApp } from "./run-app.ts";
export { type ShutdownOptions, type SignalSource, exitOnSignals } from "./shutdown.ts";
