import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, getRouteApi } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import {
  endpointHistoryQuery,
  endpointQuery,
  predictionsQuery,
  rollBack,
  trafficQuery,
  type Arm,
  type Endpoint,
  type EndpointEvent,
  type Prediction,
  type TrafficPoint,
} from "../api/endpoints";
import { monitorsQuery } from "../api/monitors";
import { Ago, Badge, Card, Code, Crumbs, Figure } from "../components/basics";
import { ConfirmDialog } from "../components/confirm-dialog";
import { Legend, LineChart, colorVariable, type LineSeries } from "../components/line-chart";
import { Answer, Empty } from "../components/states";
import { ArmStateBadge, MonitorStatusBadge } from "../components/status";
import { useTitle } from "../components/use-title";
import { formatCount, formatDay, formatNumber, formatShare, formatTime } from "../format";

const route = getRouteApi("/endpoints/$name");

function TrafficFigures({ endpoint }: { endpoint: Endpoint }) {
  const traffic = endpoint.traffic;
  const isQuiet = traffic.requests_per_second === 0;
  const milliseconds = (value: number) => (isQuiet ? "–" : formatNumber(value));
  return (
    <dl className="figures" aria-label="Traffic of the last minute">
      <Figure label="Requests" unit="per second" note="last minute">
        {formatNumber(traffic.requests_per_second)}
      </Figure>
      <Figure label="Latency p50" unit="ms">
        {milliseconds(traffic.p50_ms)}
      </Figure>
      <Figure label="Latency p90" unit="ms">
        {milliseconds(traffic.p90_ms)}
      </Figure>
      <Figure label="Latency p99" unit="ms">
        {milliseconds(traffic.p99_ms)}
      </Figure>
      <Figure label="Errors" note={`${formatCount(traffic.errors)} of ${formatCount(traffic.requests)} requests`}>
        {traffic.requests > 0 ? formatShare(traffic.errors / traffic.requests) : "–"}
      </Figure>
    </dl>
  );
}

function RollbackButton({ endpoint, arm }: { endpoint: Endpoint; arm: Arm }) {
  const [isAsking, setAsking] = useState(false);
  const client = useQueryClient();
  const to = endpoint.previous.find((previous) => previous.arm === arm.name)?.version;
  const rollback = useMutation({
    mutationFn: () => rollBack(endpoint.name, arm.name),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ["endpoint", endpoint.name] });
      await client.invalidateQueries({ queryKey: ["model"] });
      setAsking(false);
    },
  });
  if (to === undefined) return null;
  return (
    <>
      <button type="button" className="button" data-size="small" data-kind="danger" onClick={() => setAsking(true)}>
        Roll back to {to}
      </button>
      {isAsking && (
        <ConfirmDialog
          title={`Roll ${arm.name} back to version ${to}?`}
          action="Roll back"
          isDanger
          isBusy={rollback.isPending}
          error={rollback.error}
          onConfirm={() => rollback.mutate()}
          onClose={() => setAsking(false)}
        >
          <p className="soft">
            Version {to} is still loaded, so requests switch at once from version {arm.resolved?.version ?? "?"}. An alias that the arm follows moves back too.
          </p>
        </ConfirmDialog>
      )}
    </>
  );
}

function ModelOfArm({ arm }: { arm: Arm }) {
  if (!arm.resolved) return <span className="mono">{arm.model}</span>;
  return (
    <>
      <Link to="/models/$name" params={{ name: arm.resolved.name }} search={{ version: arm.resolved.version }}>
        {arm.resolved.name} version {arm.resolved.version}
      </Link>
      <p className="faint small mono">{arm.model}</p>
    </>
  );
}

