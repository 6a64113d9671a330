import { useQuery } from "@tanstack/react-query";
import { getText } from "../api/http";
import { Card, Code } from "../components/basics";
import { Answer, Empty } from "../components/states";
import { counted } from "../format";

type Kind = "image" | "csv" | "json" | "text" | "other";

const kindOf: Record<string, Kind> = {
  png: "image", jpg: "image", jpeg: "image", gif: "image", webp: "image", svg: "image", bmp: "image",
  csv: "csv", tsv: "csv",
  json: "json", geojson: "json", ipynb: "json",
  txt: "text", md: "text", log: "text", yaml: "text", yml: "text", toml: "text", ini: "text", cfg: "text", py: "text", sh: "text", sql: "text",
  xml: "text", js: "text", ts: "text", jsonl: "text", rst: "text", env: "text", html: "text", css: "text", r: "text", conf: "text",
};

const textNames = new Set(["MLmodel", "Dockerfile", "Makefile", "LICENSE", "README"]);
const mostShown = 512 * 1024;
const mostRows = 200;

function previewOf(name: string): Kind {
  const base = name.slice(name.lastIndexOf("/") + 1);
  if (textNames.has(base)) return "text";
  return kindOf[base.slice(base.lastIndexOf(".") + 1).toLowerCase()] ?? "other";
}

/** Cells by RFC 4180: quotes may hold separators, line ends and doubled quotes. */
export function parseCsv(text: string, separator: string, limit: number): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = "";
  let isQuoted = false;
  for (let at = 0; at < text.length && rows.length < limit; ++at) {
    const letter = text[at] ?? "";
    if (isQuoted) {
      if (letter !== '"') cell += letter;
      else if (text[at + 1] === '"') cell += text[++at];
      else isQuoted = false;
    } else if (letter === '"') {
      isQuoted = true;
    } else if (letter === separator || letter === "\n") {
      row.push(cell);
      cell = "";
      if (letter === separator) continue;
      rows.push(row);
      row = [];
    } else if (letter !== "\r") {
      cell += letter;
    }
  }
  if (rows.length < limit && (cell !== "" || row.length > 0)) rows.push([...row, cell]);
  return rows;
}

function CsvTable({ text, separator }: { text: string; separator: string }) {
  const [head = [], ...rows] = parseCsv(text, separator, mostRows + 1);
  return (
    <div className="scroll-x preview-table">
      <table className="grid-table dense">
        <thead>
          <tr>
            {head.map((name, index) => (
              <th key={index}>{name}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr key={index}>
              {row.map((value, column) => (
                <td key={column} className="nowrap">
                  {value}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length === mostRows && <p className="faint small card-body">The first {counted(mostRows, "row")}.</p>}
    </div>
  );
}

function indented(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

function TextPreview({ name, url, kind }: { name: string; url: string; kind: Kind }) {
  const file = useQuery({ queryKey: ["artifact-text", url], queryFn: ({ signal }) => getText(url, mostShown, signal), retry: false });
  return (
    <Answer query={file}>
      {({ text, isCut }) => (
        <>
          {isCut && <p className="notice">Only the beginning is shown; download the file for the rest.</p>}
          {kind === "csv" ? <CsvTable text={text} separator={name.endsWith(".tsv") ? "\t" : ","} /> : <Code text={kind === "json" && !isCut ? indented(text) : text} />}
        </>
      )}
    </Answer>
  );
}

function Preview({ name, url }: { name: string; url: string }) {
  const kind = previewOf(name);
  if (kind === "image") return <img className="preview-image" src={url} alt={name} />;
  if (kind === "other") {
    return (
      <Empty title="No preview for this kind of file">
        <a className="button" href={url} download>
          Download
        </a>
      </Empty>
    );
  }
  return <TextPreview name={name} url={url} kind={kind} />;
}

export function ArtifactPreview({ name, url }: { name: string; url: string }) {
  const download = (
    <a className="button" data-size="small" href={url} download={name.slice(name.lastIndexOf("/") + 1)}>
      Download
    </a>
  );
  return (
    <Card title={<span className="mono">{name}</span>} label={name} end={download}>
      <div className="preview">
        <Preview name={name} url={url} />
      </div>
    </Card>
  );
}
