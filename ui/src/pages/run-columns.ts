import { numberOf, type Run } from "../api/tracking";
import { formatNumber } from "../format";

export type ColumnKind = "metrics" | "params" | "tags" | "attributes";

export interface RunColumn {
  /** "metrics.accuracy": what the URL and the sort name. */
  id: string;
  kind: ColumnKind;
  key: string;
  title: string;
  width: number;
  isNumber: boolean;
}

const attributeColumns: Record<string, Omit<RunColumn, "id" | "kind" | "key">> = {
  status: { title: "Status", width: 96, isNumber: false },
  start_time: { title: "Started", width: 108, isNumber: false },
  duration: { title: "Duration", width: 96, isNumber: true },
  user_id: { title: "User", width: 96, isNumber: false },
};

const metricsShown = 6;
const paramsShown = 4;

/** Only what the server can sort by has an order; a duration is computed here. */
export function isSortable(column: RunColumn): boolean {
  return column.id !== "attributes.duration";
}

export function columnOf(id: string): RunColumn | undefined {
  const dot = id.indexOf(".");
  const kind = id.slice(0, dot);
  const key = id.slice(dot + 1);
  if (kind === "attributes") {
    const known = attributeColumns[key];
    return known && { id, kind, key, ...known };
  }
  if (kind !== "metrics" && kind !== "params" && kind !== "tags") return undefined;
  return { id, kind, key, title: key, width: Math.min(220, Math.max(104, 40 + key.length * 7.5)), isNumber: kind === "metrics" };
}

/** Every column that the loaded runs have a value for. */
export function knownColumns(runs: Run[]): RunColumn[] {
  const ids = new Set(Object.keys(attributeColumns).map((key) => `attributes.${key}`));
  for (const run of runs) for (const metric of run.data.metrics ?? []) ids.add(`metrics.${metric.key}`);
  for (const run of runs) for (const param of run.data.params ?? []) ids.add(`params.${param.key}`);
  for (const run of runs) for (const tag of run.data.tags ?? []) if (!tag.key.startsWith("mlflow.")) ids.add(`tags.${tag.key}`);
  return [...ids].map((id) => columnOf(id)).filter((column) => column !== undefined);
}

/** Shown until somebody chooses: the attributes, a few metrics and a few parameters. */
export function usualColumns(known: RunColumn[]): RunColumn[] {
  const ofKind = (kind: ColumnKind) => known.filter((column) => column.kind === kind);
  return [
    ...ofKind("attributes").filter((column) => column.key !== "user_id"),
    ...ofKind("metrics").slice(0, metricsShown),
    ...ofKind("params").slice(0, paramsShown),
  ];
}

export function cellText(run: Run, column: RunColumn): string {
  switch (column.kind) {
    case "metrics": {
      const metric = run.data.metrics?.find((one) => one.key === column.key);
      return metric ? formatNumber(numberOf(metric.value)) : "";
    }
    case "params":
      return run.data.params?.find((one) => one.key === column.key)?.value ?? "";
    case "tags":
      return run.data.tags?.find((one) => one.key === column.key)?.value ?? "";
    case "attributes":
      return String(run.info[column.key as keyof Run["info"]] ?? "");
  }
}

export interface Order {
  id: string;
  isDescending: boolean;
}

export const newestFirst: Order = { id: "attributes.start_time", isDescending: true };

export function parseOrder(text: string | undefined): Order {
  const match = /^(.*) (ASC|DESC)$/.exec(text ?? "");
  return match?.[1] ? { id: match[1], isDescending: match[2] === "DESC" } : newestFirst;
}

export function orderText(order: Order): string {
  return `${order.id} ${order.isDescending ? "DESC" : "ASC"}`;
}

/** The order in MLflow's words, where a key stands in backquotes. */
export function orderClause(order: Order): string {
  const dot = order.id.indexOf(".");
  const kind = order.id.slice(0, dot);
  const key = order.id.slice(dot + 1);
  const name = kind === "attributes" ? key : `\`${key}\``;
  return `${kind}.${name} ${order.isDescending ? "DESC" : "ASC"}`;
}
