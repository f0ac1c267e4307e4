import { pair, type SessionPair, type SessionPairOptions, VirtualClock } from "@rtmp/testing";
import { describe, expect, test } from "vitest";

/** A pair whose handlers write down what they are told. */
function recorded(options: Partial<SessionPairOptions> = {}): {
  readonly sessions: SessionPair;
  readonly events: string[];
} {
  const events: string[] = [];
  const sessions = pair({
    client: {
      connect: { app: "live", tcUrl: "rtmp://127.0.0.1/live" },
      handlers: {
        onConnected: () => events.push("connected"),
        onClose: (cause) => events.push(`client closed: ${cause?.code ?? "in order"}`),
      },
    },
    server: {
      handlers: {
        onConnect: (request) => {
          events.push(`connect ${request.connect.app}`);
          request.accept();
        },
        onPublish: (request) => request.accept(),
        onPlay: (request) => request.accept(),
        onMedia: (_stream, typeId, timestamp) => events.push(`media ${typeId} ${timestamp}`),
        onStreamEnd: (_stream, end) => events.push(`stream ${end}`),
        onClose: (cause) => events.push(`server closed: ${cause?.code ?? "in order"}`),
      },
    },
    ...options,
  });
  return { sessions, events };
}

/** Publishes and sends audio with the times given, one in each step of the weather. */
function publishing(sessions: SessionPair): (step: number) => void {
  sessions.settle();
  const stream = sessions.client.stream({});
  stream.publish("cam", "live", () => {});
  return (step) => stream.write(8, step, Uint8Array.of(0xaf, 1, step));
}

/** What comes of twenty steps under a seed. */
function weathered(seed: number): { readonly events: string[]; readonly at: number } {
  const { sessions, events } = recorded({ seed });
  const onStep = publishing(sessions);
  sessions.weather({ steps: 20, onStep });
  return { events, at: sessions.clock.now() };
}

describe("a pair of sessions", () => {
  test("moves nothing before it is told to", () => {
    const { events } = recorded();
    expect(events).toEqual([]);
  });

  test("shakes hands and connects when it is settled", () => {
    const { sessions, events } = recorded();
    sessions.settle();
    expect(events).toEqual(["connect live", "connected"]);
    expect(sessions.client.reply?.code).toBe("NetConnection.Connect.Success");
  });

  test("is at the time of the clock it is given, and meets its deadlines on the way", () => {
    const clock = new VirtualClock(1_000);
    const { sessions, events } = recorded({ clock });
    sessions.settle();
    sessions.advance(29_999);
    expect(events).toEqual(["connect live", "connected"]);
    sessions.advance(2);
    expect(clock.now()).toBe(31_001);
    expect(events.slice(2)).toEqual([
      "server closed: RTMP_ERR_IDLE_TIMEOUT",
      "client closed: in order",
    ]);
  });

  test("repeats for the same seed, and differs for another", () => {
    expect(weathered(1111)).toEqual(weathered(1111));
    expect(weathered(1111)).not.toEqual(weathered(2222));
  });

  test("delivers in order what the weather held up", () => {
    const { sessions, events } = recorded({ seed: 3333 });
    sessions.settle();
    const onStep = publishing(sessions);
    sessions.settle();
    sessions.weather({ steps: 30, onStep });
    const media = events.filter((event) => event.startsWith("media"));
    expect(media).toEqual(Array.from({ length: 30 }, (_, step) => `media 8 ${step}`));
  });

  test("breaks when the weather cuts it, and both sides hear of it", () => {
    const { sessions, events } = recorded({ seed: 1 });
    const onStep = publishing(sessions);
    sessions.weather({ steps: 30, cutChance: 0.5, onStep });
    expect(events).toContain("client closed: RTMP_ERR_CONNECTION_LOST");
    expect(events).toContain("server closed: RTMP_ERR_CONNECTION_LOST");
  });
});
