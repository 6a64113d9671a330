import { Popover } from "radix-ui";
import { useState } from "react";
import type { ColumnKind, RunColumn } from "./run-columns";

const kinds: [ColumnKind, string][] = [
  ["attributes", "Attributes"],
  ["metrics", "Metrics"],
  ["params", "Parameters"],
  ["tags", "Tags"],
];

/** Past this many, a search names what is meant. */
const mostListed = 100;

interface ColumnChooserProps {
  known: RunColumn[];
  shown: RunColumn[];
  onChange: (ids: string[] | undefined) => void;
}

function Choices({ known, shown, onChange }: ColumnChooserProps) {
  const [words, setWords] = useState("");
  const ids = shown.map((column) => column.id);
  const matching = known.filter((column) => column.id.toLowerCase().includes(words.toLowerCase()));
  const toggle = (id: string) => onChange(ids.includes(id) ? ids.filter((other) => other !== id) : [...ids, id]);
  return (
    <>
      <div className="row">
        <input className="input grow" type="search" placeholder="Find a column" aria-label="Find a column" value={words} onChange={(event) => setWords(event.target.value)} />
        <button type="button" className="button" data-kind="quiet" onClick={() => onChange(undefined)}>
          Reset
        </button>
      </div>
      {kinds.map(([kind, title]) => {
        const own = matching.filter((column) => column.kind === kind);
        if (own.length === 0) return null;
        return (
          <fieldset key={kind}>
            <legend>
              {title} <span className="faint">{own.length}</span>
            </legend>
            {own.slice(0, mostListed).map((column) => (
              <label key={column.id} className="check">
                <input type="checkbox" checked={ids.includes(column.id)} onChange={() => toggle(column.id)} />
                <span className="cut">{column.title}</span>
              </label>
            ))}
            {own.length > mostListed && <p className="faint small">{own.length - mostListed} more: search for them</p>}
          </fieldset>
        );
      })}
    </>
  );
}

export function ColumnChooser(props: ColumnChooserProps) {
  return (
    <Popover.Root>
      <Popover.Trigger asChild>
        <button type="button" className="button">
          Columns <span className="faint">{props.shown.length}</span>
        </button>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content className="popover" align="end" sideOffset={6} aria-label="Columns">
          <Choices {...props} />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
