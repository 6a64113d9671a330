import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { endpointsQuery } from "../api/endpoints";
import { alertsQuery, monitorsQuery } from "../api/monitors";
import { modelsQuery } from "../api/registry";
import { serverQuery } from "../api/server";
import { experimentsQuery, runsQuery, type Run } from "../api/tracking";
import { Ago, Badge, Card, Code, Figure } from "../components/basics";
import { Answer, Empty } from "../components/states";
import { MonitorStatusBadge, RunStatusBadge } from "../components/status";
import { useTitle } from "../components/use-title";
import { counted, formatCount, formatNumber } from "../format";

function firstRun(): string {
  return `import mlflow

mlflow.set_tracking_uri("${location.origin}")
mlflow.set_experiment("first")

with mlflow.start_run():
    mlflow.log_param("learning_rate", 0.1)
    for step in range(100):
        mlflow.log_metric("loss", 1 / (step + 1), step=step)`;
}

function firstEndpoint(): string {
  return `# after mlflow.<flavor>.log_model(model, name="model", registered_model_name="churn")
curl -X POST ${location.origin}/api/v1/endpoints \\
  -H 'Content-Type: application/json' \\
  -d '{"name": "churn", "model": "models:/churn/1"}'

curl -X POST ${location.origin}/predict/churn \\
  -H 'Content-Type: application/json' \\
  -d '{"features": {"total_purchases": 3}}'`;
}

function FirstSteps() {
  return (
    <div className="columns-2">
      <Card title="1. Log a run">
        <div className="card-body stack">
          <p className="soft">Any MLflow client works unchanged; point it at this server.</p>
          <Code text={firstRun()} />
        </div>
      </Card>
      <Card title="2. Serve a model and watch it">
        <div className="card-body stack">
          <p className="soft">A registered model becomes an endpoint with one request. Predictions are compared with the training data by themselves.</p>
          <Code text={firstEndpoint()} />
        </div>
      </Card>
    </div>
  );
}

const recentRuns = { experimentIds: [] as string[], filter: "", orderBy: "attributes.start_time DESC" };

