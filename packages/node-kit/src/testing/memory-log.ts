import type { Log, LogMethod } from "../log.ts";

/** One line of a {@link MemoryLog}. */
export type MemoryLogLine = [
  level: keyof Log,
  message: string,
  fields: Readonly<Record<string, unknown>>,
];

/** A log that remembers. */
export class MemoryLog implements Log {
  /** Every line, in order. */
  readonly lines: MemoryLogLine[] = [];
  readonly error: LogMethod = this.#into("error");
  readonly warn: LogMethod = this.#into("warn");
  readonly info: LogMethod = this.#into("info");
  readonly debug: LogMethod = this.#into("debug");

  /** The messages of all lines. */
  get messages(): string[] {
    return this.lines.map(([, message]) => message);
  }

  #into(level: keyof Log): LogMethod {
    return (fields, message) => void this.lines.push([level, message, { ...fields }]);
  }
}
