/**
 * Requests of a client that the server may answer at once or later.
 *
 * While an answer is due, later commands of the same stream wait and its media is dropped and counted. A request whose
 * client has gone is void: answering it does nothing and says so by returning false.
 */

import type { ConnectRequest, StatusCode } from "@rtmp/message";
import type { ServerStream } from "./server-stream.ts";

/** Why a request is refused. */
export interface Rejection {
  /** The status code; each request has a default of its own. */
  readonly code?: StatusCode;
  /** Text for people; clients show it. */
  readonly description: string;
}

/** What the session does with the answer; each returns false when the request is void. */
export interface Answers {
  accept(): boolean;
  reject(rejection: Rejection): boolean;
}

/** A request that is answered once. */
abstract class IncomingRequest {
  readonly #answers: Answers;
  #answered = false;

  constructor(answers: Answers) {
    this.#answers = answers;
  }

  /** Whether `accept` or `reject` was called. */
  get answered(): boolean {
    return this.#answered;
  }

  /**
   * Grants the request.
   *
   * @returns false when the client has gone in the meantime
   * @throws TypeError when it was answered before
   */
  accept(): boolean {
    this.#answerOnce();
    return this.#answers.accept();
  }

  /**
   * Refuses the request.
   *
   * @returns false when the client has gone in the meantime
   * @throws TypeError when it was answered before
   */
  reject(rejection: Rejection): boolean {
    this.#answerOnce();
    return this.#answers.reject(rejection);
  }

  #answerOnce(): void {
    if (this.#answered) throw new TypeError("the request was answered before");
    this.#answered = true;
  }
}

/** A client asks to connect to an app; a refusal also closes the connection. */
export class IncomingConnect extends IncomingRequest {
  /** What the client says of itself. */
  readonly connect: ConnectRequest;

  constructor(connect: ConnectRequest, answers: Answers) {
    super(answers);
    this.connect = connect;
  }
}

/** A client asks to publish on a message stream. */
export class IncomingPublish extends IncomingRequest {
  /** The message stream. */
  readonly stream: ServerStream;
  /** The name as the client wrote it, with its query. */
  readonly streamName: string;
  /** What the client wants done with the media besides sending it to players. */
  readonly publishType: "live" | "record" | "append";

  constructor(
    stream: ServerStream,
    publish: Pick<IncomingPublish, "streamName" | "publishType">,
    answers: Answers,
  ) {
    super(answers);
    this.stream = stream;
    this.streamName = publish.streamName;
    this.publishType = publish.publishType;
  }
}

/** A client asks to play on a message stream. */
export class IncomingPlay extends IncomingRequest {
  /** The message stream. */
  readonly stream: ServerStream;
  /** The name as the client wrote it, with its query. */
  readonly streamName: string;
  /** -2: live, else recorded; -1: live only; from 0 on: recorded, from there, in the unit that the client uses. */
  readonly start: number;
  /** How long, in the unit of `start`; -1 for all. */
  readonly duration: number;
  /** Whether what played before on this stream ends. */
  readonly reset: boolean;

  constructor(
    stream: ServerStream,
    play: Pick<IncomingPlay, "streamName" | "start" | "duration" | "reset">,
    answers: Answers,
  ) {
    super(answers);
    this.stream = stream;
    this.streamName = play.streamName;
    this.start = play.start;
    this.duration = play.duration;
    this.reset = play.reset;
  }
}
