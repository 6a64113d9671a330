import type { Arm } from "../api/endpoints";
import type { Verdict } from "../api/monitors";
import type { Run, RunStatus } from "../api/tracking";
import { formatDuration } from "../format";
import { Badge, type Tone } from "./basics";
import { useNow } from "./use-now";

const runTones: Record<RunStatus, Tone> = { RUNNING: "info", SCHEDULED: "plain", FINISHED: "good", FAILED: "bad", KILLED: "warn" };

export function RunStatusBadge({ status }: { status: RunStatus }) {
  return <Badge tone={runTones[status]}>{status.toLowerCase()}</Badge>;
}

/** How long a run took, or has been going on. */
export function RunDuration({ run }: { run: Run }) {
  const now = useNow();
  return <span className="nowrap">{formatDuration((run.info.end_time ?? now) - run.info.start_time)}</span>;
}

const armTones: Record<Arm["state"], Tone> = { loading: "info", serving: "good", failed: "bad" };

export function ArmStateBadge({ state }: { state: Arm["state"] }) {
  return <Badge tone={armTones[state]}>{state}</Badge>;
}

export const verdictWords: Record<Verdict, string> = {
  drift: "drift",
  stable: "stable",
  insufficient_data: "too little data",
  constant: "constant",
  undefined: "not comparable",
};

const verdictTones: Record<Verdict, Tone> = { drift: "bad", stable: "good", insufficient_data: "plain", constant: "plain", undefined: "plain" };

export function VerdictBadge({ verdict }: { verdict: Verdict }) {
  return <Badge tone={verdictTones[verdict]}>{verdictWords[verdict]}</Badge>;
}

const monitorWords: Record<string, [string, Tone]> = {
  ok: ["no drift", "good"],
  drift: ["drift", "bad"],
  no_baseline: ["no baseline", "warn"],
  no_data: ["no data yet", "plain"],
  insufficient_data: ["too little data", "plain"],
  open: ["open", "info"],
};

export function MonitorStatusBadge({ status }: { status: string }) {
  const [words, tone] = monitorWords[status] ?? [status, "plain" as const];
  return <Badge tone={tone}>{words}</Badge>;
}
