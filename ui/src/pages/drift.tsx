import { useQueries, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { ApiError } from "../api/http";
import { alertsQuery, monitorQuery, paneQuery, type Alert, type FeatureReport, type Monitor, type MonitorSettings, type Pane, type PaneSummary, type PredictionReport } from "../api/monitors";
import { Ago, Badge, Card, Crumbs } from "../components/basics";
import { HeatStrip, type StripRow } from "../components/heat-strip";
import { Answer, Empty } from "../components/states";
import { MonitorStatusBadge } from "../components/status";
import { useTitle } from "../components/use-title";
import { counted, formatCount, formatNumber } from "../format";
import { FeatureDetail, FeatureGrid } from "./drift-features";
import { PredictionCard } from "./drift-predictions";
import { QualityCard } from "./drift-quality";
import { inputSentence, qualitySentence, type Sentence } from "./drift-verdict";

const route = getRouteApi("/endpoints/$name/drift");

/** The panes shown at once; older ones stay on the server. */
const panesShown = 24;

function Verdict({ sentence }: { sentence: Sentence }) {
  return (
    <div className="verdict" data-tone={sentence.tone}>
      <h2>{sentence.title}</h2>
      <p>{sentence.text}</p>
    </div>
  );
}

function deliveryWords(alert: Alert): string {
  if (!alert.delivery || alert.delivery.url === "") return "no webhook set";
  const tries = counted(alert.delivery.attempts, "try", "tries");
  if (alert.delivery.delivered) return `delivered after ${tries}`;
  return alert.delivery.attempts === 0 ? "waiting to be sent" : `not delivered after ${tries}: ${alert.delivery.last_error}`;
}

function Alerts({ endpoint }: { endpoint: string }) {
  const alerts = useQuery(alertsQuery);
  return (
    <Card title="Alerts">
      <Answer query={alerts}>
        {(all) => {
          const own = all.filter((alert) => alert.endpoint === endpoint);
          if (own.length === 0) return <Empty title="No alert has fired" />;
          return (
            <div className="scroll-x">
              <table className="grid-table">
                <thead>
                  <tr>
                    <th>State</th>
                    <th>Feature</th>
                    <th>What happened</th>
                    <th>Since</th>
                    <th>Delivery</th>
                  </tr>
                </thead>
                <tbody>
                  {own.map((alert) => (
                    <tr key={alert.id}>
                      <td>
                        <Badge tone={alert.state === "firing" ? "bad" : "good"}>{alert.state}</Badge>
                      </td>
                      <td className="nowrap">{alert.feature}</td>
                      <td className="value">{alert.summary}</td>
                      <td className="soft">
                        <Ago at={alert.since} />
                      </td>
                      <td className="soft" title={alert.delivery?.url}>
                        {deliveryWords(alert)}
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          );
        }}
      </Answer>
    </Card>
  );
}

function Rules({ settings }: { settings: MonitorSettings }) {
  return (
    <p className="faint small">
      A pane is a {settings.window} of at least {formatCount(settings.minimum_rows)} rows. A feature drifts when its adjusted p value is below {formatNumber(settings.alpha)} and the effect is at least{" "}
      {formatNumber(settings.minimum_effect)}; an alert fires after {settings.panes_needed} of {counted(settings.panes_watched, "pane")}.
    </p>
  );
}

/** What a pane says of a feature, or of the predictions. */
function reportOf(pane: Pane | undefined, name: string | undefined): FeatureReport | undefined {
  if (name === "prediction") return isReport(pane?.prediction) ? pane.prediction : undefined;
  return pane?.features.find((one) => one.name === name);
}

function isReport(report: PredictionReport | undefined): report is PredictionReport & FeatureReport {
  return report?.verdict !== undefined;
}

function stripRows(panes: (Pane | undefined)[]): StripRow[] {
  const newest = panes.findLast((pane) => pane !== undefined && pane.features.length > 0);
  const names = newest?.features.map((feature) => feature.name) ?? [];
  if (isReport(newest?.prediction)) names.push("prediction");
  return names.map((name) => ({ name, reports: panes.map((pane) => reportOf(pane, name)) }));
}

function usePanes(endpoint: string, panes: PaneSummary[]): (Pane | undefined)[] {
  return useQueries({
    queries: panes.map((pane) => ({ ...paneQuery(endpoint, pane.id), enabled: pane.closed, staleTime: pane.closed ? 60_000 : 0 })),
    combine: (results) => results.map((result) => result.data),
  });
}

function PaneView({ monitor, panes, pane, details, feature }: { monitor: Monitor; panes: PaneSummary[]; pane: PaneSummary; details: Pane | undefined; feature: string | undefined }) {
  const navigate = route.useNavigate();
  const chosen = reportOf(details, feature);
  return (
    <>
      <div className="verdicts">
        <Verdict sentence={inputSentence(pane, details?.features.length ?? 0)} />
        <Verdict sentence={qualitySentence(panes, pane)} />
      </div>
      {chosen && (
        <FeatureDetail
          feature={chosen}
          pane={pane.id}
          settings={monitor.settings}
          onClose={() => void navigate({ search: (old) => ({ ...old, feature: undefined }), replace: true, resetScroll: false })}
        />
      )}
      {details && <FeatureGrid pane={details} chosen={feature} onPick={(name) => void navigate({ search: (old) => ({ ...old, feature: name }), replace: true, resetScroll: false })} />}
      {details && <PredictionCard pane={details} />}
    </>
  );
}

function DriftView({ monitor }: { monitor: Monitor }) {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const panes = monitor.panes.slice(-panesShown);
  const details = usePanes(monitor.endpoint, panes);
  const judged = panes.findLast((pane) => pane.closed && pane.status !== "insufficient_data") ?? panes.at(-1);
  const pane = panes.find((one) => one.id === search.pane) ?? judged;
  if (!pane) return <NoPanes />;
  const pick = (id: string, feature: string | undefined) => void navigate({ search: (old) => ({ pane: id, feature: feature ?? old.feature }), replace: true, resetScroll: false });
  return (
    <>
      <Card title="Panes over time" end={<span className="faint small">the number in a red cell is the effect</span>}>
        <HeatStrip panes={panes} rows={stripRows(details)} pane={pane.id} feature={search.feature} onPick={pick} />
        <div className="card-body">
          <Rules settings={monitor.settings} />
        </div>
      </Card>
      <div className="row">
        <h2>{pane.id}</h2>
        <MonitorStatusBadge status={pane.status} />
        <span className="faint small">
          {counted(pane.rows, "prediction")} · compared with the training data of {pane.baseline_model ?? "the model"} {pane.baseline_version ?? ""}
        </span>
      </div>
      <PaneView monitor={monitor} panes={panes} pane={pane} details={details[panes.indexOf(pane)]} feature={search.feature} />
      <QualityCard panes={panes} />
      <Alerts endpoint={monitor.endpoint} />
    </>
  );
}

function NoPanes() {
  return (
    <Card label="Drift">
      <Empty title="Nothing to compare yet">
        <p>Predictions are gathered into panes by the time of their event. As soon as the first ones arrive, this page compares them with the data that the model was trained on.</p>
      </Empty>
    </Card>
  );
}

export function DriftPage() {
  const { name } = route.useParams();
  useTitle(`Drift of ${name}`);
  const monitor = useQuery(monitorQuery(name));
  const isUnwatched = monitor.error instanceof ApiError && monitor.error.isMissing;
  return (
    <div className="page">
      <Crumbs trail={[{ label: "Endpoints", to: "/endpoints" }, { label: name, to: `/endpoints/${encodeURIComponent(name)}` }, { label: "Drift" }]} />
      <div className="page-head">
        <h1>Drift and quality of {name}</h1>
      </div>
      {isUnwatched ? <NoPanes /> : <Answer query={monitor}>{(found) => <DriftView monitor={found} />}</Answer>}
    </div>
  );
}
