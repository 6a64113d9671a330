import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, getRouteApi } from "@tanstack/react-router";
import { useState } from "react";
import { deleteAlias, modelCardQuery, modelQuery, setAlias, typeText, versionsQuery, type ModelVersion, type RegisteredModel, type SignatureColumn } from "../api/registry";
import { numberOf, runQuery } from "../api/tracking";
import { Ago, Badge, Card, Crumbs } from "../components/basics";
import { ConfirmDialog } from "../components/confirm-dialog";
import { Answer, Empty } from "../components/states";
import { useTitle } from "../components/use-title";
import { formatNumber } from "../format";

const route = getRouteApi("/models/$name");

type Aliases = { alias: string; version: string }[];

interface AliasChange {
  alias: string;
  version: string;
}

function AliasDialog({ name, version, aliases, onClose }: { name: string; version: string; aliases: Aliases; onClose: () => void }) {
  const [alias, setAliasText] = useState("");
  const client = useQueryClient();
  const change = useMutation({
    mutationFn: (wanted: AliasChange) => setAlias(name, wanted.alias, wanted.version),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ["model", name] });
      onClose();
    },
  });
  const from = aliases.find((one) => one.alias === alias)?.version;
  const moves = from !== undefined && from !== version;
  return (
    <ConfirmDialog
      title={`Set an alias on version ${version}`}
      action={moves ? `Move @${alias} to version ${version}` : "Set alias"}
      isBusy={change.isPending || alias.trim() === ""}
      error={change.error}
      onConfirm={() => change.mutate({ alias: alias.trim(), version })}
      onClose={onClose}
    >
      <label className="stack">
        <span className="soft">Alias</span>
        <input className="input" autoFocus list="known-aliases" value={alias} onChange={(event) => setAliasText(event.target.value)} placeholder="champion" aria-label="Alias" />
      </label>
      <datalist id="known-aliases">
        {aliases.map((one) => (
          <option key={one.alias} value={one.alias} />
        ))}
      </datalist>
      <p className="faint small">
        {moves ? `@${alias} leaves version ${from}. Endpoints that follow @${alias} switch to version ${version} once it is loaded.` : "Endpoints that follow this alias switch once the version is loaded."}
      </p>
    </ConfirmDialog>
  );
}

function AliasBadge({ name, alias }: { name: string; alias: string }) {
  const [isAsking, setAsking] = useState(false);
  const client = useQueryClient();
  const remove = useMutation({ mutationFn: () => deleteAlias(name, alias), onSuccess: () => client.invalidateQueries({ queryKey: ["model", name] }) });
  return (
    <Badge tone="accent">
      @{alias}
      <button type="button" className="badge-remove" aria-label={`Remove the alias ${alias}`} title={`Remove @${alias}`} onClick={() => setAsking(true)}>
        ×
      </button>
      {isAsking && (
        <ConfirmDialog title={`Remove @${alias}?`} action="Remove alias" isDanger isBusy={remove.isPending} error={remove.error} onConfirm={() => remove.mutate()} onClose={() => setAsking(false)}>
          <p className="soft">Clients and endpoints that ask for models:/{name}@{alias} will not find it any more.</p>
        </ConfirmDialog>
      )}
    </Badge>
  );
}

