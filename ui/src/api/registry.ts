import { queryOptions } from "@tanstack/react-query";
import { getJson, getText, query, sendJson } from "./http";
import type { Tag } from "./tracking";

const root = "/ajax-api/2.0/mlflow";

export interface ModelVersion {
  name: string;
  version: string;
  creation_timestamp: number;
  last_updated_timestamp: number;
  description?: string;
  source: string;
  run_id?: string;
  status: string;
  status_message?: string;
  tags?: Tag[];
  aliases?: string[];
}

export interface RegisteredModel {
  name: string;
  creation_timestamp: number;
  last_updated_timestamp: number;
  description?: string;
  latest_versions?: ModelVersion[];
  aliases?: { alias: string; version: string }[];
  tags?: Tag[];
}

export const modelsQuery = queryOptions({
  queryKey: ["models"],
  queryFn: async ({ signal }) =>
    (await getJson<{ registered_models?: RegisteredModel[] }>(`${root}/registered-models/search${query({ max_results: 1000 })}`, signal)).registered_models ?? [],
});

export function modelQuery(name: string) {
  return queryOptions({
    queryKey: ["model", name],
    queryFn: async ({ signal }) =>
      (await getJson<{ registered_model: RegisteredModel }>(`${root}/registered-models/get${query({ name })}`, signal)).registered_model,
  });
}

export function versionsQuery(name: string) {
  return queryOptions({
    queryKey: ["model", name, "versions"],
    queryFn: async ({ signal }) => {
      const filter = `name='${name.replaceAll("'", "''")}'`;
      const search = query({ filter, max_results: 1000 });
      const answer = await getJson<{ model_versions?: ModelVersion[] }>(`${root}/model-versions/search${search}`, signal);
      return (answer.model_versions ?? []).toSorted((a, b) => Number(b.version) - Number(a.version));
    },
  });
}

export interface SignatureColumn {
  name?: string;
  type: string;
  required?: boolean;
  "tensor-spec"?: { dtype: string; shape: number[] };
}

/** "double", or "int64 [-1, 3]" for a tensor. */
export function typeText(column: SignatureColumn): string {
  const tensor = column["tensor-spec"];
  return tensor ? `${tensor.dtype} [${tensor.shape.join(", ")}]` : column.type;
}

export interface ModelCard {
  flavors: string[];
  inputs: SignatureColumn[];
  outputs: SignatureColumn[];
  text: string;
}

const mostOfModelFile = 256 * 1024;

function columnsOf(mlmodel: string, side: "inputs" | "outputs"): SignatureColumn[] {
  // The signature is JSON inside a YAML scalar, which YAML may fold over several lines.
  const block = new RegExp(`^  ${side}: (.*(?:\\n    .*)*)`, "m").exec(mlmodel)?.[1];
  if (!block) return [];
  const folded = block.replaceAll(/\n\s*/g, " ").trim();
  const text = folded.startsWith("'") ? folded.slice(1, -1).replaceAll("''", "'") : folded;
  try {
    return JSON.parse(text) as SignatureColumn[];
  } catch {
    return [];
  }
}

function flavorsOf(mlmodel: string): string[] {
  const block = /^flavors:\n((?: {2}.*\n?)+)/m.exec(mlmodel)?.[1] ?? "";
  return [...block.matchAll(/^ {2}(\w+):/gm)].map((match) => match[1] ?? "");
}

/** What the version's own MLmodel file says. */
export function modelCardQuery(name: string, version: string) {
  return queryOptions({
    queryKey: ["model-card", name, version],
    queryFn: async ({ signal }): Promise<ModelCard> => {
      const url = `/model-versions/get-artifact${query({ name, version, path: "MLmodel" })}`;
      const { text } = await getText(url, mostOfModelFile, signal);
      return { flavors: flavorsOf(text), inputs: columnsOf(text, "inputs"), outputs: columnsOf(text, "outputs"), text };
    },
    staleTime: Infinity,
    retry: false,
  });
}

export function setAlias(name: string, alias: string, version: string): Promise<unknown> {
  return sendJson("POST", `${root}/registered-models/alias`, { name, alias, version });
}

export function deleteAlias(name: string, alias: string): Promise<unknown> {
  return sendJson("DELETE", `${root}/registered-models/alias`, { name, alias });
}
