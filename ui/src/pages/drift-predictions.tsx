import type { Pane } from "../api/monitors";
import { Card } from "../components/basics";
import { Legend } from "../components/line-chart";
import { PairedHistogramChart } from "../components/paired-histogram";
import { VerdictBadge } from "../components/status";
import { formatCount, formatNumber } from "../format";

/** The predictions of each arm: the first against the training data, the others against the first. */
export function PredictionCard({ pane }: { pane: Pane }) {
  const { prediction } = pane;
  const first = pane.arms[0];
  if (prediction.histogram === undefined) return null;
  return (
    <Card title={`Predictions in ${pane.id}`}>
      <div className="card-body chart-grid">
        <figure>
          <figcaption className="row">
            <strong>{first ? `${first.arm} (version ${first.version})` : "predictions"}</strong>
            {prediction.verdict && <VerdictBadge verdict={prediction.verdict} />}
          </figcaption>
          <PairedHistogramChart label="Predictions: training data and this pane" histogram={prediction.histogram} height={120} width={420} />
          <Legend
            entries={[
              { label: "on the training data", color: 0 },
              { label: "in this pane", color: 1 },
            ]}
          />
          <p className="faint small">
            {prediction.reason} · {formatCount(prediction.rows ?? 0)} rows · mean {formatNumber(first?.mean_prediction)}
          </p>
        </figure>
        {prediction.arms.map((arm) => (
          <figure key={arm.arm + arm.version}>
            <figcaption className="row">
              <strong>
                {arm.arm} (version {arm.version})
              </strong>
              <VerdictBadge verdict={arm.verdict} />
            </figcaption>
            <PairedHistogramChart label={`Predictions of ${arm.arm} and ${arm.against}`} histogram={arm.histogram} height={120} width={420} color={2} names={[arm.against, arm.arm]} />
            <Legend
              entries={[
                { label: arm.against, color: 0 },
                { label: arm.arm, color: 2 },
              ]}
            />
            <p className="faint small">
              {arm.reason} · {formatCount(arm.rows)} rows against {formatCount(arm.baseline_rows ?? 0)}
            </p>
          </figure>
        ))}
      </div>
    </Card>
  );
}
