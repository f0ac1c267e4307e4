export { errorResult } from "@rtmp/message";
