/** The form, the state, the errors and the counters that both pages have. */

/** Runs until the stream is over or `stop` is told, and returns how it ended; what it throws is shown. */
export type Run = (url: string, stop: AbortSignal) => Promise<string>;

/** One of the two pages. */
export class Page<Counter extends string> {
  readonly #counters: ReadonlyMap<Counter, HTMLElement>;
  #run: AbortController | undefined;

  /** @param counters  what is counted, as it is to be read */
  constructor(counters: readonly Counter[]) {
    const list = element("counters", HTMLElement);
    this.#counters = new Map(
      counters.map((name) => {
        const term = document.createElement("dt");
        term.textContent = name;
        const value = document.createElement("dd");
        value.dataset["counter"] = name;
        const group = document.createElement("div");
        group.append(term, value);
        list.append(group);
        return [name, value];
      }),
    );
    const input = element("url", HTMLInputElement);
    const { hostname, search } = location;
    input.value =
      new URLSearchParams(search).get("url") ??
      `rtmp://${hostname === "" ? "127.0.0.1" : hostname}:1935/live/cam`;
  }

  /** Says how far it is. */
  state(text: string): void {
    element("state", HTMLElement).textContent = text;
  }

  /** Shows a counter. */
  count(name: Counter, value: number | string): void {
    const shown = this.#counters.get(name);
    if (shown !== undefined) shown.textContent = String(value);
  }

  /** Shows an error and ends what runs. */
  fail(error: unknown): void {
    const shown = element("error", HTMLElement);
    shown.textContent = textOf(error);
    shown.hidden = false;
    this.#run?.abort();
  }

  /** Says what the buttons do. */
  onStart(run: Run): void {
    const url = element("url", HTMLInputElement);
    element("form", HTMLFormElement).addEventListener("submit", (event) => {
      event.preventDefault();
      const other = element("other", HTMLAnchorElement);
      other.search = new URLSearchParams({ url: url.value }).toString();
      void this.#start(run, url.value);
    });
    element("stop", HTMLButtonElement).addEventListener("click", () => this.#run?.abort());
  }

  async #start(run: Run, url: string): Promise<void> {
    const controller = new AbortController();
    this.#run = controller;
    this.#enable(true);
    element("error", HTMLElement).hidden = true;
    try {
      this.state(await run(url, controller.signal));
    } catch (error) {
      this.fail(error);
      this.state("Not connected.");
    }
    controller.abort();
    this.#run = undefined;
    this.#enable(false);
  }

  #enable(isRunning: boolean): void {
    element("start", HTMLButtonElement).disabled = isRunning;
    element("stop", HTMLButtonElement).disabled = !isRunning;
  }
}

/** Bytes in a second, over the time since it was last asked. */
export class Rate {
  #bytes = 0;
  #since = performance.now();

  /** Counts bytes. */
  add(bytes: number): void {
    this.#bytes += bytes;
  }

  /** Returns kilobits in a second and begins anew. */
  take(): number {
    const now = performance.now();
    const kilobits = (this.#bytes * 8) / Math.max(1, now - this.#since);
    this.#bytes = 0;
    this.#since = now;
    return Math.round(kilobits);
  }
}

/** Finds an element of the page. */
export function element<T extends HTMLElement>(id: string, type: new () => T): T {
  const found = document.getElementById(id);
  if (found instanceof type) return found;
  throw new TypeError(`the page has no ${id}`);
}

/** Resolves when the signal is told. */
export function told(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause instanceof Error ? ` (${error.cause.message})` : "";
  return `${error.message}${cause}`;
}