function Columns({ title, columns }: { title: string; columns: SignatureColumn[] }) {
  if (columns.length === 0) return null;
  return (
    <table className="grid-table dense">
      <thead>
        <tr>
          <th>{title}</th>
          <th>Type</th>
        </tr>
      </thead>
      <tbody>
        {columns.map((column, index) => (
          <tr key={column.name ?? index}>
            <td className="mono">
              {column.name ?? "(unnamed)"}
              {column.required === false && <span className="faint"> optional</span>}
            </td>
            <td className="soft mono">{typeText(column)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function SignatureCard({ name, version }: { name: string; version: string }) {
  const card = useQuery(modelCardQuery(name, version));
  return (
    <Card title={`Version ${version}`} end={card.data?.flavors.map((flavor) => <Badge key={flavor}>{flavor}</Badge>)}>
      <Answer query={card}>
        {(model) =>
          model.inputs.length + model.outputs.length === 0 ? (
            <Empty title="No signature">
              <p>This version was logged without one: requests are not checked against types.</p>
            </Empty>
          ) : (
            <>
              <Columns title="Input" columns={model.inputs} />
              <Columns title="Output" columns={model.outputs} />
            </>
          )
        }
      </Answer>
    </Card>
  );
}

function RunMetrics({ runId }: { runId: string }) {
  const run = useQuery(runQuery(runId));
  const metrics = run.data?.data.metrics?.slice(0, 3) ?? [];
  return (
    <>
      <Link to="/runs/$runId" params={{ runId }}>
        {run.data?.info.run_name ?? runId.slice(0, 8)}
      </Link>
      <p className="faint small">{metrics.map((metric) => `${metric.key} ${formatNumber(numberOf(metric.value))}`).join(" · ")}</p>
    </>
  );
}

interface VersionRowProps {
  version: ModelVersion;
  aliases: Aliases;
  isShown: boolean;
  onAlias: () => void;
}

function VersionRow({ version, aliases, isShown, onAlias }: VersionRowProps) {
  const own = aliases.filter((alias) => alias.version === version.version);
  return (
    <tr data-shown={isShown}>
      <td>
        <Link to="/models/$name" params={{ name: version.name }} search={{ version: version.version }} replace>
          Version {version.version}
        </Link>
        {version.description && <p className="faint small">{version.description}</p>}
      </td>
      <td>
        <span className="row">
          {own.map((alias) => (
            <AliasBadge key={alias.alias} name={version.name} alias={alias.alias} />
          ))}
          <button type="button" className="button" data-size="small" data-kind="quiet" onClick={onAlias} aria-label={`Set an alias on version ${version.version}`}>
            + alias
          </button>
        </span>
      </td>
      <td>{version.run_id ? <RunMetrics runId={version.run_id} /> : <span className="faint">–</span>}</td>
      <td>
        <Badge tone={version.status === "READY" ? "good" : "warn"}>{version.status.toLowerCase().replaceAll("_", " ")}</Badge>
      </td>
      <td className="soft">
        <Ago at={version.creation_timestamp} />
      </td>
    </tr>
  );
}

function Versions({ model, versions, shown }: { model: RegisteredModel; versions: ModelVersion[]; shown: string | undefined }) {
  const [aliasing, setAliasing] = useState<string | null>(null);
  const aliases = model.aliases ?? [];
  if (versions.length === 0) return <Empty title="No versions yet" />;
  return (
    <div className="scroll-x">
      <table className="grid-table">
        <thead>
          <tr>
            <th>Version</th>
            <th>Aliases</th>
            <th>Source run</th>
            <th>Status</th>
            <th>Created</th>
          </tr>
        </thead>
        <tbody>
          {versions.map((version) => (
            <VersionRow key={version.version} version={version} aliases={aliases} isShown={version.version === shown} onAlias={() => setAliasing(version.version)} />
          ))}
        </tbody>
      </table>
      {aliasing !== null && <AliasDialog name={model.name} version={aliasing} aliases={aliases} onClose={() => setAliasing(null)} />}
    </div>
  );
}

export function ModelPage() {
  const { name } = route.useParams();
  const search = route.useSearch();
  useTitle(name);
  const model = useQuery(modelQuery(name));
  const versions = useQuery(versionsQuery(name));
  const shown = search.version ?? versions.data?.[0]?.version;
  return (
    <div className="page">
      <Crumbs trail={[{ label: "Models", to: "/models" }, { label: name }]} />
      <div className="page-head">
        <h1>{name}</h1>
        {model.data && (
          <span className="faint small">
            created <Ago at={model.data.creation_timestamp} />
          </span>
        )}
      </div>
      {model.data?.description && <p className="soft">{model.data.description}</p>}
      <div className="columns-side">
        <Card title="Versions">
          <Answer query={model}>{(known) => <Answer query={versions}>{(list) => <Versions model={known} versions={list} shown={shown} />}</Answer>}</Answer>
        </Card>
        {shown !== undefined && model.data && <SignatureCard key={shown} name={name} version={shown} />}
      </div>
    </div>
  );
}
