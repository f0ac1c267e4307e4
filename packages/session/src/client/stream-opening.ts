/**
 * A publish or play on its way: from the call to the server's answer.
 *
 * RTMP §7.2.2.1, §7.2.2.6
 */

import { type Status, StatusCode } from "@rtmp/message";
import { SessionError } from "../errors.ts";

/** What came of `publish` or `play`. */
export type StreamAnswer =
  | { readonly ok: true }
  /** `RTMP_ERR_PUBLISH_REJECTED`, `RTMP_ERR_PLAY_REJECTED`, or an error of a call. */
  | { readonly ok: false; readonly error: SessionError };

/** A publish or play that has no answer yet. */
export class StreamOpening {
  readonly action: "publish" | "play";
  readonly onAnswer: (answer: StreamAnswer) => void;
  /** Of the publish or play command; undefined until it is sent. */
  transactionId: number | undefined;

  constructor(action: "publish" | "play", onAnswer: (answer: StreamAnswer) => void) {
    this.action = action;
    this.onAnswer = onAnswer;
  }

  /** Reads a status of the stream as the answer; undefined when it is none. */
  answerOf(status: Status): StreamAnswer | undefined {
    // What comes before the command was sent speaks of something else.
    if (this.transactionId === undefined) return undefined;
    const { code, level } = status;
    const good = this.action === "publish" ? StatusCode.PublishStart : StatusCode.PlayStart;
    if (code === good) return { ok: true };
    return level === "error" ? { ok: false, error: this.#refusal(status) } : undefined;
  }

  #refusal(status: Status): SessionError {
    const publishes = this.action === "publish";
    const code = publishes ? "RTMP_ERR_PUBLISH_REJECTED" : "RTMP_ERR_PLAY_REJECTED";
    const reason = [status.code, status.description].filter((text) => text !== "").join(": ");
    const text = `the server refused to ${publishes ? "take" : "play"} the stream: ${reason}`;
    return new SessionError(code, text, { status });
  }
}
