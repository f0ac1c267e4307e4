/** The built pages of `examples/browser`, served on loopback and opened in a headless Chromium. */

import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";

import { type Browser, chromium, type Page } from "playwright-core";

const built = new URL("../../examples/browser/dist/", import.meta.url);

const types: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
};

/** What a page shows beside its picture. */
export interface PageState {
  /** What it says it does. */
  readonly state: string;
  /** The error that it shows; empty when it shows none. */
  readonly error: string;
  /** Its counters by name; those that are no numbers are NaN. */
  readonly counters: Readonly<Record<string, number>>;
}

/** A browser, and the server that its pages come from. */
export class ExamplePages {
  readonly #server: Server;
  readonly #browser: Browser;
  readonly #base: string;
  /** What went wrong in the scripts of the pages. */
  readonly errors: string[] = [];

  private constructor(server: Server, browser: Browser, base: string) {
    this.#server = server;
    this.#browser = browser;
    this.#base = base;
  }

  /** Starts both. */
  static async open(executablePath: string | undefined): Promise<ExamplePages> {
    const browser = await chromium.launch({
      ...(executablePath === undefined ? {} : { executablePath }),
      args: ["--no-sandbox"],
    });
    const server = createServer((request, response) => void answer(request, response));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    if (address === null || typeof address === "string") throw new TypeError("no port");
    return new ExamplePages(server, browser, `http://127.0.0.1:${address.port}`);
  }

  /** Opens a page of its own for a stream; nothing is started. */
  async page(name: "publish" | "play", url: string): Promise<Page> {
    const page = await this.#browser.newPage();
    page.on("pageerror", (error) => this.errors.push(error.message));
    await page.goto(`${this.#base}/${name}.html?${new URLSearchParams({ url }).toString()}`);
    return page;
  }

  /** Opens the page that publishes, and publishes the test picture. */
  async publish(url: string, { withSound }: { readonly withSound: boolean }): Promise<Page> {
    const page = await this.page("publish", url);
    await page.selectOption("#source", "test");
    await page.setChecked("#sound", withSound);
    await page.click("#start");
    return page;
  }

  /** Ends everything. */
  async close(): Promise<void> {
    this.#server.close();
    await this.#browser.close();
  }
}

async function answer({ url = "/" }: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname } = new URL(url, "http://localhost");
  try {
    const body = await readFile(fileURLToPath(new URL(`.${pathname}`, built)));
    response.writeHead(200, { "Content-Type": types[extname(pathname)] ?? "text/plain" });
    response.end(body);
  } catch {
    response.writeHead(404).end();
  }
}

/** Reads what a page shows. */
export async function stateOf(page: Page): Promise<PageState> {
  const counters: [string, number][] = [];
  for (const counter of await page.locator("[data-counter]").all()) {
    const name = (await counter.getAttribute("data-counter")) ?? "";
    const text = await counter.textContent();
    counters.push([name, text === null || text === "" ? Number.NaN : Number(text)]);
  }
  return {
    state: (await page.textContent("#state")) ?? "",
    error: (await page.textContent("#error")) ?? "",
    counters: Object.fromEntries(counters),
  };
}

/** Waits until a counter is at least so high; fails with what the page shows otherwise. */
export async function waitForCount(page: Page, name: string, least: number): Promise<void> {
  const script = `Number(document.querySelector("[data-counter='${name}']").textContent) >= ${least}`;
  try {
    await page.waitForFunction(script, undefined, { timeout: 20_000 });
  } catch (error) {
    const text = `${name} is not ${least}: ${JSON.stringify(await stateOf(page))}`;
    throw new Error(text, { cause: error });
  }
}

/** Counts how many different colours, a little rounded, the canvas of a page has. */
export async function coloursOf(page: Page): Promise<number> {
  const count: unknown = await page.evaluate(`(() => {
    const canvas = document.getElementById("canvas");
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    const colours = new Set();
    for (let i = 0; i < data.length; i += 4) {
      colours.add(((data[i] >> 5) << 6) | ((data[i + 1] >> 5) << 3) | (data[i + 2] >> 5));
    }
    return colours.size;
  })()`);
  return Number(count);
}
