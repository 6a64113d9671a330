import { useQueries, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { artifactUrl, artifactsQuery, loggedModelFileUrl, loggedModelFilesQuery, loggedModelQuery, type ArtifactEntry, type Run } from "../api/tracking";
import { Card } from "../components/basics";
import { FileIcon, FolderIcon } from "../components/icons";
import { Answer, Empty } from "../components/states";
import { formatBytes } from "../format";
import { ArtifactPreview } from "./artifact-preview";

/** Where files lie: in the run's own folder, or in that of a model the run logged. */
export interface ArtifactRoot {
  /** What stands before a path in the URL: "" for the run, "models:/m-…/" for a model. */
  prefix: string;
  label: string;
  runId?: string;
  modelId?: string;
}

function urlOf(root: ArtifactRoot, path: string): string {
  return root.modelId === undefined ? artifactUrl(root.runId ?? "", path) : loggedModelFileUrl(root.modelId, path);
}

function useEntries(root: ArtifactRoot, path: string) {
  const ofRun = useQuery({ ...artifactsQuery(root.runId ?? "", path), enabled: root.modelId === undefined });
  const ofModel = useQuery({ ...loggedModelFilesQuery(root.modelId ?? "", path), enabled: root.modelId !== undefined });
  return root.modelId === undefined ? ofRun : ofModel;
}

interface BranchProps {
  root: ArtifactRoot;
  path: string;
  chosen: string | undefined;
  onPick: (path: string) => void;
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

function Folder({ entry, ...branch }: BranchProps & { entry: ArtifactEntry }) {
  const full = branch.root.prefix + entry.path;
  const [isOpen, setOpen] = useState(branch.chosen?.startsWith(`${full}/`) ?? false);
  return (
    <li>
      <button type="button" className="entry" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        <FolderIcon />
        <span className="cut">{nameOf(entry.path)}</span>
      </button>
      {isOpen && <Branch {...branch} path={entry.path} />}
    </li>
  );
}

function File({ entry, root, chosen, onPick }: Omit<BranchProps, "path"> & { entry: ArtifactEntry }) {
  const full = root.prefix + entry.path;
  return (
    <li>
      <button type="button" className="entry" aria-current={chosen === full} onClick={() => onPick(full)}>
        <FileIcon />
        <span className="cut">{nameOf(entry.path)}</span>
        <span className="faint small">{formatBytes(entry.file_size ?? 0)}</span>
      </button>
    </li>
  );
}

function Branch(branch: BranchProps) {
  const entries = useEntries(branch.root, branch.path);
  return (
    <Answer query={entries} lines={2}>
      {(list) =>
        list.length === 0 ? (
          <p className="faint small entry">empty</p>
        ) : (
          <ul>{list.map((entry) => (entry.is_dir ? <Folder key={entry.path} {...branch} entry={entry} /> : <File key={entry.path} {...branch} entry={entry} />))}</ul>
        )
      }
    </Answer>
  );
}

function rootsOf(run: Run, names: (string | undefined)[]): ArtifactRoot[] {
  const ids = run.outputs?.model_outputs?.map((output) => output.model_id) ?? [];
  const models = ids.map((id, index): ArtifactRoot => ({ prefix: `models:/${id}/`, label: `Logged model “${names[index] ?? id}”`, modelId: id }));
  return [{ prefix: "", label: "Run", runId: run.info.run_id }, ...models];
}

function useRoots(run: Run): ArtifactRoot[] {
  const ids = run.outputs?.model_outputs?.map((output) => output.model_id) ?? [];
  const models = useQueries({ queries: ids.map((id) => loggedModelQuery(id)) });
  return rootsOf(run, models.map((model) => model.data?.info.name));
}

function rootOf(roots: ArtifactRoot[], path: string): ArtifactRoot | undefined {
  return roots.findLast((root) => path.startsWith(root.prefix));
}

interface RunArtifactsProps {
  run: Run;
  path: string | undefined;
  onPath: (path: string) => void;
}

/** A link to a logged model leads to its description. */
function fileOf(path: string | undefined): string | undefined {
  if (path === undefined) return undefined;
  return /^models:\/[^/]+$/.test(path) ? `${path}/MLmodel` : path;
}

export function RunArtifacts({ run, path, onPath }: RunArtifactsProps) {
  const roots = useRoots(run);
  const chosen = fileOf(path);
  const root = chosen === undefined ? undefined : rootOf(roots, chosen);
  const inside = chosen === undefined || !root ? undefined : chosen.slice(root.prefix.length);
  return (
    <div className="artifacts">
      <Card title="Files">
        <div className="tree">
          {roots.map((one) => (
            <section key={one.prefix} aria-label={one.label}>
              <h3>{one.label}</h3>
              <Branch root={one} path="" chosen={chosen} onPick={onPath} />
            </section>
          ))}
        </div>
      </Card>
      {root && inside !== undefined ? (
        <ArtifactPreview key={chosen} name={inside} url={urlOf(root, inside)} />
      ) : (
        <Card label="Preview">
          <Empty title="Choose a file">
            <p>Text, JSON, CSV, images and MLmodel files are shown here; all others can be downloaded.</p>
          </Empty>
        </Card>
      )}
    </div>
  );
}
