import { Link } from "@tanstack/react-router";
import { useState, type ReactNode } from "react";
import { formatAgo, formatTime } from "../format";
import { useNow } from "./use-now";

export type Tone = "plain" | "good" | "bad" | "warn" | "info" | "accent";

export function Badge({ tone = "plain", title, children }: { tone?: Tone; title?: string; children: ReactNode }) {
  return (
    <span className="badge" data-tone={tone} title={title}>
      {children}
    </span>
  );
}

export function Card({ title, end, children, label }: { title?: ReactNode; end?: ReactNode; children: ReactNode; label?: string }) {
  return (
    <section className="card" aria-label={label ?? (typeof title === "string" ? title : undefined)}>
      {title !== undefined && (
        <header>
          <h2>{title}</h2>
          {end !== undefined && <div className="end">{end}</div>}
        </header>
      )}
      {children}
    </section>
  );
}

/** A moment as "5 min ago"; the exact time is one hover away. */
export function Ago({ at }: { at: number }) {
  const now = useNow(15_000);
  return (
    <time dateTime={new Date(at).toISOString()} title={formatTime(at)} className="nowrap">
      {formatAgo(at, now)}
    </time>
  );
}

export function Figure({ label, unit, note, children }: { label: string; unit?: string; note?: ReactNode; children: ReactNode }) {
  return (
    <div className="figure">
      <dt>{label}</dt>
      <dd>
        {children}
        {unit !== undefined && <small>{unit}</small>}
      </dd>
      {note !== undefined && <p>{note}</p>}
    </div>
  );
}

export function CopyButton({ text, label = "Copy" }: { text: string; label?: string }) {
  const [isCopied, setCopied] = useState(false);
  const copy = () => {
    void navigator.clipboard?.writeText(text).then(() => {
      setCopied(true);
      setTimeout(() => setCopied(false), 1500);
    });
  };
  return (
    <button type="button" className="button" data-size="small" onClick={copy} aria-live="polite">
      {isCopied ? "Copied" : label}
    </button>
  );
}

export function Code({ text, copies = true }: { text: string; copies?: boolean }) {
  return (
    <div className="code">
      <pre tabIndex={0}>{text}</pre>
      {copies && <CopyButton text={text} />}
    </div>
  );
}

export interface Crumb {
  label: string;
  to?: string;
}

export function Crumbs({ trail }: { trail: Crumb[] }) {
  return (
    <nav aria-label="Where you are">
      <ol className="crumbs">
        {trail.map((crumb) => (
          <li key={crumb.label} className="cut">
            {crumb.to === undefined ? crumb.label : <Link to={crumb.to}>{crumb.label}</Link>}
          </li>
        ))}
      </ol>
    </nav>
  );
}
