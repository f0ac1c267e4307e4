import {
  connect,
  type Dial,
  type DialTarget,
  Driver,
  type KeyAgreement,
  PortableKeyAgreement,
  type RtmpClientOptions,
  ServerSession,
} from "@rtmp/session";
import { seededBytes, seededRandom, transportPair } from "@rtmp/testing";
import { systemClock } from "@rtmp/wire";
import { expect, test } from "vitest";

/** Servers under every host name, and which were dialled. */
class Servers {
  readonly dialled: string[] = [];
  readonly sessions: ServerSession[] = [];
  readonly #rtmpe: KeyAgreement | undefined;

  constructor(rtmpe?: KeyAgreement) {
    this.#rtmpe = rtmpe;
  }

  readonly dial: Dial = ({ scheme, host, port }: DialTarget) => {
    this.dialled.push(`${scheme} ${host}:${port}`);
    const [near, far] = transportPair({ automatic: true });
    const driver = new Driver({ transport: far, clock: systemClock });
    const session = new ServerSession({
      now: systemClock.now(),
      ...(this.#rtmpe === undefined ? {} : { rtmpe: this.#rtmpe }),
      handlers: {
        onMedia: () => {},
        onStreamEnd: () => {},
        onOutput: () => driver.onOutput(),
        onPublish: (request) => request.accept(),
        onPlay: (request) => request.accept(),
      },
    });
    driver.start(session);
    this.sessions.push(session);
    return Promise.resolve(near);
  };

  /** Whether the clients of each server in turn are encrypted, after one has connected to `url`. */
  async encryptedBy(url: string, options: Partial<RtmpClientOptions> = {}): Promise<boolean[]> {
    const client = await connect(url, { dial: this.dial, ...options });
    const encrypted = this.sessions.map((session) => session.encrypted);
    await client.close();
    return encrypted;
  }
}

const random = seededRandom(1111);
const portable = new PortableKeyAgreement({ randomBytes: (length) => seededBytes(random, length) });

/** Keys whose secrets have these first bytes, one after the other. */
function secrets(...firstBytes: number[]): KeyAgreement {
  return {
    createKeyPair() {
      const secret = new Uint8Array(128).fill(firstBytes.shift() ?? 0x11, 0, 1);
      return { publicKey: new Uint8Array(128).fill(0x11), computeSecret: () => secret };
    },
  };
}

test.each(["rtmpe", "rtmpte"])("%s is encrypted, by default with portable keys", async (scheme) => {
  const servers = new Servers(portable);
  expect(await servers.encryptedBy(`${scheme}://host:1111/live`)).toEqual([true]);
  expect(servers.dialled).toEqual([`${scheme} host:1111`]);
});

test.each(["rtmp", "rtmps", "rtmpt", "rtmpts"])("%s is not, also with keys", async (scheme) => {
  const servers = new Servers(portable);
  expect(await servers.encryptedBy(`${scheme}://h/live`, { keyAgreement: portable })).toEqual([
    false,
  ]);
});

test("keys come from where they should", async () => {
  expect(
    await new Servers(secrets()).encryptedBy("rtmpe://h/live", { keyAgreement: secrets() }),
  ).toEqual([true]);
});

test("a client that is sent from rtmp to rtmpe is encrypted there", async () => {
  const servers = new Servers(portable);
  const client = await connect("rtmp://old/live", { dial: servers.dial });
  expect(servers.sessions[0]?.requestReconnect({ tcUrl: "rtmpe://new/live" })).toBe(true);
  await expect.poll(() => client.url.host).toBe("new");
  expect(servers.sessions.map((session) => session.encrypted)).toEqual([false, true]);
  expect(servers.dialled).toEqual(["rtmp old:1935", "rtmpe new:1935"]);
  await client.close();
});

test("a server that does not speak RTMPE is not spoken to without", async () => {
  const servers = new Servers();
  await expect(servers.encryptedBy("rtmpe://h/live")).rejects.toMatchObject({
    code: "RTMP_ERR_RTMPE_REFUSED",
  });
  expect(servers.dialled).toHaveLength(1);
});

test("a secret of two forms makes the client connect anew, three times at most", async () => {
  const servers = new Servers(secrets());
  const options = { keyAgreement: secrets(0, 0, 0x11) };
  await expect(servers.encryptedBy("rtmpe://h/live", options)).resolves.toHaveLength(3);
  expect(servers.dialled).toHaveLength(3);

  const unlucky = new Servers(secrets());
  const never = { keyAgreement: secrets(0, 0, 0, 0x11) };
  await expect(unlucky.encryptedBy("rtmpe://h/live", never)).rejects.toMatchObject({
    code: "RTMP_ERR_RTMPE_SECRET",
  });
  expect(unlucky.dialled).toHaveLength(3);
});
