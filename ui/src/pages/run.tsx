import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { Tabs } from "radix-ui";
import { experimentsQuery, runQuery, type Run } from "../api/tracking";
import { CopyButton, Crumbs } from "../components/basics";
import { Answer } from "../components/states";
import { RunDuration, RunStatusBadge } from "../components/status";
import { useTitle } from "../components/use-title";
import { formatTime } from "../format";
import { RunArtifacts } from "./run-artifacts";
import { RunCharts } from "./run-charts";
import { RunOverview } from "./run-overview";

const route = getRouteApi("/runs/$runId");

function Count({ of }: { of: number | undefined }) {
  return of === undefined ? null : <span className="count">{of}</span>;
}

function RunTabs({ run }: { run: Run }) {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const go = (tab: string) => void navigate({ search: (old) => ({ ...old, tab: tab === "overview" ? undefined : tab }), replace: true });
  return (
    <Tabs.Root value={search.tab ?? "overview"} onValueChange={go} className="stack">
      <Tabs.List className="tabs" aria-label="Parts of the run">
        <Tabs.Trigger value="overview">Overview</Tabs.Trigger>
        <Tabs.Trigger value="charts">
          Charts
          <Count of={run.data.metrics?.length} />
        </Tabs.Trigger>
        <Tabs.Trigger value="artifacts">Artifacts</Tabs.Trigger>
      </Tabs.List>
      <Tabs.Content value="overview">
        <RunOverview run={run} />
      </Tabs.Content>
      <Tabs.Content value="charts">
        <RunCharts
          run={run}
          isLog={search.log ?? false}
          words={search.metric ?? ""}
          onLog={(isLog) => void navigate({ search: (old) => ({ ...old, log: isLog ? true : undefined }), replace: true })}
          onWords={(words) => void navigate({ search: (old) => ({ ...old, metric: words || undefined }), replace: true })}
        />
      </Tabs.Content>
      <Tabs.Content value="artifacts">
        <RunArtifacts run={run} path={search.path} onPath={(path) => void navigate({ search: (old) => ({ ...old, path }), replace: true })} />
      </Tabs.Content>
    </Tabs.Root>
  );
}

function RunHead({ run }: { run: Run }) {
  const experiments = useQuery(experimentsQuery);
  const experiment = experiments.data?.find((one) => one.experiment_id === run.info.experiment_id);
  return (
    <>
      <Crumbs trail={[{ label: "Experiments", to: "/experiments" }, { label: experiment?.name ?? run.info.experiment_id, to: `/experiments/${run.info.experiment_id}` }, { label: run.info.run_name }]} />
      <div className="page-head">
        <h1>{run.info.run_name}</h1>
        <RunStatusBadge status={run.info.status} />
        {run.info.lifecycle_stage === "deleted" && <span className="badge" data-tone="warn">deleted</span>}
        <span className="faint small">
          {formatTime(run.info.start_time)} · <RunDuration run={run} />
          {run.info.user_id && ` · ${run.info.user_id}`}
        </span>
        <div className="end">
          <CopyButton text={run.info.run_id} label="Copy run id" />
        </div>
      </div>
    </>
  );
}

export function RunPage() {
  const { runId } = route.useParams();
  const run = useQuery(runQuery(runId));
  useTitle(run.data?.info.run_name ?? "Run");
  return (
    <div className="page">
      <Answer query={run}>
        {(found) => (
          <>
            <RunHead run={found} />
            <RunTabs run={found} />
          </>
        )}
      </Answer>
    </div>
  );
}
