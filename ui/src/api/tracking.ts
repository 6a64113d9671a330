import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import { getJson, query, sendJson } from "./http";

const root = "/ajax-api/2.0/mlflow";

export interface Tag {
  key: string;
  value: string;
}

export interface Experiment {
  experiment_id: string;
  name: string;
  artifact_location: string;
  lifecycle_stage: string;
  creation_time?: number;
  last_update_time?: number;
  tags?: Tag[];
}

export type RunStatus = "RUNNING" | "SCHEDULED" | "FINISHED" | "FAILED" | "KILLED";

export interface RunInfo {
  run_id: string;
  run_name: string;
  experiment_id: string;
  user_id: string;
  status: RunStatus;
  start_time: number;
  end_time?: number;
  artifact_uri: string;
  lifecycle_stage: string;
}

/** JSON has no NaN or infinity: MLflow writes them as text. */
export type MetricValue = number | "NaN" | "Infinity" | "-Infinity";

export interface Metric {
  key: string;
  value: MetricValue;
  timestamp: number;
  step: number;
  run_id?: string;
}

export interface DatasetInput {
  tags?: Tag[];
  dataset: { name: string; digest: string; source_type: string; source: string; schema?: string; profile?: string };
}

export interface Run {
  info: RunInfo;
  data: { metrics?: Metric[]; params?: Tag[]; tags?: Tag[] };
  inputs?: { dataset_inputs?: DatasetInput[] };
  outputs?: { model_outputs?: { model_id: string; step: number }[] };
}

export interface ArtifactEntry {
  path: string;
  is_dir: boolean;
  file_size?: number;
}

export interface LoggedModel {
  info: { model_id: string; name: string; status: string; source_run_id?: string; creation_timestamp_ms: number; model_type?: string; artifact_uri: string };
}

export function numberOf(value: MetricValue): number {
  return typeof value === "number" ? value : Number(value);
}

export const experimentsQuery = queryOptions({
  queryKey: ["experiments"],
  queryFn: async ({ signal }) => {
    const body = { max_results: 1000, order_by: ["last_update_time DESC"] };
    const answer = await sendJson<{ experiments?: Experiment[] }>("POST", `${root}/experiments/search`, body, signal);
    return answer.experiments ?? [];
  },
});

export interface RunsRequest {
  experimentIds: string[];
  filter: string;
  orderBy: string;
}

interface RunsPage {
  runs?: Run[];
  next_page_token?: string;
}

const runsPerPage = 100;

export function runsQuery(request: RunsRequest) {
  return infiniteQueryOptions({
    queryKey: ["runs", request],
    queryFn: ({ pageParam, signal }) =>
      sendJson<RunsPage>(
        "POST",
        `${root}/runs/search`,
        {
          experiment_ids: request.experimentIds,
          filter: request.filter,
          max_results: runsPerPage,
          order_by: request.orderBy === "" ? [] : [request.orderBy],
          ...(pageParam === "" ? {} : { page_token: pageParam }),
        },
        signal,
      ),
    initialPageParam: "",
    getNextPageParam: (page) => page.next_page_token || undefined,
    placeholderData: keepPreviousData,
    retry: false,
  });
}

export function runQuery(runId: string) {
  return queryOptions({
    queryKey: ["run", runId],
    queryFn: async ({ signal }) => (await getJson<{ run: Run }>(`${root}/runs/get${query({ run_id: runId })}`, signal)).run,
  });
}

/** The history of one metric of some runs, thinned by the server to at most `points` a run. */
export function historyQuery(runIds: string[], key: string, points = 640) {
  return queryOptions({
    queryKey: ["history", runIds, key, points],
    queryFn: async ({ signal }) => {
      const search = query({ run_ids: runIds, metric_key: key, max_results: points });
      const answer = await getJson<{ metrics?: Metric[] }>(`${root}/metrics/get-history-bulk-interval${search}`, signal);
      return answer.metrics ?? [];
    },
    placeholderData: keepPreviousData,
  });
}

export function artifactsQuery(runId: string, path: string) {
  return queryOptions({
    queryKey: ["artifacts", runId, path],
    queryFn: async ({ signal }) => {
      const search = query({ run_id: runId, path: path === "" ? undefined : path });
      return (await getJson<{ files?: ArtifactEntry[] }>(`${root}/artifacts/list${search}`, signal)).files ?? [];
    },
  });
}

export function artifactUrl(runId: string, path: string): string {
  return `/get-artifact${query({ run_id: runId, path })}`;
}

export function loggedModelQuery(modelId: string) {
  return queryOptions({
    queryKey: ["logged-model", modelId],
    queryFn: async ({ signal }) => (await getJson<{ model: LoggedModel }>(`${root}/logged-models/${encodeURIComponent(modelId)}`, signal)).model,
  });
}

export function loggedModelFilesQuery(modelId: string, path: string) {
  return queryOptions({
    queryKey: ["logged-model-files", modelId, path],
    queryFn: async ({ signal }) => {
      const search = query({ artifact_directory_path: path === "" ? undefined : path });
      const url = `${root}/logged-models/${encodeURIComponent(modelId)}/artifacts/directories${search}`;
      return (await getJson<{ files?: ArtifactEntry[] }>(url, signal)).files ?? [];
    },
  });
}

export function loggedModelFileUrl(modelId: string, path: string): string {
  return `${root}/logged-models/${encodeURIComponent(modelId)}/artifacts/files${query({ artifact_file_path: path })}`;
}
