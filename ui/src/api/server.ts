import { queryOptions } from "@tanstack/react-query";
import { getJson } from "./http";

export interface ServerFacts {
  version: string;
  data_folder: string;
  started: number;
  now: number;
}

export const serverQuery = queryOptions({
  queryKey: ["server"],
  queryFn: ({ signal }) => getJson<ServerFacts>("/api/v1/server", signal),
  staleTime: 60_000,
});
