import { QueryClient } from "@tanstack/react-query";
import { useSyncExternalStore } from "react";
import { ApiError } from "../api/http";
import { LiveUpdates, type LiveState } from "./live";

function isWorthAnotherTry(failures: number, error: Error): boolean {
  return failures < 2 && !(error instanceof ApiError && error.status >= 400 && error.status < 500);
}

export const queryClient = new QueryClient({
  defaultOptions: { queries: { staleTime: 10_000, retry: isWorthAnotherTry, refetchOnWindowFocus: true } },
});

export const liveUpdates = new LiveUpdates(queryClient);

export function useLiveState(): LiveState {
  return useSyncExternalStore(liveUpdates.subscribe, liveUpdates.current);
}
