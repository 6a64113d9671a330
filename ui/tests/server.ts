import { test as base, expect, type Page } from "@playwright/test";
import { execFile, spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { preview } from "vite";

const here = dirname(fileURLToPath(import.meta.url));
const binary = process.env.YARD_BINARY ?? join(here, "../../build/release/bin/modelyard");

export interface Filled {
  experiment: string;
  runs: { run_id: string; name: string }[];
  live: string;
  baseline: string;
}

/** A running server: where the page is, and where its interfaces are. */
export interface Yard {
  page: string;
  api: string;
  filled: Filled;
}

async function until<T>(what: string, attempt: () => T | undefined | Promise<T | undefined>): Promise<T> {
  const deadline = Date.now() + 30_000;
  for (;;) {
    const found = await attempt();
    if (found !== undefined) return found;
    if (Date.now() > deadline) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

function addressIn(data: string): string | undefined {
  const file = join(data, "server.json");
  if (!existsSync(file)) return undefined;
  try {
    return (JSON.parse(readFileSync(file, "utf8")) as { address: string }).address;
  } catch {
    return undefined;
  }
}

async function ended(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null) return;
  server.kill("SIGTERM");
  await new Promise((resolve) => server.once("exit", resolve));
}

export async function call<T = unknown>(method: string, url: string, body?: unknown, type = "application/json"): Promise<T> {
  const text = type === "application/json" && body !== undefined ? JSON.stringify(body) : (body as string | undefined);
  const answer = await fetch(url, { method, headers: { "Content-Type": type }, body: text ?? null });
  const reply = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${url}: ${answer.status} ${reply}`);
  return (reply === "" ? {} : JSON.parse(reply)) as T;
}

async function fill(url: string): Promise<Filled> {
  const python = process.env.YARD_PYTHON ?? "python3";
  const environment = { ...process.env, MLFLOW_DISABLE_TELEMETRY: "true", GIT_PYTHON_REFRESH: "quiet" };
  const { stdout } = await promisify(execFile)(python, [join(here, "fill.py"), url], { env: environment, maxBuffer: 1 << 26 });
  return JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as Filled;
}

const day = 86_400_000;
export const firstDay = Date.UTC(2026, 0, 5);
export const rowsPerDay = 200;

/** A spread of values that needs no chance: the same quantiles every day. */
function normalQuantile(index: number, count: number): number {
  const share = (index + 0.5) / count;
  return 4.91 * (share ** 0.14 - (1 - share) ** 0.14);
}

/** Two days of predictions: on the first as in training, on the second everybody is 30 years older. */
async function predict(api: string): Promise<void> {
  for (const [number, shift] of [0, 30].entries()) {
    const rows = Array.from({ length: rowsPerDay }, (_, index) => ({
      features: { age: 40 + shift + 10 * normalQuantile(index, rowsPerDay), income: 3000 + 500 * normalQuantile((index * 37) % rowsPerDay, rowsPerDay) },
      key: `customer-${index}`,
      timestamp: firstDay + number * day + index * 1000,
      request_id: `day-${number}-${index}`,
    }));
    await call("POST", `${api}/predict/shop`, { rows });
    const labels = rows.map((row) => ({ request_id: row.request_id, label: row.features.age + ((rows.indexOf(row) * 7) % 11) - 5 > 40 ? 1 : 0 }));
    await call("POST", `${api}/api/v1/endpoints/shop/labels`, { labels });
  }
}

async function serve(api: string, filled: Filled): Promise<void> {
  await call("PUT", `${api}/api/v1/models/shop/versions/1/baseline`, filled.baseline, "text/csv");
  await call("POST", `${api}/api/v1/endpoints`, { name: "shop", model: "models:/shop@champion" });
  await until("the endpoint to serve", async () => {
    const endpoint = await call<{ arms: { state: string }[] }>("GET", `${api}/api/v1/endpoints/shop`);
    return endpoint.arms[0]?.state === "serving" ? true : undefined;
  });
  await call("PUT", `${api}/api/v1/monitors/shop`, { window: "day" });
  await predict(api);
  await call("POST", `${api}/api/v1/monitors/shop/close`, { until: firstDay + 2 * day });
}

/** The page of the binary; with YARD_PAGE=dist that of ui/dist in front of the binary. */
async function pageFor(api: string): Promise<{ url: string; close: () => Promise<void> }> {
  if (process.env.YARD_PAGE !== "dist") return { url: api, close: () => Promise.resolve() };
  process.env.MODELYARD_URL = api;
  const server = await preview({ root: join(here, ".."), logLevel: "error", preview: { port: 0, host: "127.0.0.1" } });
  const address = server.httpServer.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return { url: `http://127.0.0.1:${port}`, close: () => server.close() };
}

async function withServer(isFilled: boolean, use: (yard: Yard) => Promise<void>): Promise<void> {
  const data = mkdtempSync(join(tmpdir(), "modelyard-page-"));
  const server = spawn(binary, ["up", "--port", "0", "--data", data], { stdio: "ignore" });
  try {
    const api = await until("the server", () => addressIn(data));
    const filled = isFilled ? await fill(api) : { experiment: "0", runs: [], live: "", baseline: "" };
    if (isFilled) await serve(api, filled);
    const page = await pageFor(api);
    await use({ page: page.url, api, filled });
    await page.close();
  } finally {
    await ended(server);
    rmSync(data, { recursive: true, force: true });
  }
}

/** Fails a test whose page complained, or asked anybody but its own server. */
export async function watched(page: Page, yard: Yard, use: (page: Page) => Promise<void>): Promise<void> {
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (["http:", "https:", "ws:", "wss:"].includes(url.protocol) && url.origin !== yard.page) complaints.push(`asked ${url.href}`);
  });
  await use(page);
  expect(complaints).toEqual([]);
}

export const test = base.extend<{ shown: Page }, { yard: Yard; emptyYard: Yard }>({
  yard: [async ({}, use: (yard: Yard) => Promise<void>) => withServer(true, use), { scope: "worker", timeout: 240_000 }],
  emptyYard: [async ({}, use: (yard: Yard) => Promise<void>) => withServer(false, use), { scope: "worker", timeout: 60_000 }],
  shown: async ({ page, yard }, use) => watched(page, yard, use),
});

export { expect };
