import type { FeatureReport, MonitorSettings, Pane, TestNumbers } from "../api/monitors";
import { Card } from "../components/basics";
import { Legend } from "../components/line-chart";
import { PairedHistogramChart, PairedHistogramTable } from "../components/paired-histogram";
import { Empty } from "../components/states";
import { VerdictBadge } from "../components/status";
import { formatCount, formatNumber, formatProbability, formatShare } from "../format";

const sides = [
  { label: "training data", color: 0 },
  { label: "this pane", color: 1 },
];

const signs = "< below · > above the range of the training data · ∅ missing";

function bySeverity(a: FeatureReport, b: FeatureReport): number {
  const rank = (feature: FeatureReport) => (feature.verdict === "drift" ? 1 : 0);
  return rank(b) - rank(a) || (b.effect ?? 0) - (a.effect ?? 0);
}

function strongest(feature: FeatureReport): string {
  if (feature.ks) return `KS ${formatNumber(feature.ks.statistic)}`;
  return feature.chi2 ? `χ² ${formatNumber(feature.chi2.statistic)}` : "";
}

function FeatureCard({ feature, isChosen, onPick }: { feature: FeatureReport; isChosen: boolean; onPick: () => void }) {
  return (
    <li className="feature" data-chosen={isChosen} data-verdict={feature.verdict}>
      <button type="button" aria-pressed={isChosen} onClick={onPick}>
        <span className="row">
          <span className="feature-name cut">{feature.name}</span>
          <VerdictBadge verdict={feature.verdict} />
        </span>
        <PairedHistogramChart label={`${feature.name}: training data and this pane`} histogram={feature.histogram} />
        <span className="feature-numbers">
          <span>{strongest(feature)}</span>
          <span>PSI {formatNumber(feature.psi.value)}</span>
          <span>effect {formatNumber(feature.effect)}</span>
        </span>
      </button>
    </li>
  );
}

interface FeatureGridProps {
  pane: Pane;
  chosen: string | undefined;
  onPick: (name: string) => void;
}

export function FeatureGrid({ pane, chosen, onPick }: FeatureGridProps) {
  const features = pane.features.toSorted(bySeverity);
  return (
    <Card title={`Features in ${pane.id}`} end={
        <>
          <span className="faint small">{signs}</span>
          <Legend entries={sides} />
        </>
      }>
      {features.length === 0 ? (
        <Empty title="No feature was compared in this pane" />
      ) : (
        <ul className="features">
          {features.map((feature) => (
            <FeatureCard key={feature.name} feature={feature} isChosen={feature.name === chosen} onPick={() => onPick(feature.name)} />
          ))}
        </ul>
      )}
    </Card>
  );
}

function TestRow({ name, test, note }: { name: string; test: TestNumbers | null | undefined; note: string }) {
  if (!test) return null;
  return (
    <tr>
      <td>
        {name} <span className="faint small">{note}</span>
      </td>
      <td className="number">{formatNumber(test.statistic)}</td>
      <td className="number">{formatProbability(test.p_value)}</td>
      <td className="number">{formatProbability(test.p_adjusted)}</td>
    </tr>
  );
}

function Tests({ feature }: { feature: FeatureReport }) {
  return (
    <table className="grid-table dense">
      <thead>
        <tr>
          <th>Test</th>
          <th className="number">Statistic</th>
          <th className="number">p</th>
          <th className="number">adjusted p</th>
        </tr>
      </thead>
      <tbody>
        <TestRow name="Kolmogorov–Smirnov" test={feature.ks} note="largest gap of the two distributions" />
        <TestRow name="χ²" test={feature.chi2} note="over the bins" />
        <TestRow name="Missing values" test={feature.missing} note="shares compared" />
        <tr>
          <td>
            PSI <span className="faint small">critical {formatNumber(feature.psi.critical)}</span>
          </td>
          <td className="number">{formatNumber(feature.psi.value)}</td>
          <td />
          <td />
        </tr>
        {feature.wasserstein !== null && feature.wasserstein !== undefined && (
          <tr>
            <td>
              Wasserstein <span className="faint small">in the feature's own unit</span>
            </td>
            <td className="number">{formatNumber(feature.wasserstein)}</td>
            <td />
            <td />
          </tr>
        )}
      </tbody>
    </table>
  );
}

interface FeatureDetailProps {
  feature: FeatureReport;
  pane: string;
  settings: MonitorSettings;
  onClose: () => void;
}

export function FeatureDetail({ feature, pane, settings, onClose }: FeatureDetailProps) {
  const close = (
    <button type="button" className="button" data-size="small" data-kind="quiet" onClick={onClose}>
      Close
    </button>
  );
  return (
    <Card label={feature.name} title={`${feature.name} in ${pane}`} end={close}>
      <div className="card-body feature-detail">
        <div className="stack">
          <Legend entries={sides} />
          <PairedHistogramChart label={`${feature.name}: training data and ${pane}`} histogram={feature.histogram} height={190} width={620} />
          <PairedHistogramTable histogram={feature.histogram} />
        </div>
        <div className="stack">
          <p>
            <VerdictBadge verdict={feature.verdict} /> {feature.reason}
          </p>
          <Tests feature={feature} />
          <p className="faint small">
            Effect {formatNumber(feature.effect)}, at least {formatNumber(settings.minimum_effect)} counts · {formatCount(feature.rows)} rows
            {feature.baseline_rows === undefined ? "" : ` against ${formatCount(feature.baseline_rows)}`} · missing {formatShare(feature.missing_share)}, in training {formatShare(feature.baseline_missing_share)}
          </p>
        </div>
      </div>
    </Card>
  );
}
