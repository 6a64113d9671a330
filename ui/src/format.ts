/** Numbers, times and sizes as people read them. */

const significant = new Intl.NumberFormat("en", { maximumSignificantDigits: 4 });
const grouped = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const dateTime = new Intl.DateTimeFormat("en-CA", { dateStyle: "short", timeStyle: "medium", hour12: false });
const dayOnly = new Intl.DateTimeFormat("en-CA", { dateStyle: "short", timeZone: "UTC" });

export function formatNumber(value: number | null | undefined): string {
  if (value === null || value === undefined || Number.isNaN(value)) return "–";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e9)) return value.toExponential(2);
  return size >= 10_000 ? grouped.format(value) : significant.format(value);
}

export function formatCount(value: number): string {
  return grouped.format(value);
}

export function formatShare(value: number | null | undefined): string {
  if (value === null || value === undefined) return "–";
  return `${significant.format(Math.round(value * 1000) / 10)} %`;
}

export function formatProbability(value: number | null | undefined): string {
  if (value === null || value === undefined) return "–";
  return value < 1e-4 ? (value === 0 ? "0" : value.toExponential(1)) : value.toFixed(4);
}

export function formatTime(milliseconds: number): string {
  return dateTime.format(milliseconds).replace(",", "");
}

/** The day of an event; events of the past are dated in universal time, as panes are. */
export function formatDay(milliseconds: number): string {
  return dayOnly.format(milliseconds);
}

export function formatDuration(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  const seconds = milliseconds / 1000;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.round((seconds % 3600) / 60)} min`;
}

export function formatAgo(milliseconds: number, now: number): string {
  const seconds = Math.max(0, (now - milliseconds) / 1000);
  if (seconds < 45) return "just now";
  if (seconds < 3600) return `${Math.round(seconds / 60)} min ago`;
  if (seconds < 86_400) return `${Math.round(seconds / 3600)} h ago`;
  if (seconds < 30 * 86_400) return `${Math.round(seconds / 86_400)} d ago`;
  return formatTime(milliseconds).slice(0, 10);
}

export function formatBytes(bytes: number | undefined): string {
  if (bytes === undefined) return "";
  if (bytes < 1024) return `${bytes} B`;
  const units = ["KiB", "MiB", "GiB", "TiB"];
  const power = Math.min(units.length, Math.floor(Math.log2(bytes) / 10));
  return `${(bytes / 1024 ** power).toFixed(1)} ${units[power - 1] ?? "KiB"}`;
}

export function counted(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}
