import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link, getRouteApi, useNavigate } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { experimentsQuery, runsQuery, type Experiment } from "../api/tracking";
import { Code } from "../components/basics";
import { Answer, Empty, Failed, Loading } from "../components/states";
import { useTitle } from "../components/use-title";
import { counted } from "../format";
import type { RunsSearch } from "../router";
import { ColumnChooser } from "./column-chooser";
import { columnOf, knownColumns, newestFirst, orderClause, orderText, parseOrder, usualColumns, type RunColumn } from "./run-columns";
import { RunsTable } from "./runs-table";

function ExperimentList({ experiments }: { experiments: Experiment[] }) {
  const [words, setWords] = useState("");
  const shown = experiments.filter((experiment) => experiment.name.toLowerCase().includes(words.toLowerCase()));
  return (
    <nav className="side" aria-label="Experiments">
      <input className="input" type="search" placeholder="Find an experiment" aria-label="Find an experiment" value={words} onChange={(event) => setWords(event.target.value)} />
      <ul>
        <li>
          <Link to="/experiments" activeOptions={{ exact: true, includeSearch: false }}>
            All experiments
          </Link>
        </li>
        {shown.map((experiment) => (
          <li key={experiment.experiment_id}>
            <Link to="/experiments/$experimentId" params={{ experimentId: experiment.experiment_id }} activeOptions={{ includeSearch: false }} title={experiment.name} className="cut">
              {experiment.name}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}

interface FilterProps {
  filter: string;
  error: Error | null;
  onFilter: (filter: string) => void;
}

/** The filter is sent on Enter: half a condition is no condition. */
function FilterBox({ filter, error, onFilter }: FilterProps) {
  const [text, setText] = useState(filter);
  const [applied, setApplied] = useState(filter);
  if (applied !== filter) {
    setApplied(filter);
    setText(filter);
  }
  return (
    <form
      className="filter"
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        onFilter(text.trim());
      }}
    >
      <input
        className="input mono"
        aria-label="Filter runs"
        aria-invalid={error !== null}
        aria-describedby={error ? "filter-error" : undefined}
        placeholder="metrics.accuracy > 0.8 and params.model = 'xgboost'"
        spellCheck={false}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <button type="submit" className="button">
        Filter
      </button>
      {filter !== "" && (
        <button type="button" className="button" data-kind="quiet" onClick={() => onFilter("")}>
          Clear
        </button>
      )}
      {error && (
        <p id="filter-error" className="notice" data-tone="bad" role="alert">
          {error.message}
        </p>
      )}
    </form>
  );
}

function noRunsSnippet(name: string | undefined): string {
  const experiment = name === undefined ? "" : `mlflow.set_experiment("${name}")\n`;
  return `import mlflow\n\nmlflow.set_tracking_uri("${location.origin}")\n${experiment}with mlflow.start_run():\n    mlflow.log_metric("loss", 0.3)`;
}

function NoRuns({ filter, name }: { filter: string; name: string | undefined }) {
  if (filter !== "") {
    return (
      <Empty title="No run matches">
        <p className="mono">{filter}</p>
      </Empty>
    );
  }
  return (
    <Empty title="No runs yet">
      <p>Runs appear here as soon as a client logs one:</p>
      <Code text={noRunsSnippet(name)} />
    </Empty>
  );
}

interface RunsViewProps {
  experimentIds: string[];
  title: string;
  name?: string;
  search: RunsSearch;
  onSearch: (change: Partial<RunsSearch>) => void;
}

function RunsView({ experimentIds, title, name, search, onSearch }: RunsViewProps) {
  useTitle(title);
  const navigate = useNavigate();
  const filter = search.filter ?? "";
  const order = parseOrder(search.order);
  const query = useInfiniteQuery(runsQuery({ experimentIds, filter, orderBy: orderClause(order) }));
  const runs = useMemo(() => query.data?.pages.flatMap((page) => page.runs ?? []) ?? [], [query.data]);
  const known = useMemo(() => knownColumns(runs), [runs]);
  const columns = useMemo(() => (search.columns ? search.columns.map((id) => columnOf(id)).filter((column) => column !== undefined) : usualColumns(known)), [search.columns, known]);
  const selected = search.runs ?? [];
  const sortBy = (column: RunColumn) => {
    const next = { id: column.id, isDescending: order.id === column.id ? !order.isDescending : true };
    onSearch({ order: orderText(next) === orderText(newestFirst) ? undefined : orderText(next) });
  };
  const isUnfiltered = query.isError && filter === "";
  return (
    <section className="runs-view" aria-label={title}>
      <header>
        <div className="page-head">
          <h1 className="cut">{title}</h1>
          <span className="faint small" role="status">
            {query.isSuccess && `${counted(runs.length, "run")}${query.hasNextPage ? " loaded" : ""}`}
          </span>
          <div className="end">
            {selected.length > 0 && (
              <button type="button" className="button" data-kind="quiet" onClick={() => onSearch({ runs: undefined })}>
                Clear selection
              </button>
            )}
            <button type="button" className="button" data-kind="primary" disabled={selected.length < 2} onClick={() => void navigate({ to: "/compare", search: { runs: selected } })}>
              Compare {selected.length > 0 ? counted(selected.length, "run") : ""}
            </button>
            <ColumnChooser known={known} shown={columns} onChange={(ids) => onSearch({ columns: ids })} />
          </div>
        </div>
        <FilterBox filter={filter} error={query.isError && filter !== "" ? query.error : null} onFilter={(text) => onSearch({ filter: text || undefined })} />
      </header>
      {query.isPending && <Loading lines={8} />}
      {isUnfiltered && <Failed error={query.error} retry={() => void query.refetch()} />}
      {query.isSuccess && runs.length === 0 && <NoRuns filter={filter} name={name} />}
      {runs.length > 0 && (
        <RunsTable
          runs={runs}
          columns={columns}
          order={order}
          selected={selected}
          hasMore={query.hasNextPage}
          isLoadingMore={query.isFetchingNextPage}
          onOrder={sortBy}
          onSelect={(ids) => onSearch({ runs: ids.length === 0 ? undefined : ids })}
          onMore={() => void query.fetchNextPage()}
        />
      )}
    </section>
  );
}

const allRoute = getRouteApi("/experiments");
const oneRoute = getRouteApi("/experiments/$experimentId");

export function AllExperimentsPage() {
  const search = allRoute.useSearch();
  const navigate = allRoute.useNavigate();
  const experiments = useQuery(experimentsQuery);
  return (
    <Answer query={experiments}>
      {(list) => (
        <div className="with-side">
          <ExperimentList experiments={list} />
          <RunsView
            experimentIds={list.map((experiment) => experiment.experiment_id)}
            title="All experiments"
            search={search}
            onSearch={(change) => void navigate({ search: (old) => ({ ...old, ...change }), replace: true })}
          />
        </div>
      )}
    </Answer>
  );
}

export function ExperimentPage() {
  const { experimentId } = oneRoute.useParams();
  const search = oneRoute.useSearch();
  const navigate = oneRoute.useNavigate();
  const experiments = useQuery(experimentsQuery);
  return (
    <Answer query={experiments}>
      {(list) => {
        const experiment = list.find((one) => one.experiment_id === experimentId);
        return (
          <div className="with-side">
            <ExperimentList experiments={list} />
            {experiment ? (
              <RunsView
                key={experimentId}
                experimentIds={[experimentId]}
                title={experiment.name}
                name={experiment.name}
                search={search}
                onSearch={(change) => void navigate({ search: (old) => ({ ...old, ...change }), replace: true })}
              />
            ) : (
              <Empty title="There is no such experiment">
                <p>Experiment {experimentId} does not exist or was deleted.</p>
              </Empty>
            )}
          </div>
        );
      }}
    </Answer>
  );
}