function Arms({ endpoint }: { endpoint: Endpoint }) {
  const total = endpoint.arms.reduce((sum, arm) => sum + arm.weight, 0);
  return (
    <div className="scroll-x">
      <div className="weights" aria-hidden="true">
        {endpoint.arms.map((arm, index) => (
          <span key={arm.name} style={{ flexGrow: arm.weight, background: `var(${colorVariable(index + 1)})` }} />
        ))}
      </div>
      <table className="grid-table">
        <thead>
          <tr>
            <th>Arm</th>
            <th>Serves</th>
            <th className="number">Weight</th>
            <th>State</th>
            <th className="number">Requests</th>
            <th className="number">Errors</th>
            <th>
              <span className="unseen">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {endpoint.arms.map((arm, index) => (
            <tr key={arm.name}>
              <td>
                <span className="swatch" style={{ background: `var(${colorVariable(index + 1)})` }} />
                {arm.name}
              </td>
              <td>
                <ModelOfArm arm={arm} />
              </td>
              <td className="number">{total > 0 ? formatShare(arm.weight / total) : "–"}</td>
              <td>
                <ArmStateBadge state={arm.state} />
                {arm.error && <p className="small error-text">{arm.error}</p>}
              </td>
              <td className="number">{formatCount(arm.requests)}</td>
              <td className="number">{formatCount(arm.errors)}</td>
              <td className="number">
                <RollbackButton endpoint={endpoint} arm={arm} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface Slots {
  times: number[];
  points: TrafficPoint[];
  arms: string[];
}

/** Every second or minute of the range, whether somebody asked then or not. */
function slotsOf(points: TrafficPoint[], arms: string[], until: number, minutes: number): Slots {
  const step = minutes <= 5 ? 1000 : 60_000;
  const last = Math.floor(until / step) * step;
  const count = (minutes * 60_000) / step;
  return { times: Array.from({ length: count }, (_, index) => last - (count - 1 - index) * step), points, arms };
}

function seriesOf(slots: Slots, value: (point: TrafficPoint | undefined) => number | null): LineSeries[] {
  return slots.arms.map((arm, index) => {
    const own = new Map(slots.points.filter((point) => point.arm === arm).map((point) => [point.time, point]));
    return { label: arm, x: slots.times, y: slots.times.map((time) => value(own.get(time))), color: index + 1 };
  });
}

function latencySeries(slots: Slots): LineSeries[] {
  const measured = (point: TrafficPoint | undefined, name: "p50_ms" | "p99_ms") => (point && point.requests > 0 ? point[name] : null);
  return [
    ...seriesOf(slots, (point) => measured(point, "p50_ms")).map((one) => ({ ...one, label: `${one.label} p50` })),
    ...seriesOf(slots, (point) => measured(point, "p99_ms")).map((one) => ({ ...one, label: `${one.label} p99`, isDashed: true })),
  ];
}

const ranges: [number, string][] = [
  [5, "5 min"],
  [60, "1 h"],
  [360, "6 h"],
  [1440, "24 h"],
];

function TrafficCharts({ endpoint, minutes }: { endpoint: Endpoint; minutes: number }) {
  const navigate = route.useNavigate();
  const traffic = useQuery(trafficQuery(endpoint.name, minutes));
  const points = traffic.data;
  const arms = useMemo(() => endpoint.arms.map((arm) => arm.name), [endpoint.arms]);
  const seconds = minutes <= 5 ? 1 : 60;
  const slots = useMemo(() => slotsOf(points ?? [], arms, traffic.dataUpdatedAt, minutes), [points, arms, traffic.dataUpdatedAt, minutes]);
  const latency = useMemo(() => latencySeries(slots), [slots]);
  const rate = useMemo(() => seriesOf(slots, (point) => (point?.requests ?? 0) / seconds), [slots, seconds]);
  const errors = useMemo(() => seriesOf(slots, (point) => point?.errors ?? 0), [slots]);
  const buttons = ranges.map(([value, label]) => (
    <button
      key={value}
      type="button"
      className="button"
      data-size="small"
      aria-pressed={value === minutes}
      onClick={() => void navigate({ search: { minutes: value === 60 ? undefined : String(value) }, replace: true })}
    >
      {label}
    </button>
  ));
  return (
    <Card title="Traffic" end={buttons}>
      <Answer query={traffic}>
        {(list) =>
          list.length === 0 ? (
            <Empty title="No requests in this time">
              <p>Send one and it appears here within seconds:</p>
              <Code text={`curl -X POST ${location.origin}/predict/${endpoint.name} -H 'Content-Type: application/json' -d '{"features": {…}}'`} />
            </Empty>
          ) : (
            <div className="card-body stack">
              <Legend entries={arms.map((arm, index) => ({ label: arm, color: index + 1 }))} />
              <div className="chart-grid">
                <figure>
                  <figcaption>Latency in ms: p50 solid, p99 dashed</figcaption>
                  <LineChart label="Latency" series={latency} x="time" fromZero hasGaps />
                </figure>
                <figure>
                  <figcaption>Requests per second</figcaption>
                  <LineChart label="Requests per second" series={rate} x="time" fromZero hasGaps />
                </figure>
                <figure>
                  <figcaption>Errors per {seconds === 1 ? "second" : "minute"}</figcaption>
                  <LineChart label="Errors" series={errors} x="time" fromZero hasGaps />
                </figure>
              </div>
            </div>
          )
        }
      </Answer>
    </Card>
  );
}

const actionWords: Record<string, string> = {
  created: "created",
  deleted: "deleted",
  arm_switched: "switched",
  rolled_back: "rolled back",
  weights_changed: "weights changed",
  load_failed: "load failed",
};

function toneOf(action: string) {
  if (action === "rolled_back") return "warn" as const;
  return action === "load_failed" ? ("bad" as const) : ("plain" as const);
}

function History({ events }: { events: EndpointEvent[] }) {
  if (events.length === 0) return <Empty title="Nothing happened yet" />;
  return (
    <ol className="timeline">
      {events.map((event) => (
        <li key={`${event.time}-${event.action}-${event.arm}`}>
          <span className="row">
            <Badge tone={toneOf(event.action)}>{actionWords[event.action] ?? event.action}</Badge>
            {event.arm !== "" && <strong>{event.arm}</strong>}
            {event.to !== "" && (
              <span>
                {event.from === "" ? "" : `${event.from} → `}
                {event.to}
              </span>
            )}
          </span>
          <p className="faint small">
            {event.reason} · <Ago at={event.time} />
          </p>
        </li>
      ))}
    </ol>
  );
}

function cell(value: number | string | null | undefined): string {
  return typeof value === "string" ? value : formatNumber(value);
}

function Predictions({ predictions }: { predictions: Prediction[] }) {
  const features = Object.keys(predictions[0]?.features ?? {});
  if (predictions.length === 0) return <Empty title="No predictions yet" />;
  return (
    <div className="scroll-x predictions">
      <table className="grid-table dense">
        <thead>
          <tr>
            <th>Event day</th>
            <th>Key</th>
            <th>Arm</th>
            <th className="number">Version</th>
            <th className="number">Prediction</th>
            <th className="number">Score</th>
            {features.map((feature) => (
              <th key={feature} className="number">
                {feature}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {predictions.map((prediction) => (
            <tr key={prediction.request_id}>
              <td className="nowrap" title={formatTime(prediction.time)}>
                {formatDay(prediction.time)}
              </td>
              <td className="nowrap">{prediction.key || <span className="faint">–</span>}</td>
              <td>{prediction.arm}</td>
              <td className="number">{prediction.version}</td>
              <td className="number">{cell(prediction.prediction)}</td>
              <td className="number">{cell(prediction.score)}</td>
              {features.map((feature) => (
                <td key={feature} className="number soft">
                  {cell(prediction.features[feature])}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function DriftLink({ name }: { name: string }) {
  const monitors = useQuery(monitorsQuery);
  const monitor = monitors.data?.find((one) => one.endpoint === name);
  return (
    <Link to="/endpoints/$name/drift" params={{ name }} className="button">
      Drift and quality {monitor && <MonitorStatusBadge status={monitor.status} />}
    </Link>
  );
}

function EndpointView({ endpoint, minutes }: { endpoint: Endpoint; minutes: number }) {
  const history = useQuery(endpointHistoryQuery(endpoint.name));
  const predictions = useQuery(predictionsQuery(endpoint.name, 20));
  return (
    <>
      <TrafficFigures endpoint={endpoint} />
      <div className="columns-side">
        <div className="stack">
          <Card title="Arms">
            <Arms endpoint={endpoint} />
          </Card>
          <TrafficCharts endpoint={endpoint} minutes={minutes} />
        </div>
        <Card title="History">
          <Answer query={history}>{(events) => <History events={events} />}</Answer>
        </Card>
      </div>
      <Card title="Latest predictions">
        <Answer query={predictions}>{(list) => <Predictions predictions={list} />}</Answer>
      </Card>
    </>
  );
}

export function EndpointPage() {
  const { name } = route.useParams();
  const search = route.useSearch();
  useTitle(name);
  const endpoint = useQuery({ ...endpointQuery(name), refetchInterval: 5000 });
  return (
    <div className="page">
      <Crumbs trail={[{ label: "Endpoints", to: "/endpoints" }, { label: name }]} />
      <div className="page-head">
        <h1>{name}</h1>
        {endpoint.data && (
          <span className="faint small">
            <span className="mono">POST {location.origin}/predict/{name}</span> · created <Ago at={endpoint.data.created_at} />
          </span>
        )}
        <div className="end">
          <DriftLink name={name} />
        </div>
      </div>
      <Answer query={endpoint}>{(found) => <EndpointView endpoint={found} minutes={Number(search.minutes ?? 60) || 60} />}</Answer>
    </div>
  );
}
