import type { FeatureReport, PaneSummary, Verdict } from "../api/monitors";
import { formatNumber } from "../format";
import { verdictWords } from "./status";

export interface StripRow {
  name: string;
  /** The report of each pane, in the order of the panes; undefined while unknown. */
  reports: (FeatureReport | undefined)[];
}

interface HeatStripProps {
  panes: PaneSummary[];
  rows: StripRow[];
  pane: string | undefined;
  feature: string | undefined;
  onPick: (pane: string, feature: string | undefined) => void;
}

function wordOf(report: FeatureReport | undefined): string {
  if (!report) return "not judged";
  return `${verdictWords[report.verdict]}, effect ${formatNumber(report.effect)}`;
}

/** From here on a cell is dark enough for light text. */
const strongEffect = 0.4;

/** Drift is told by colour and by a mark, so that colour alone never carries it. */
function Cell({ verdict, effect }: { verdict: Verdict | undefined; effect: number | null | undefined }) {
  const size = Math.min(1, effect ?? 0);
  const strength = size < strongEffect ? 20 + 40 * size : 60 + 40 * size;
  const background = verdict === "drift" ? `color-mix(in srgb, var(--bad) ${strength}%, var(--surface))` : undefined;
  return (
    <span className="heat-cell" data-verdict={verdict ?? "none"} data-strong={size >= strongEffect} style={background === undefined ? undefined : { background }}>
      {verdict === "drift" ? formatNumber(Math.round((effect ?? 0) * 100) / 100) : ""}
    </span>
  );
}

function StripLine({ row, strip }: { row: StripRow; strip: HeatStripProps }) {
  return (
    <tr>
      <th scope="row">
        <span className="cut">{row.name}</span>
      </th>
      {strip.panes.map((pane, index) => {
        const report = row.reports[index];
        const isChosen = strip.pane === pane.id && strip.feature === row.name;
        return (
          <td key={pane.id} data-column={strip.pane === pane.id}>
            <button type="button" aria-pressed={isChosen} title={`${row.name}, ${pane.id}: ${wordOf(report)}`} aria-label={`${row.name} in ${pane.id}: ${wordOf(report)}`} onClick={() => strip.onPick(pane.id, row.name)}>
              <Cell verdict={report?.verdict} effect={report?.effect} />
            </button>
          </td>
        );
      })}
    </tr>
  );
}

export function HeatStrip(strip: HeatStripProps) {
  return (
    <div className="scroll-x heat">
      <table>
        <thead>
          <tr>
            <th scope="col">
              <span className="unseen">Feature</span>
            </th>
            {strip.panes.map((pane) => (
              <th key={pane.id} scope="col" data-column={strip.pane === pane.id}>
                <button type="button" aria-pressed={strip.pane === pane.id} onClick={() => strip.onPick(pane.id, undefined)}>
                  {pane.id}
                </button>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {strip.rows.map((row) => (
            <StripLine key={row.name} row={row} strip={strip} />
          ))}
        </tbody>
      </table>
    </div>
  );
}
