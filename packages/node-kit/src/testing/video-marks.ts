/** The part of a received message that is looked at. */
export interface MarkedMedia {
  readonly kind: string;
  readonly body: Uint8Array;
}

/** The last byte of each video message of a player; grows as they come, until the player ends. */
export function videoMarks(player: AsyncIterable<MarkedMedia>): (number | undefined)[] {
  const marks: (number | undefined)[] = [];
  const read = async (): Promise<void> => {
    for await (const { kind, body } of player) if (kind === "video") marks.push(body.at(-1));
  };
  // A player whose connection is lost has ended as well.
  read().catch(() => {});
  return marks;
}
