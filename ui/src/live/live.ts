import type { QueryClient, QueryKey } from "@tanstack/react-query";

/** Whether changes arrive by themselves ("live"), the page asks every few seconds ("polling"), or nobody looks at it ("paused"). */
export type LiveState = "connecting" | "live" | "polling" | "paused";

interface ChangeEvent {
  run_id?: string;
  experiment_id?: string;
  name?: string;
  endpoint?: string;
}

const pollEvery = 4000;
const gatherFor = 300;

/** The query keys that a server-sent event makes stale. */
export function staleAfter(kind: string, change: ChangeEvent): QueryKey[] {
  switch (kind) {
    case "run":
      return [["runs"], ["run", change.run_id], ["history", change.run_id], ["artifacts", change.run_id]];
    case "experiment":
      return [["experiments"]];
    case "model":
      return [["models"], ["model", change.name]];
    case "endpoint":
      return [["endpoints"], ["endpoint", change.endpoint]];
    case "predictions":
      return [["endpoints"], ["endpoint", change.endpoint], ["monitors"], ["monitor", change.endpoint]];
    case "alert":
      return [["alerts"], ["monitors"], ["monitor"], ["pane"]];
    default:
      return [];
  }
}

function isHistory(key: QueryKey): boolean {
  return key[0] === "history";
}

/** A chart is of many runs; it is stale when one of them changed. */
function drawsRun(key: QueryKey, run: unknown): boolean {
  return isHistory(key) && Array.isArray(key[1]) && key[1].includes(run);
}

const kinds = ["run", "experiment", "model", "endpoint", "predictions", "alert"];

/** Follows /api/v1/events and refreshes what is on the screen; asks regularly while the stream is down. */
export class LiveUpdates {
  private state: LiveState = "connecting";
  private readonly listeners = new Set<() => void>();
  private readonly stale = new Map<string, QueryKey>();
  private gathering = false;
  private poll: ReturnType<typeof setInterval> | undefined;
  private source: EventSource | undefined;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private readonly client: QueryClient;

  constructor(client: QueryClient) {
    this.client = client;
  }

  /**
   * Listens while the page is on the screen. A browser opens six connections to a server, all tabs
   * together, so tabs in the background give theirs back and catch up when they return.
   */
  start(): void {
    document.addEventListener("visibilitychange", () => (document.hidden ? this.close() : this.open()));
    if (!document.hidden) this.open();
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly current = (): LiveState => this.state;

  private open(): void {
    this.close();
    const source = new EventSource("/api/v1/events");
    this.source = source;
    source.onopen = () => this.enter("live");
    source.onerror = () => {
      this.enter("polling");
      if (source.readyState === EventSource.CLOSED) this.retry = setTimeout(() => this.open(), pollEvery);
    };
    for (const kind of kinds) source.addEventListener(kind, (event) => this.take(kind, event));
  }

  private close(): void {
    clearTimeout(this.retry);
    this.source?.close();
    if (this.source) this.enter("paused");
    this.source = undefined;
  }

  private take(kind: string, event: MessageEvent<string>): void {
    const change = JSON.parse(event.data) as ChangeEvent;
    for (const key of staleAfter(kind, change)) this.stale.set(JSON.stringify(key), key);
    if (this.gathering) return;
    this.gathering = true;
    setTimeout(() => this.refresh(), gatherFor);
  }

  private refresh(): void {
    this.gathering = false;
    const keys = [...this.stale.values()];
    this.stale.clear();
    for (const queryKey of keys) void this.client.invalidateQueries(isHistory(queryKey) ? { predicate: (query) => drawsRun(query.queryKey, queryKey[1]) } : { queryKey });
  }

  private enter(state: LiveState): void {
    if (state === this.state) return;
    const wasDown = this.state === "polling" || this.state === "paused";
    this.state = state;
    clearInterval(this.poll);
    if (state === "polling") this.poll = setInterval(() => void this.client.invalidateQueries(), pollEvery);
    if (state === "live" && wasDown) void this.client.invalidateQueries();
    for (const listener of this.listeners) listener();
  }
}
