import type { Run } from "../api/tracking";
import { MetricCard, type ChartedRun } from "./metric-card";

interface MetricGridProps {
  names: string[];
  curves: Set<string>;
  runs: ChartedRun[];
  isLog: boolean;
}

/** The metrics that were logged over steps; the others are single values as far as is known. */
export function curvesOf(runs: Run[]): Set<string> {
  return new Set(runs.flatMap((run) => run.data.metrics?.filter((metric) => metric.step !== 0).map((metric) => metric.key) ?? []));
}

/** Curves first and large, single values after them and small. */
export function MetricGrid({ names, curves, runs, isLog }: MetricGridProps) {
  const cards = (list: string[]) => list.map((name) => <MetricCard key={name} name={name} runs={runs} isLog={isLog} />);
  const large = names.filter((name) => curves.has(name));
  const small = names.filter((name) => !curves.has(name));
  return (
    <>
      {large.length > 0 && <div className="metric-grid">{cards(large)}</div>}
      {small.length > 0 && <div className="metric-grid small-cards">{cards(small)}</div>}
    </>
  );
}
