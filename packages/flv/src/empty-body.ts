/**
 * A message of no bytes: silence in audio, nothing in video.
 *
 * E-RTMP "Enhanced Audio"
 */

/** An audio or video message without any byte; audio of it means silence. */
export interface EmptyBody {
  readonly form: "empty";
}

/** The only value that there is. */
export const emptyBody: EmptyBody = Object.freeze({ form: "empty" });
