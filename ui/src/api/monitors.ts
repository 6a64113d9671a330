import { queryOptions } from "@tanstack/react-query";
import { getJson } from "./http";

export interface Measure {
  value: number;
  lower: number;
  upper: number;
}

export type Verdict = "drift" | "stable" | "insufficient_data" | "constant" | "undefined";

export interface PaneArm {
  arm: string;
  model: string;
  version: string;
  rows: number;
  labelled: number;
  accuracy: Measure | null;
  auc: Measure | null;
  log_loss: Measure | null;
  mean_absolute_error?: Measure | null;
  mean_prediction: number | null;
  against_reference?: { verdict: Verdict; effect: number | null; reason: string } | null;
}

export interface PaneSummary {
  id: string;
  start: number;
  end: number;
  rows: number;
  closed: boolean;
  status: "ok" | "drift" | "no_baseline" | "insufficient_data" | "open";
  baseline_model?: string;
  baseline_version?: string;
  drifted_features: string[];
  arms: PaneArm[];
}

export interface TestNumbers {
  statistic: number;
  p_value: number;
  p_adjusted: number;
}

interface Sides {
  baseline: number;
  current: number;
}

export interface PairedHistogram {
  edges?: number[];
  categories?: string[];
  baseline: number[];
  current: number[];
  below?: Sides;
  above?: Sides;
  other?: Sides;
  missing?: Sides;
}

export interface FeatureReport {
  name: string;
  type: "numeric" | "categorical";
  rows: number;
  baseline_rows?: number;
  missing_share: number;
  baseline_missing_share: number;
  ks: TestNumbers | null;
  psi: { value: number | null; critical: number | null };
  chi2: TestNumbers | null;
  missing?: TestNumbers | null;
  wasserstein?: number | null;
  effect: number | null;
  verdict: Verdict;
  reason: string;
  histogram: PairedHistogram;
}

export interface ArmPrediction extends FeatureReport {
  arm: string;
  model: string;
  version: string;
  against: string;
}

export type PredictionReport = Partial<FeatureReport> & { arms: ArmPrediction[] };

export interface Pane extends PaneSummary {
  evaluated_at: number;
  features: FeatureReport[];
  prediction: PredictionReport;
}

export interface MonitorSettings {
  window: "hour" | "day" | "week" | "month";
  alpha: number;
  minimum_effect: number;
  minimum_rows: number;
  panes_needed: number;
  panes_watched: number;
  webhook_url: string;
}

export interface Monitor {
  endpoint: string;
  settings: MonitorSettings;
  panes: PaneSummary[];
}

export interface MonitorSummary {
  endpoint: string;
  window: string;
  status: "ok" | "drift" | "no_baseline" | "no_data" | "insufficient_data" | "open";
  drifted_features: string[];
  last_pane: string;
  alerts_firing: number;
}

export interface Alert {
  id: string;
  endpoint: string;
  feature: string;
  state: "firing" | "resolved";
  since: number;
  started_at?: number;
  resolved_at?: number | null;
  summary: string;
  pane?: string;
  delivery: { url: string; attempts: number; delivered: boolean; last_error: string } | null;
}

export const monitorsQuery = queryOptions({
  queryKey: ["monitors"],
  queryFn: async ({ signal }) => (await getJson<{ monitors: MonitorSummary[] }>("/api/v1/monitors", signal)).monitors,
});

export function monitorQuery(endpoint: string) {
  return queryOptions({
    queryKey: ["monitor", endpoint],
    queryFn: async ({ signal }) => {
      const monitor = await getJson<Monitor>(`/api/v1/monitors/${encodeURIComponent(endpoint)}`, signal);
      return { ...monitor, panes: monitor.panes.toSorted((a, b) => a.start - b.start) };
    },
    retry: false,
  });
}

export function paneQuery(endpoint: string, id: string) {
  return queryOptions({
    queryKey: ["pane", endpoint, id],
    queryFn: ({ signal }) => getJson<Pane>(`/api/v1/monitors/${encodeURIComponent(endpoint)}/panes/${encodeURIComponent(id)}`, signal),
    retry: false,
  });
}

export const alertsQuery = queryOptions({
  queryKey: ["alerts"],
  queryFn: async ({ signal }) => (await getJson<{ alerts: Alert[] }>("/api/v1/alerts", signal)).alerts,
});
