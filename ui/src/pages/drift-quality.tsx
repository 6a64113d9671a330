import { useMemo } from "react";
import type { Measure, PaneArm, PaneSummary } from "../api/monitors";
import { Card } from "../components/basics";
import { Legend, LineChart, type LineSeries } from "../components/line-chart";
import { Empty } from "../components/states";
import { formatCount, formatNumber } from "../format";

type MeasureName = "auc" | "accuracy" | "log_loss" | "mean_absolute_error";

const measures: [MeasureName, string][] = [
  ["auc", "AUC"],
  ["accuracy", "Accuracy"],
  ["log_loss", "Log loss"],
  ["mean_absolute_error", "Mean absolute error"],
];

function armNames(panes: PaneSummary[]): string[] {
  return [...new Set(panes.flatMap((pane) => pane.arms.map((arm) => arm.arm)))];
}

/** An arm may have served two versions in one pane: the one with most rows stands for it. */
function armOf(pane: PaneSummary, name: string): PaneArm | undefined {
  return pane.arms.filter((arm) => arm.arm === name).toSorted((a, b) => b.rows - a.rows)[0];
}

function seriesOf(panes: PaneSummary[], names: string[], measure: MeasureName): LineSeries[] {
  return names.map((name, index) => {
    const values: (Measure | null)[] = panes.map((pane) => armOf(pane, name)?.[measure] ?? null);
    return {
      label: name,
      x: panes.map((_, position) => position),
      y: values.map((value) => value?.value ?? null),
      lower: values.map((value) => value?.lower ?? null),
      upper: values.map((value) => value?.upper ?? null),
      color: index + 1,
    };
  });
}

function hasValues(series: LineSeries[]): boolean {
  return series.some((one) => one.y.some((value) => value !== null));
}

function interval(measure: Measure | null | undefined): string {
  return measure ? `${formatNumber(measure.value)} (${formatNumber(measure.lower)}–${formatNumber(measure.upper)})` : "–";
}

function QualityTable({ panes }: { panes: PaneSummary[] }) {
  return (
    <details className="numbers">
      <summary>Every pane and arm as numbers</summary>
      <div className="scroll-x">
        <table className="grid-table dense">
          <thead>
            <tr>
              <th>Pane</th>
              <th>Arm</th>
              <th className="number">Version</th>
              <th className="number">Rows</th>
              <th className="number">Labelled</th>
              <th className="number">AUC</th>
              <th className="number">Accuracy</th>
              <th className="number">Log loss</th>
            </tr>
          </thead>
          <tbody>
            {panes.flatMap((pane) =>
              pane.arms.map((arm) => (
                <tr key={`${pane.id} ${arm.arm} ${arm.version}`}>
                  <td>{pane.id}</td>
                  <td>{arm.arm}</td>
                  <td className="number">{arm.version}</td>
                  <td className="number">{formatCount(arm.rows)}</td>
                  <td className="number">{formatCount(arm.labelled)}</td>
                  <td className="number">{interval(arm.auc)}</td>
                  <td className="number">{interval(arm.accuracy)}</td>
                  <td className="number">{interval(arm.log_loss)}</td>
                </tr>
              )),
            )}
          </tbody>
        </table>
      </div>
    </details>
  );
}

export function QualityCard({ panes }: { panes: PaneSummary[] }) {
  const names = useMemo(() => armNames(panes), [panes]);
  const labels = panes.map((pane) => pane.id);
  const charts = useMemo(() => measures.map(([key, title]) => ({ title, series: seriesOf(panes, names, key) })).filter((chart) => hasValues(chart.series)), [panes, names]);
  return (
    <Card title="Quality of each arm, measured with labels" end={<Legend entries={names.map((label, index) => ({ label, color: index + 1 }))} />}>
      {charts.length === 0 ? (
        <Empty title="No labels yet">
          <p>Send what really happened to /api/v1/endpoints/…/labels, whenever it becomes known; the panes are measured again.</p>
        </Empty>
      ) : (
        <div className="card-body stack">
          <div className="chart-grid">
            {charts.map((chart) => (
              <figure key={chart.title}>
                <figcaption>{chart.title}, with its 95 % interval</figcaption>
                <LineChart label={`${chart.title} per pane`} series={chart.series} xLabels={labels} height={170} />
              </figure>
            ))}
          </div>
          <QualityTable panes={panes} />
        </div>
      )}
    </Card>
  );
}
