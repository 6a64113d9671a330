import { useMemo } from "react";
import type { Run } from "../api/tracking";
import { MetricGrid, curvesOf } from "../components/metric-grid";
import { Empty } from "../components/states";

interface RunChartsProps {
  run: Run;
  isLog: boolean;
  words: string;
  onLog: (isLog: boolean) => void;
  onWords: (words: string) => void;
}

/** A regular expression, or plain words while it is not a valid one. */
function matcher(words: string): (name: string) => boolean {
  try {
    const pattern = new RegExp(words, "i");
    return (name) => pattern.test(name);
  } catch {
    return (name) => name.includes(words);
  }
}

export function RunCharts({ run, isLog, words, onLog, onWords }: RunChartsProps) {
  const names = useMemo(() => run.data.metrics?.map((metric) => metric.key).toSorted() ?? [], [run.data.metrics]);
  const shown = useMemo(() => names.filter(matcher(words)), [names, words]);
  const curves = useMemo(() => curvesOf([run]), [run]);
  const { run_id: id, run_name: name } = run.info;
  const runs = useMemo(() => [{ id, name, color: 1 }], [id, name]);
  if (names.length === 0) {
    return (
      <Empty title="No metrics yet">
        <p>Charts appear here with the first metric that is logged, and grow while the run goes on.</p>
      </Empty>
    );
  }
  return (
    <div className="stack">
      <div className="row">
        <input className="input" type="search" placeholder="Find metrics (regular expression)" aria-label="Find metrics" size={34} value={words} onChange={(event) => onWords(event.target.value)} />
        <button type="button" className="button" aria-pressed={isLog} onClick={() => onLog(!isLog)}>
          Log axis
        </button>
        <span className="faint small">
          {shown.length} of {names.length}
        </span>
      </div>
      <MetricGrid names={shown} curves={curves} runs={runs} isLog={isLog} />
      {shown.length === 0 && <Empty title="No metric matches" />}
    </div>
  );
}
