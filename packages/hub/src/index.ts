export { HubError, type HubErrorCode, hubErrorFaults } from "./errors.ts";
export {
  defaultHubLimits,
  type HubLimits,
  resolveHubLimits,
  type SubscriberLimits,
} from "./limits.ts";
export type { Publication, PublicationEnd, PublishOptions } from "./publication.ts";
export { MediaBatch, type MediaForm } from "./media-batch.ts";
export type { LiveStreamStats } from "./stats.ts";
export { StreamHub, type StreamHubOptions } from "./stream-hub.ts";
export type { SubscribeOptions, Subscriber, Subscription } from "./subscriber.ts";
export type { TakeOver } from "./take-over.ts";
