import { useQueries } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { loggedModelQuery, numberOf, type DatasetInput, type Run, type Tag } from "../api/tracking";
import { Ago, Badge, Card } from "../components/basics";
import { Empty } from "../components/states";
import { RunDuration } from "../components/status";
import { counted, formatNumber, formatTime } from "../format";

/** A name as a regular expression that matches just it. */
function escaped(name: string): string {
  return name.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

function tagOf(run: Run, key: string): string | undefined {
  return run.data.tags?.find((tag) => tag.key === key)?.value;
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  if (children === undefined || children === "") return null;
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}

function About({ run }: { run: Run }) {
  const { info } = run;
  return (
    <Card title="About">
      <div className="card-body">
        <dl className="facts">
          <Fact name="Run id">
            <span className="mono">{info.run_id}</span>
          </Fact>
          <Fact name="Started">{formatTime(info.start_time)}</Fact>
          <Fact name="Ended">{info.end_time ? formatTime(info.end_time) : "still running"}</Fact>
          <Fact name="Duration">
            <RunDuration run={run} />
          </Fact>
          <Fact name="User">{info.user_id}</Fact>
          <Fact name="Source">{tagOf(run, "mlflow.source.name")}</Fact>
          <Fact name="Commit">{tagOf(run, "mlflow.source.git.commit")?.slice(0, 12)}</Fact>
          <Fact name="Artifacts">
            <span className="mono">{info.artifact_uri}</span>
          </Fact>
          <Fact name="Note">{tagOf(run, "mlflow.note.content")}</Fact>
        </dl>
      </div>
    </Card>
  );
}

function Metrics({ run }: { run: Run }) {
  const metrics = run.data.metrics ?? [];
  return (
    <Card title={<>Metrics <span className="faint">{metrics.length}</span></>} label="Metrics">
      {metrics.length === 0 ? (
        <Empty title="No metrics" />
      ) : (
        <div className="tall">
          <table className="grid-table dense">
            <thead>
              <tr>
                <th>Name</th>
                <th className="number">Last value</th>
                <th className="number">Step</th>
              </tr>
            </thead>
            <tbody>
              {metrics.map((metric) => (
                <tr key={metric.key}>
                  <td className="value">
                    <Link to="/runs/$runId" params={{ runId: run.info.run_id }} search={{ tab: "charts", metric: `^${escaped(metric.key)}$` }} replace>
                      {metric.key}
                    </Link>
                  </td>
                  <td className="number" title={String(metric.value)}>
                    {formatNumber(numberOf(metric.value))}
                  </td>
                  <td className="number faint">{formatNumber(metric.step)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Card>
  );
}

function Pairs({ title, pairs, none }: { title: string; pairs: Tag[]; none: string }) {
  return (
    <Card title={<>{title} <span className="faint">{pairs.length}</span></>} label={title}>
      {pairs.length === 0 ? (
        <Empty title={none} />
      ) : (
        <div className="tall">
          <table className="grid-table dense">
            <tbody>
              {pairs.map((pair) => (
                <tr key={pair.key}>
                  <td className="soft pair-key">{pair.key}</td>
                  <td className="value">{pair.value}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Card>
  );
}

function rowsOf(profile: string | undefined): string {
  try {
    const rows = (JSON.parse(profile ?? "{}") as { num_rows?: number }).num_rows;
    return rows === undefined ? "" : counted(rows, "row");
  } catch {
    return "";
  }
}

function Datasets({ inputs }: { inputs: DatasetInput[] }) {
  if (inputs.length === 0) return null;
  return (
    <Card title="Datasets">
      <table className="grid-table dense">
        <tbody>
          {inputs.map((input) => (
            <tr key={input.dataset.name + input.dataset.digest}>
              <td>
                {input.dataset.name} <span className="faint mono">{input.dataset.digest}</span>
              </td>
              <td className="soft">{rowsOf(input.dataset.profile)}</td>
              <td className="number">
                <Badge>{input.tags?.find((tag) => tag.key === "mlflow.data.context")?.value ?? input.dataset.source_type}</Badge>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Card>
  );
}

function LoggedModels({ run }: { run: Run }) {
  const ids = run.outputs?.model_outputs?.map((output) => output.model_id) ?? [];
  const models = useQueries({ queries: ids.map((id) => loggedModelQuery(id)) });
  if (ids.length === 0) return null;
  return (
    <Card title="Logged models">
      <table className="grid-table dense">
        <tbody>
          {ids.map((id, index) => {
            const model = models[index]?.data;
            return (
              <tr key={id}>
                <td>
                  <Link to="/runs/$runId" params={{ runId: run.info.run_id }} search={{ tab: "artifacts", path: `models:/${id}` }} replace>
                    {model?.info.name ?? id}
                  </Link>{" "}
                  <span className="faint mono">{id}</span>
                </td>
                <td className="number">{model && <Badge tone="good">{model.info.status.replace("LOGGED_MODEL_", "").toLowerCase()}</Badge>}</td>
                <td className="number soft">{model && <Ago at={model.info.creation_timestamp_ms} />}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </Card>
  );
}

export function RunOverview({ run }: { run: Run }) {
  const tags = run.data.tags?.filter((tag) => !tag.key.startsWith("mlflow.")) ?? [];
  return (
    <div className="columns-2">
      <div className="stack">
        <Metrics run={run} />
        <LoggedModels run={run} />
        <Datasets inputs={run.inputs?.dataset_inputs ?? []} />
      </div>
      <div className="stack">
        <Pairs title="Parameters" pairs={run.data.params ?? []} none="No parameters" />
        <Pairs title="Tags" pairs={tags} none="No tags" />
        <About run={run} />
      </div>
    </div>
  );
}
