import { useQuery } from "@tanstack/react-query";
import { useMemo, useRef } from "react";
import { historyQuery, numberOf, type Metric } from "../api/tracking";
import { formatNumber } from "../format";
import { LineChart, type LineSeries } from "./line-chart";
import { Failed } from "./states";
import { useVisible } from "./use-visible";

export interface ChartedRun {
  id: string;
  name: string;
  color: number;
}

interface MetricCardProps {
  name: string;
  runs: ChartedRun[];
  isLog: boolean;
}

/** A logarithm has no place for zero, and a line none for what is not a number. */
function plotted(value: number, isLog: boolean): number | null {
  if (!Number.isFinite(value)) return null;
  return isLog && value <= 0 ? null : value;
}

/** All points at one step: then the time is what tells them apart. */
function isByTime(points: Metric[]): boolean {
  const first = points[0];
  return points.length > 2 && points.every((point) => point.step === first?.step);
}

function seriesOf(points: Metric[], runs: ChartedRun[], isLog: boolean, byTime: boolean): LineSeries[] {
  const ofRun = Map.groupBy(points, (point) => point.run_id ?? "");
  return runs.map((run) => {
    const own = (ofRun.get(run.id) ?? []).toSorted((a, b) => (byTime ? a.timestamp - b.timestamp : a.step - b.step || a.timestamp - b.timestamp));
    // A step logged twice counts as logged last.
    const last = new Map(own.map((point) => [byTime ? point.timestamp : point.step, plotted(numberOf(point.value), isLog)]));
    return { label: run.name, x: [...last.keys()], y: [...last.values()], color: run.color };
  });
}

function SingleValues({ series }: { series: LineSeries[] }) {
  return (
    <ul className="single-values" data-many={series.length > 1}>
      {series.map((one, index) => (
        <li key={index}>
          <strong>{formatNumber(one.y.at(-1))}</strong>
          {series.length > 1 && <span className="faint small cut">{one.label}</span>}
        </li>
      ))}
    </ul>
  );
}

function MetricChart({ name, runs, isLog }: MetricCardProps) {
  const history = useQuery(historyQuery(runs.map((run) => run.id), name));
  const points = history.data;
  const byTime = useMemo(() => isByTime(points ?? []), [points]);
  const series = useMemo(() => seriesOf(points ?? [], runs, isLog, byTime), [points, runs, isLog, byTime]);
  if (history.isError) return <Failed error={history.error} retry={() => void history.refetch()} />;
  if (!points) return null;
  if (series.every((one) => one.y.length <= 1)) return <SingleValues series={series} />;
  return <LineChart label={name} series={series} isLog={isLog} x={byTime ? "time" : "step"} />;
}

/** One metric of some runs. Off the screen it is an empty frame that asks the server nothing. */
export function MetricCard(props: MetricCardProps) {
  const frame = useRef<HTMLElement>(null);
  const isVisible = useVisible(frame);
  return (
    <figure ref={frame} className="metric-card" data-metric={props.name}>
      <figcaption className="cut" title={props.name}>
        {props.name}
      </figcaption>
      <div className="metric-plot">{isVisible && <MetricChart {...props} />}</div>
    </figure>
  );
}
