import { type StreamEvent, UserControlEvent } from "@rtmp/message";

/** Whether a user control message speaks of one message stream (RTMP §7.1.7). */
export function isStreamEvent(control: { readonly event: number }): control is StreamEvent {
  switch (control.event) {
    case UserControlEvent.StreamBegin:
    case UserControlEvent.StreamEof:
    case UserControlEvent.StreamDry:
    case UserControlEvent.StreamIsRecorded:
    case UserControlEvent.BufferEmpty:
    case UserControlEvent.BufferReady:
      return true;
    default:
      return false;
  }
}
