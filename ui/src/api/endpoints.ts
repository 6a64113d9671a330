import { queryOptions } from "@tanstack/react-query";
import { getJson, query, sendJson } from "./http";

const root = "/api/v1/endpoints";

export interface Arm {
  name: string;
  model: string;
  weight: number;
  resolved?: { name: string; version: string };
  state: "loading" | "serving" | "failed";
  error?: string;
  requests: number;
  errors: number;
}

export interface Traffic {
  requests: number;
  errors: number;
  requests_per_second: number;
  p50_ms: number;
  p90_ms: number;
  p99_ms: number;
}

export interface Endpoint {
  name: string;
  baked_minutes: number;
  arms: Arm[];
  previous: { arm: string; version: string }[];
  created_at: number;
  updated_at: number;
  traffic: Traffic;
}

export interface EndpointEvent {
  time: number;
  action: string;
  arm: string;
  from: string;
  to: string;
  reason: string;
}

export interface TrafficPoint {
  time: number;
  arm: string;
  requests: number;
  errors: number;
  p50_ms: number;
  p99_ms: number;
}

export interface Prediction {
  request_id: string;
  time: number;
  arm: string;
  model: string;
  version: string;
  key: string;
  prediction: number | string | null;
  score?: number;
  features: Record<string, number | string | null>;
}

function one(name: string): string {
  return `${root}/${encodeURIComponent(name)}`;
}

export const endpointsQuery = queryOptions({
  queryKey: ["endpoints"],
  queryFn: async ({ signal }) => (await getJson<{ endpoints: Endpoint[] }>(root, signal)).endpoints,
});

export function endpointQuery(name: string) {
  return queryOptions({
    queryKey: ["endpoint", name],
    queryFn: ({ signal }) => getJson<Endpoint>(one(name), signal),
  });
}

export function endpointHistoryQuery(name: string) {
  return queryOptions({
    queryKey: ["endpoint", name, "history"],
    queryFn: async ({ signal }) => (await getJson<{ events: EndpointEvent[] }>(`${one(name)}/history${query({ limit: 100 })}`, signal)).events,
  });
}

/** A point a second up to five minutes back, a point a minute beyond. */
export function trafficQuery(name: string, minutes: number) {
  return queryOptions({
    queryKey: ["endpoint", name, "traffic", minutes],
    queryFn: async ({ signal }) => (await getJson<{ series: TrafficPoint[] }>(`${one(name)}/traffic${query({ minutes })}`, signal)).series,
    refetchInterval: 5000,
  });
}

export function predictionsQuery(name: string, limit: number) {
  return queryOptions({
    queryKey: ["endpoint", name, "predictions", limit],
    queryFn: async ({ signal }) => (await getJson<{ predictions: Prediction[] }>(`${one(name)}/predictions${query({ limit })}`, signal)).predictions,
  });
}

export interface RolledBack {
  arm: string;
  from: string;
  to: string;
  endpoint: Endpoint;
}

export function rollBack(name: string, arm: string): Promise<RolledBack> {
  return sendJson<RolledBack>("POST", `${one(name)}/rollback`, { arm });
}
