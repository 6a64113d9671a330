import { useQuery } from "@tanstack/react-query";
import { Link, getRouteApi } from "@tanstack/react-router";
import { modelsQuery, type RegisteredModel } from "../api/registry";
import { Ago, Badge, Card, Code } from "../components/basics";
import { Answer, Empty } from "../components/states";
import { useTitle } from "../components/use-title";

const route = getRouteApi("/models");

function newestVersion(model: RegisteredModel): string {
  const versions = model.latest_versions?.map((version) => Number(version.version)) ?? [];
  return versions.length === 0 ? "–" : String(Math.max(...versions));
}

function ModelRow({ model }: { model: RegisteredModel }) {
  return (
    <tr>
      <td>
        <Link to="/models/$name" params={{ name: model.name }}>
          {model.name}
        </Link>
        {model.description && <p className="faint small">{model.description}</p>}
      </td>
      <td className="number">{newestVersion(model)}</td>
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
      <td className="soft">
        <Ago at={model.creation_timestamp} />
      </td>
    </tr>
  );
}

function ModelTable({ models, filter }: { models: RegisteredModel[]; filter: string }) {
  const shown = models.filter((model) => model.name.toLowerCase().includes(filter.toLowerCase()));
  if (models.length === 0) {
    return (
      <Empty title="No registered models yet">
        <p>Register one while logging it:</p>
        <Code text={'mlflow.sklearn.log_model(model, name="model", registered_model_name="churn")'} />
      </Empty>
    );
  }
  if (shown.length === 0) return <Empty title={`No model's name has “${filter}” in it`} />;
  return (
    <div className="scroll-x">
      <table className="grid-table">
        <thead>
          <tr>
            <th>Name</th>
            <th className="number">Newest version</th>
            <th>Aliases</th>
            <th>Changed</th>
            <th>Created</th>
          </tr>
        </thead>
        <tbody>
          {shown.map((model) => (
            <ModelRow key={model.name} model={model} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

export function ModelsPage() {
  useTitle("Models");
  const { filter = "" } = route.useSearch();
  const navigate = route.useNavigate();
  const models = useQuery(modelsQuery);
  return (
    <div className="page">
      <div className="page-head">
        <h1>Models</h1>
        <div className="end">
          <input
            className="input"
            type="search"
            aria-label="Filter by name"
            placeholder="Filter by name"
            value={filter}
            onChange={(event) => void navigate({ search: { filter: event.target.value || undefined }, replace: true })}
          />
        </div>
      </div>
      <Card label="Registered models">
        <Answer query={models}>{(list) => <ModelTable models={list} filter={filter} />}</Answer>
      </Card>
    </div>
  );
}
