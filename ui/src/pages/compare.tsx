import { useQueries } from "@tanstack/react-query";
import { Link, getRouteApi } from "@tanstack/react-router";
import { useMemo } from "react";
import { numberOf, runQuery, type Run } from "../api/tracking";
import { Card, Crumbs } from "../components/basics";
import { Legend, colorVariable } from "../components/line-chart";
import type { ChartedRun } from "../components/metric-card";
import { MetricGrid, curvesOf } from "../components/metric-grid";
import { Empty, Loading } from "../components/states";
import { useTitle } from "../components/use-title";
import { counted, formatNumber } from "../format";

const route = getRouteApi("/compare");

/** What the server draws in one request. */
const mostRuns = 100;

function metricKeys(runs: Run[]): string[] {
  return [...new Set(runs.flatMap((run) => run.data.metrics?.map((metric) => metric.key) ?? []))].toSorted();
}

function paramKeys(runs: Run[]): string[] {
  return [...new Set(runs.flatMap((run) => run.data.params?.map((param) => param.key) ?? []))].toSorted();
}

function metricOf(run: Run, key: string): number | undefined {
  const metric = run.data.metrics?.find((one) => one.key === key);
  return metric && numberOf(metric.value);
}

function paramOf(run: Run, key: string): string {
  return run.data.params?.find((one) => one.key === key)?.value ?? "–";
}

function RunHeads({ runs, charted }: { runs: Run[]; charted: ChartedRun[] }) {
  return runs.map((run, index) => (
    <th key={run.info.run_id} className="number">
      <span className="swatch" style={{ background: `var(${colorVariable(charted[index]?.color ?? 0)})` }} />
      <Link to="/runs/$runId" params={{ runId: run.info.run_id }}>
        {run.info.run_name}
      </Link>
    </th>
  ));
}

/** A row that is the same in all runs steps back. */
function Side({ title, keys, runs, charted, valueOf }: { title: string; keys: string[]; runs: Run[]; charted: ChartedRun[]; valueOf: (run: Run, key: string) => string }) {
  if (keys.length === 0) return null;
  return (
    <Card title={title}>
      <div className="scroll-x">
        <table className="grid-table dense">
          <thead>
            <tr>
              <th>Name</th>
              <RunHeads runs={runs} charted={charted} />
            </tr>
          </thead>
          <tbody>
            {keys.map((key) => {
              const values = runs.map((run) => valueOf(run, key));
              const differs = new Set(values).size > 1;
              return (
                <tr key={key} className={differs ? undefined : "faint"}>
                  <td className="mono">{key}</td>
                  {values.map((value, index) => (
                    <td key={index} className="number">
                      {value}
                    </td>
                  ))}
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </Card>
  );
}

function Comparison({ runs, isLog }: { runs: Run[]; isLog: boolean }) {
  const navigate = route.useNavigate();
  const charted = useMemo(() => runs.map((run, index): ChartedRun => ({ id: run.info.run_id, name: run.info.run_name, color: index + 1 })), [runs]);
  const metrics = useMemo(() => metricKeys(runs), [runs]);
  const curves = useMemo(() => curvesOf(runs), [runs]);
  const params = useMemo(() => paramKeys(runs), [runs]);
  return (
    <>
      <div className="row">
        <Legend entries={charted.map((run) => ({ label: run.name, color: run.color }))} />
        <button type="button" className="button" data-size="small" aria-pressed={isLog} onClick={() => void navigate({ search: (old) => ({ ...old, log: isLog ? undefined : true }), replace: true })}>
          Log axis
        </button>
      </div>
      <MetricGrid names={metrics} curves={curves} runs={charted} isLog={isLog} />
      <Side title="Parameters" keys={params} runs={runs} charted={charted} valueOf={paramOf} />
      <Side title="Metrics, last value" keys={metrics} runs={runs} charted={charted} valueOf={(run, key) => formatNumber(metricOf(run, key))} />
    </>
  );
}

export function ComparePage() {
  const { runs: ids = [], log: isLog = false } = route.useSearch();
  useTitle("Compare runs");
  const { runs, isPending } = useQueries({
    queries: ids.slice(0, mostRuns).map((id) => runQuery(id)),
    combine: (results) => ({ runs: results.map((result) => result.data).filter((run) => run !== undefined), isPending: results.some((result) => result.isPending) }),
  });
  return (
    <div className="page">
      <Crumbs trail={[{ label: "Experiments", to: "/experiments" }, { label: "Compare" }]} />
      <div className="page-head">
        <h1>Compare {counted(runs.length, "run")}</h1>
      </div>
      {isPending && <Loading lines={8} />}
      {!isPending && runs.length === 0 && (
        <Empty title="No runs chosen">
          <p>Select runs in the table of an experiment, then choose Compare.</p>
        </Empty>
      )}
      {runs.length > 0 && <Comparison runs={runs} isLog={isLog} />}
    </div>
  );
}
