import { type Command, decodeCommand, encodeCommand } from "@rtmp/message";
import { hex, toHex } from "@rtmp/testing";
import { expect, test } from "vitest";

/** One command, written down from the layouts of RTMP §7.2 and AMF0. */
export interface CommandRow {
  readonly what: string;
  readonly bytes: string;
  readonly command: Command;
  /** What the reader makes of it, where there is one. */
  readonly read?: (command: Command) => unknown;
  readonly says?: unknown;
}

/** Reads and writes every row. */
export function everyRow(rows: readonly CommandRow[]): void {
  test.each(rows)("$what is read", ({ bytes, command, read, says }) => {
    const decoded = decodeCommand(hex(bytes));
    expect(decoded).toEqual(command);
    expect(read?.(decoded)).toEqual(says);
  });

  test.each(rows)("$what is written", ({ bytes, command }) => {
    expect(toHex(encodeCommand(command))).toBe(toHex(hex(bytes)));
  });
}
