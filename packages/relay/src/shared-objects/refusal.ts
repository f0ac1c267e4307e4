import type {
  SharedObjectMessage,
  SharedObjectStatus,
  SharedObjectStatusCode,
} from "@rtmp/message";

/** Makes the event by which something is refused. */
export function refusalEvent(code: SharedObjectStatusCode): SharedObjectStatus {
  return { type: "status", code, level: "error" };
}

/** Makes the answer to a client whose object cannot be opened. */
export function refusalOf(
  { name, persistent }: Pick<SharedObjectMessage, "name" | "persistent">,
  code: SharedObjectStatusCode,
): SharedObjectMessage {
  return { name, version: 0, persistent, events: [refusalEvent(code)] };
}
