import { connectError, type Command } from "@rtmp/message";
export const errorResult = (t: number, c: string, d: string): Command => connectError(c, d, t);
