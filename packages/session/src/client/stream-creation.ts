/**
 * How a stream of a client comes to be on the server: createStream once, with the first publish or play.
 *
 * RTMP §7.2.1.3
 */

import {
  type Command,
  createStreamCommand,
  deleteStreamCommand,
  readCreateStreamResult,
} from "@rtmp/message";
import { SessionError } from "../errors.ts";
import type { CallAnswer } from "../transactions.ts";
import type { ClientStreamLine } from "./stream-line.ts";

/** What a {@link StreamCreation} tells its stream. */
export interface StreamCreationHandlers {
  /** The server has given the id. */
  onCreated(): void;
  /** The server did not create the stream. */
  onFailure(error: SessionError): void;
}

/** One stream's createStream. */
export class StreamCreation {
  readonly #line: Pick<ClientStreamLine, "send">;
  readonly #handlers: StreamCreationHandlers;
  #id: number | undefined;
  #isAsked = false;
  #isUnwanted = false;
  #whenCreated: ((messageStreamId: number) => void) | undefined;

  constructor(line: Pick<ClientStreamLine, "send">, handlers: StreamCreationHandlers) {
    this.#line = line;
    this.#handlers = handlers;
  }

  /** The message stream id; undefined until the server has given one. */
  get id(): number | undefined {
    return this.#id;
  }

  /** Calls back with the id, at once or when there is one; the last one to ask is called. */
  request(whenCreated: (messageStreamId: number) => void): void {
    if (this.#id !== undefined) {
      whenCreated(this.#id);
      return;
    }
    this.#whenCreated = whenCreated;
    // One is enough, also for a stream that was stopped and is used anew before the answer.
    if (this.#isAsked) return;
    this.#isAsked = true;
    try {
      this.#line.send(
        0,
        createStreamCommand,
        (answer) => this.#onAnswer(answer),
        (result) => this.#onLate(result),
      );
    } catch (error) {
      if (!(error instanceof SessionError)) throw error;
      this.#onAnswer({ ok: false, error });
    }
  }

  /** Nobody waits for the id any more; who asks later does. */
  forget(): void {
    this.#whenCreated = undefined;
  }

  /** Gives the stream back, as soon as there is one. */
  giveBack(): void {
    this.#isUnwanted = true;
    if (this.#id !== undefined) this.#delete(this.#id);
  }

  #onAnswer(answer: CallAnswer): void {
    this.#isAsked = false;
    const whenCreated = this.#whenCreated;
    this.#whenCreated = undefined;
    if (!answer.ok) {
      this.#handlers.onFailure(answer.error);
      return;
    }
    const id = readCreateStreamResult(answer.command);
    if (id === undefined) {
      const text = "the server answered createStream without a stream id";
      this.#handlers.onFailure(new SessionError("RTMP_ERR_CALL_REJECTED", text));
      return;
    }
    if (this.#isUnwanted) {
      this.#delete(id);
      return;
    }
    this.#id = id;
    this.#handlers.onCreated();
    whenCreated?.(id);
  }

  /** The server made a stream after all, but another was asked for since, or none is wanted. */
  #onLate(result: Command): void {
    const id = readCreateStreamResult(result);
    if (id !== undefined) this.#delete(id);
  }

  #delete(id: number): void {
    this.#line.send(0, (transactionId) => deleteStreamCommand(transactionId, id));
  }
}
