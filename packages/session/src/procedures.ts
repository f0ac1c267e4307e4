/**
 * Procedures that the two ends of a connection call of each other, with types.
 *
 * One declaration of the procedures types both ends: `connect<Procedures>()` on the side that calls,
 * `answerCalls<Procedures>()` on the side that answers. What travels is not checked against it.
 *
 * RTMP §7.2.1.2
 */

import type { AmfValue } from "@rtmp/message";
import type { SessionHandlers } from "./session-options.ts";

/** Procedures by name: what they take and what they return. */
export type Procedures = Readonly<Record<string, (...args: never[]) => AmfValue>>;

/** Any procedure with any arguments. */
export type AnyProcedures = Readonly<Record<string, (...args: AmfValue[]) => AmfValue>>;

/** Implementations of procedures: each may also answer later. */
export type ProcedureBodies<P extends Procedures> = {
  readonly [Name in keyof P]: (
    ...args: Parameters<P[Name]>
  ) => ReturnType<P[Name]> | Promise<ReturnType<P[Name]>>;
};

/**
 * Makes an `onCall` handler out of functions.
 *
 * A call of another name is refused, and so is one whose function throws or returns what cannot be sent; the peer is
 * told the message of an `Error` only where `describeError` gives it.
 *
 * @param bodies         own properties only: inherited ones cannot be called
 * @param describeError  text for the peer. @default "the call failed", so that nothing leaks
 */
export function answerCalls<P extends Procedures>(
  bodies: ProcedureBodies<P>,
  describeError?: (error: unknown) => string,
): NonNullable<SessionHandlers["onCall"]>;
export function answerCalls(
  bodies: Readonly<Record<string, (...args: AmfValue[]) => AmfValue | Promise<AmfValue>>>,
  describeError: (error: unknown) => string = () => "the call failed",
): NonNullable<SessionHandlers["onCall"]> {
  const procedures = new Map(Object.entries(bodies));
  return (call) => {
    const body = procedures.get(call.name);
    if (body === undefined) {
      call.reject({ description: `${call.name} is not a procedure of this peer` });
      return;
    }
    const fail = (error: unknown): void => {
      // A value that cannot be sent has refused the call already.
      if (!call.answered) call.reject({ description: describeError(error) });
    };
    try {
      const returned = body(...call.args);
      if (returned instanceof Promise) {
        returned.then((value) => call.accept(value)).catch(fail);
      } else {
        call.accept(returned);
      }
    } catch (error) {
      fail(error);
    }
  };
}
