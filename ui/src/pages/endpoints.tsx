import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { endpointsQuery, type Endpoint } from "../api/endpoints";
import { monitorsQuery, type MonitorSummary } from "../api/monitors";
import { Ago, Card, Code } from "../components/basics";
import { Answer, Empty } from "../components/states";
import { ArmStateBadge, MonitorStatusBadge } from "../components/status";
import { useTitle } from "../components/use-title";
import { formatCount, formatNumber, formatShare } from "../format";

function createRequest(): string {
  return `curl -X POST ${location.origin}/api/v1/endpoints -H 'Content-Type: application/json' \\
  -d '{"name": "churn", "model": "models:/churn@champion"}'`;
}

function EndpointRow({ endpoint, monitor }: { endpoint: Endpoint; monitor: MonitorSummary | undefined }) {
  const traffic = endpoint.traffic;
  return (
    <tr>
      <td>
        <Link to="/endpoints/$name" params={{ name: endpoint.name }}>
          {endpoint.name}
        </Link>
      </td>
      <td>
        {endpoint.arms.map((arm) => (
          <div key={arm.name} className="row">
            <span>{arm.name}</span>
            <span className="faint">
              {arm.resolved ? `${arm.resolved.name} ${arm.resolved.version}` : arm.model} · {formatNumber(arm.weight)}
            </span>
            {arm.state !== "serving" && <ArmStateBadge state={arm.state} />}
          </div>
        ))}
      </td>
      <td className="number">{formatNumber(traffic.requests_per_second)}</td>
      <td className="number">{traffic.requests_per_second > 0 ? formatNumber(traffic.p50_ms) : "–"}</td>
      <td className="number">{traffic.requests_per_second > 0 ? formatNumber(traffic.p99_ms) : "–"}</td>
      <td className="number" title={`${formatCount(traffic.errors)} of ${formatCount(traffic.requests)} requests`}>
        {traffic.requests > 0 ? formatShare(traffic.errors / traffic.requests) : "–"}
      </td>
      <td>
        <Link to="/endpoints/$name/drift" params={{ name: endpoint.name }}>
          <MonitorStatusBadge status={monitor?.status ?? "no_data"} />
        </Link>
        {monitor !== undefined && monitor.last_pane !== "" && <span className="faint small"> {monitor.last_pane}</span>}
      </td>
      <td className="soft">
        <Ago at={endpoint.updated_at} />
      </td>
    </tr>
  );
}

function EndpointTable({ endpoints }: { endpoints: Endpoint[] }) {
  const monitors = useQuery(monitorsQuery);
  if (endpoints.length === 0) {
    return (
      <Empty title="No endpoints yet">
        <p>An endpoint serves one or more versions of a registered model. Create one:</p>
        <Code text={createRequest()} />
      </Empty>
    );
  }
  return (
    <div className="scroll-x">
      <table className="grid-table">
        <thead>
          <tr>
            <th>Endpoint</th>
            <th>Arms</th>
            <th className="number">Requests/s</th>
            <th className="number">p50 ms</th>
            <th className="number">p99 ms</th>
            <th className="number">Errors</th>
            <th>Drift</th>
            <th>Changed</th>
          </tr>
        </thead>
        <tbody>
          {endpoints.map((endpoint) => (
            <EndpointRow key={endpoint.name} endpoint={endpoint} monitor={monitors.data?.find((one) => one.endpoint === endpoint.name)} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

export function EndpointsPage() {
  useTitle("Endpoints");
  const endpoints = useQuery({ ...endpointsQuery, refetchInterval: 5000 });
  return (
    <div className="page">
      <div className="page-head">
        <h1>Endpoints</h1>
      </div>
      <Card label="Endpoints">
        <Answer query={endpoints}>{(list) => <EndpointTable endpoints={list} />}</Answer>
      </Card>
    </div>
  );
}