function RecentRuns({ runs, names }: { runs: Run[]; names: Map<string, string> }) {
  if (runs.length === 0) {
    return (
      <Empty title="No runs yet">
        <p>Runs appear here as soon as a client logs one.</p>
      </Empty>
    );
  }
  return (
    <table className="grid-table">
      <thead>
        <tr>
          <th>Run</th>
          <th>Experiment</th>
          <th>Status</th>
          <th>Started</th>
        </tr>
      </thead>
      <tbody>
        {runs.slice(0, 8).map((run) => (
          <tr key={run.info.run_id}>
            <td>
              <Link to="/runs/$runId" params={{ runId: run.info.run_id }}>
                {run.info.run_name}
              </Link>
            </td>
            <td>
              <Link to="/experiments/$experimentId" params={{ experimentId: run.info.experiment_id }} className="soft">
                {names.get(run.info.experiment_id) ?? run.info.experiment_id}
              </Link>
            </td>
            <td>
              <RunStatusBadge status={run.info.status} />
            </td>
            <td className="soft">
              <Ago at={run.info.start_time} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function RunsCard({ experimentIds, names }: { experimentIds: string[]; names: Map<string, string> }) {
  const runs = useInfiniteQuery(runsQuery({ ...recentRuns, experimentIds }));
  return (
    <Card title="Latest runs" end={<Link to="/experiments">All runs</Link>}>
      <RecentRuns runs={runs.data?.pages[0]?.runs ?? []} names={names} />
    </Card>
  );
}

function EndpointsCard() {
  const endpoints = useQuery(endpointsQuery);
  const monitors = useQuery(monitorsQuery);
  const statusOf = (name: string) => monitors.data?.find((monitor) => monitor.endpoint === name)?.status;
  return (
    <Card title="Endpoints" end={<Link to="/endpoints">All endpoints</Link>}>
      <Answer query={endpoints}>
        {(list) =>
          list.length === 0 ? (
            <Empty title="No endpoints yet">
              <p>Create one from a registered model, by request or with the command line.</p>
            </Empty>
          ) : (
            <table className="grid-table">
              <thead>
                <tr>
                  <th>Endpoint</th>
                  <th>Arms</th>
                  <th className="number">Requests/s</th>
                  <th className="number">p99</th>
                  <th>Drift</th>
                </tr>
              </thead>
              <tbody>
                {list.slice(0, 8).map((endpoint) => (
                  <tr key={endpoint.name}>
                    <td>
                      <Link to="/endpoints/$name" params={{ name: endpoint.name }}>
                        {endpoint.name}
                      </Link>
                    </td>
                    <td className="soft">{endpoint.arms.map((arm) => `${arm.name} ${formatNumber(arm.weight)}`).join(" · ")}</td>
                    <td className="number">{formatNumber(endpoint.traffic.requests_per_second)}</td>
                    <td className="number">{endpoint.traffic.requests_per_second > 0 ? `${formatNumber(endpoint.traffic.p99_ms)} ms` : "–"}</td>
                    <td>
                      <Link to="/endpoints/$name/drift" params={{ name: endpoint.name }}>
                        <MonitorStatusBadge status={statusOf(endpoint.name) ?? "no_data"} />
                      </Link>
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          )
        }
      </Answer>
    </Card>
  );
}

function ModelsCard() {
  const models = useQuery(modelsQuery);
  return (
    <Card title="Registered models" end={<Link to="/models">All models</Link>}>
      <Answer query={models}>
        {(list) =>
          list.length === 0 ? (
            <Empty title="No registered models yet" />
          ) : (
            <table className="grid-table">
              <tbody>
                {list.slice(0, 8).map((model) => (
                  <tr key={model.name}>
                    <td>
                      <Link to="/models/$name" params={{ name: model.name }}>
                        {model.name}
                      </Link>
                    </td>
                    <td>
                      <span className="row">
                        {model.aliases?.map((alias) => (
                          <Badge key={alias.alias} tone="accent">
                            @{alias.alias} → {alias.version}
                          </Badge>
                        ))}
                      </span>
                    </td>
                    <td className="soft">
                      <Ago at={model.last_updated_timestamp} />
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          )
        }
      </Answer>
    </Card>
  );
}

function AlertsCard() {
  const alerts = useQuery(alertsQuery);
  const firing = alerts.data?.filter((alert) => alert.state === "firing") ?? [];
  if (firing.length === 0) return null;
  return (
    <Card title={counted(firing.length, "alert fires", "alerts fire")}>
      <ul className="alert-lines">
        {firing.slice(0, 6).map((alert) => (
          <li key={alert.id}>
            <Badge tone="bad">firing</Badge>
            <Link to="/endpoints/$name/drift" params={{ name: alert.endpoint }} search={{ pane: alert.pane, feature: alert.feature }}>
              {alert.summary}
            </Link>
            <span className="faint small">
              <Ago at={alert.since} />
            </span>
          </li>
        ))}
      </ul>
    </Card>
  );
}

function Counts({ experiments }: { experiments: number }) {
  const models = useQuery(modelsQuery);
  const endpoints = useQuery(endpointsQuery);
  const alerts = useQuery(alertsQuery);
  const firing = alerts.data?.filter((alert) => alert.state === "firing").length;
  const perSecond = endpoints.data?.reduce((sum, endpoint) => sum + endpoint.traffic.requests_per_second, 0);
  return (
    <dl className="figures">
      <Figure label="Experiments">{formatCount(experiments)}</Figure>
      <Figure label="Registered models">{models.data ? formatCount(models.data.length) : "–"}</Figure>
      <Figure label="Endpoints">{endpoints.data ? formatCount(endpoints.data.length) : "–"}</Figure>
      <Figure label="Requests" unit="per second">
        {formatNumber(perSecond)}
      </Figure>
      <Figure label="Alerts firing">{firing === undefined ? "–" : formatCount(firing)}</Figure>
    </dl>
  );
}

export function HomePage() {
  useTitle("");
  const server = useQuery(serverQuery);
  const experiments = useQuery(experimentsQuery);
  const models = useQuery(modelsQuery);
  const ids = experiments.data?.map((experiment) => experiment.experiment_id) ?? [];
  const names = new Map(experiments.data?.map((experiment) => [experiment.experiment_id, experiment.name]));
  const isNew = experiments.data !== undefined && experiments.data.length <= 1 && models.data?.length === 0;
  return (
    <div className="page">
      <div className="page-head">
        <h1>Overview</h1>
        {server.data && (
          <span className="faint small">
            Modelyard {server.data.version} · started <Ago at={server.data.started} /> · <span className="mono">{location.origin}</span>
          </span>
        )}
      </div>
      <Counts experiments={ids.length} />
      <AlertsCard />
      {isNew && <FirstSteps />}
      <div className="columns-2">
        {ids.length > 0 && <RunsCard experimentIds={ids} names={names} />}
        <div className="stack">
          <EndpointsCard />
          <ModelsCard />
        </div>
      </div>
      {!isNew && experiments.data !== undefined && (
        <details className="first-steps">
          <summary>How to log a run and serve a model</summary>
          <FirstSteps />
        </details>
      )}
    </div>
  );
}
