/**
 * Requests of a peer that the owner may answer at once or later.
 *
 * While an answer is due, later commands of the same stream wait and its media is dropped and counted. A request whose
 * peer has gone is void: answering it does nothing and says so by returning false.
 *
 * RTMP §7.2
 */

import type {
  AmfValue,
  Command,
  ConnectRequest,
  ConnectResultOptions,
  Play2Request,
  StatusCode,
} from "@rtmp/message";
import type { ServerStream } from "./server-stream.ts";

/** Why a request is refused. */
export interface Rejection {
  /** The status code; each request has a default of its own. */
  readonly code?: StatusCode;
  /** Text for people; clients show it. */
  readonly description: string;
}

/** What the session does with the answer; each returns false when the request is void. */
export interface Answers<Acceptance extends readonly unknown[] = []> {
  accept(...acceptance: Acceptance): boolean;
  reject(rejection: Rejection): boolean;
}

/** A request that is answered once. */
abstract class IncomingRequest<Acceptance extends readonly unknown[] = []> {
  readonly #answers: Answers<Acceptance>;
  #answered = false;

  constructor(answers: Answers<Acceptance>) {
    this.#answers = answers;
  }

  /** Whether `accept` or `reject` was called. */
  get answered(): boolean {
    return this.#answered;
  }

  /**
   * Grants the request.
   *
   * @returns false when the peer has gone in the meantime
   * @throws TypeError when it was answered before; what encoding the answer throws: a call is then refused
   */
  accept(...acceptance: Acceptance): boolean {
    this.#answerOnce();
    return this.#answers.accept(...acceptance);
  }

  /**
   * Refuses the request.
   *
   * @returns false when the peer has gone in the meantime
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

/**
 * A client asks to connect to an app; a refusal also closes the connection.
 *
 * `accept` takes what the answer is to say besides: capabilities, description.
 */
export class IncomingConnect extends IncomingRequest<[reply?: ConnectResultOptions]> {
  /** What the client says of itself. */
  readonly connect: ConnectRequest;

  constructor(connect: ConnectRequest, answers: Answers<[reply?: ConnectResultOptions]>) {
    super(answers);
    this.connect = connect;
  }
}

/**
 * The peer calls a procedure that is no command of RTMP.
 *
 * `accept` takes the values to return; both answers go unheard when the peer wants none.
 *
 * RTMP §7.2.1.2
 */
export class IncomingCall extends IncomingRequest<AmfValue[]> {
  /** The procedure, as the peer wrote it. */
  readonly name: string;
  /** The arguments. */
  readonly args: readonly AmfValue[];
  /** What stood in front of them; null as a rule. */
  readonly commandObject: AmfValue;
  /** The message stream that it came on; 0 is the connection. */
  readonly messageStreamId: number;
  /** Whether the peer waits for an answer. */
  readonly wantsAnswer: boolean;

  constructor(
    { name, args, commandObject, transactionId }: Command,
    messageStreamId: number,
    answers: Answers<AmfValue[]>,
  ) {
    super(answers);
    this.name = name;
    this.args = args;
    this.commandObject = commandObject;
    this.messageStreamId = messageStreamId;
    this.wantsAnswer = transactionId !== 0;
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
  /** Whether it was to begin at once; otherwise it stood in a playlist, and what was in front of it has ended. */
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

/**
 * A playing client asks to go on with another stream.
 *
 * `accept` says `NetStream.Play.Transition`; the owner then switches the media. The last wish of a client counts: when
 * one that it sent later has been granted, the request is void.
 *
 * RTMP §7.2.2.2
 */
export class IncomingPlay2 extends IncomingRequest {
  /** The message stream. */
  readonly stream: ServerStream;
  /** What to play, and how to come there. */
  readonly options: Play2Request;

  constructor(stream: ServerStream, options: Play2Request, answers: Answers) {
    super(answers);
    this.stream = stream;
    this.options = options;
  }
}

/**
 * A playing client asks to stop its media for a while, or to go on.
 *
 * RTMP §7.2.2.8
 */
export class IncomingPause extends IncomingRequest {
  /** The message stream. */
  readonly stream: ServerStream;
  /** True to stop, false to go on. */
  readonly paused: boolean;
  /** Where the client stopped or wants to go on, in milliseconds of the stream's time. */
  readonly milliseconds: number;

  constructor(
    stream: ServerStream,
    pause: Pick<IncomingPause, "paused" | "milliseconds">,
    answers: Answers,
  ) {
    super(answers);
    this.stream = stream;
    this.paused = pause.paused;
    this.milliseconds = pause.milliseconds;
  }
}

/**
 * A playing client asks to go on from another place.
 *
 * RTMP §7.2.2.7
 */
export class IncomingSeek extends IncomingRequest {
  /** The message stream. */
  readonly stream: ServerStream;
  /** The place, in milliseconds of the stream's time. */
  readonly milliseconds: number;

  constructor(stream: ServerStream, milliseconds: number, answers: Answers) {
    super(answers);
    this.stream = stream;
    this.milliseconds = milliseconds;
  }
}

/** A client asks how long a stream is; `accept` takes seconds, 0 for a live one. */
export class IncomingStreamLength extends IncomingRequest<[seconds: number]> {
  /** The name as the client wrote it. */
  readonly streamName: string;

  constructor(streamName: string, answers: Answers<[seconds: number]>) {
    super(answers);
    this.streamName = streamName;
  }
}

/** Answers that do something as long as the request is valid. */
export function answersWhile(
  valid: () => boolean,
  accept: () => void,
  reject: (rejection: Rejection) => void,
): Answers {
  return {
    accept: () => {
      const isValid = valid();
      if (isValid) accept();
      return isValid;
    },
    reject: (rejection) => {
      const isValid = valid();
      if (isValid) reject(rejection);
      return isValid;
    },
  };
}
