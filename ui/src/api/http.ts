/** What the server said when it refused a request, in words fit to show. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.name = "ApiError";
    this.status = status;
    this.code = code;
  }

  get isMissing(): boolean {
    return this.status === 404;
  }
}

interface NativeError {
  error: { code: string; message: string };
}

interface MlflowError {
  error_code: string;
  message: string;
}

function isNativeError(body: unknown): body is NativeError {
  return typeof body === "object" && body !== null && "error" in body;
}

function isMlflowError(body: unknown): body is MlflowError {
  return typeof body === "object" && body !== null && "error_code" in body;
}

async function errorOf(answer: Response): Promise<ApiError> {
  const body: unknown = await answer.json().catch(() => null);
  if (isNativeError(body)) return new ApiError(answer.status, body.error.code, body.error.message);
  if (isMlflowError(body)) return new ApiError(answer.status, body.error_code, body.message);
  return new ApiError(answer.status, String(answer.status), `The server answered ${answer.status} ${answer.statusText}`);
}

async function send(method: string, url: string, body?: unknown, signal?: AbortSignal): Promise<Response> {
  const request: RequestInit = { method, signal: signal ?? null };
  if (body !== undefined) {
    request.headers = { "Content-Type": "application/json" };
    request.body = JSON.stringify(body);
  }
  let answer: Response;
  try {
    answer = await fetch(url, request);
  } catch (reason) {
    if (signal?.aborted) throw reason;
    throw new ApiError(0, "UNREACHABLE", "The server cannot be reached. The page tries again by itself.");
  }
  if (!answer.ok) throw await errorOf(answer);
  return answer;
}

export async function getJson<T>(url: string, signal?: AbortSignal): Promise<T> {
  return (await send("GET", url, undefined, signal)).json() as Promise<T>;
}

export async function sendJson<T>(method: "POST" | "PUT" | "PATCH" | "DELETE", url: string, body: unknown, signal?: AbortSignal): Promise<T> {
  const answer = await send(method, url, body, signal);
  const text = await answer.text();
  return (text === "" ? {} : JSON.parse(text)) as T;
}

/** The first `limit` bytes of a file as text, and whether there is more. */
export async function getText(url: string, limit: number, signal?: AbortSignal): Promise<{ text: string; isCut: boolean }> {
  const answer = await send("GET", url, undefined, signal);
  const reader = answer.body?.getReader();
  if (!reader) return { text: "", isCut: false };
  const decoder = new TextDecoder();
  let text = "";
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return { text: text + decoder.decode(), isCut: false };
    size += value.length;
    text += decoder.decode(value, { stream: true });
    if (size > limit) {
      await reader.cancel();
      return { text: text.slice(0, limit), isCut: true };
    }
  }
}

/** `?a=1&b=2`, without the parameters that are undefined; arrays repeat their key. */
export function query(parameters: Record<string, string | number | string[] | undefined>): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(parameters)) {
    if (value === undefined) continue;
    for (const one of Array.isArray(value) ? value : [value]) search.append(key, String(one));
  }
  const text = search.toString();
  return text === "" ? "" : `?${text}`;
}
