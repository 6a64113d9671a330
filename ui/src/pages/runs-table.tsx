import { createColumnHelper, tableFeatures, useTable } from "@tanstack/react-table";
import { useVirtualizer } from "@tanstack/react-virtual";
import { Link } from "@tanstack/react-router";
import { useEffect, useMemo, useRef } from "react";
import type { Run } from "../api/tracking";
import { Ago } from "../components/basics";
import { RunDuration, RunStatusBadge } from "../components/status";
import { cellText, isSortable, type Order, type RunColumn } from "./run-columns";

const features = tableFeatures({});
const helper = createColumnHelper<typeof features, Run>();
const rowHeight = 34;
const nameWidth = 250;
const loadAhead = 20;

interface RunsTableProps {
  runs: Run[];
  columns: RunColumn[];
  order: Order;
  selected: string[];
  hasMore: boolean;
  isLoadingMore: boolean;
  onOrder: (column: RunColumn) => void;
  onSelect: (runs: string[]) => void;
  onMore: () => void;
}

function RunCell({ run, column }: { run: Run; column: RunColumn }) {
  if (column.id === "attributes.status") return <RunStatusBadge status={run.info.status} />;
  if (column.id === "attributes.start_time") return <Ago at={run.info.start_time} />;
  if (column.id === "attributes.duration") return <RunDuration run={run} />;
  const text = cellText(run, column);
  return (
    <span className="cut" title={text}>
      {text}
    </span>
  );
}

function SortMark({ isActive, isDescending }: { isActive: boolean; isDescending: boolean }) {
  if (!isActive) return null;
  return <span aria-hidden="true">{isDescending ? "↓" : "↑"}</span>;
}

function HeaderCell({ column, order, onOrder }: { column: RunColumn; order: Order; onOrder: (column: RunColumn) => void }) {
  const isActive = order.id === column.id;
  const direction = order.isDescending ? "descending" : "ascending";
  return (
    <div role="columnheader" aria-sort={isActive ? direction : "none"} className="run-cell" data-number={column.isNumber} style={{ width: column.width }}>
      {isSortable(column) ? (
        <button type="button" onClick={() => onOrder(column)} title={`${column.id}: sort`}>
          <span className="cut">{column.title}</span>
          <SortMark isActive={isActive} isDescending={order.isDescending} />
        </button>
      ) : (
        <span className="cut">{column.title}</span>
      )}
    </div>
  );
}

/** The kinds of the columns above their names. */
function GroupRow({ columns }: { columns: RunColumn[] }) {
  const groups: { kind: string; width: number }[] = [];
  for (const column of columns) {
    const last = groups.at(-1);
    if (last?.kind === column.kind) last.width += column.width;
    else groups.push({ kind: column.kind, width: column.width });
  }
  return (
    <div className="run-groups" aria-hidden="true">
      <span style={{ width: nameWidth }} />
      {groups.map((group, index) => (
        <span key={index} style={{ width: group.width }}>
          {group.kind === "attributes" ? "" : group.kind}
        </span>
      ))}
    </div>
  );
}

function toggled(list: string[], one: string): string[] {
  return list.includes(one) ? list.filter((other) => other !== one) : [...list, one];
}

export function RunsTable(props: RunsTableProps) {
  const { runs, columns, selected, hasMore, isLoadingMore, onMore } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const definitions = useMemo(
    () =>
      helper.columns(
        columns.map((column) =>
          helper.display({ id: column.id, header: column.title, cell: ({ row }) => <RunCell run={row.original} column={column} /> }),
        ),
      ),
    [columns],
  );
  const table = useTable({ features, columns: definitions, data: runs, getRowId: (run) => run.info.run_id });
  const rows = table.getRowModel().rows;
  // eslint-disable-next-line react-hooks/incompatible-library -- the page is not compiled by React Compiler
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 12,
  });
  const items = virtual.getVirtualItems();
  const lastShown = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (hasMore && !isLoadingMore && lastShown >= rows.length - loadAhead) onMore();
  }, [hasMore, isLoadingMore, lastShown, rows.length, onMore]);
  const width = nameWidth + columns.reduce((sum, column) => sum + column.width, 0);
  const areAll = runs.length > 0 && runs.every((run) => selected.includes(run.info.run_id));
  return (
    <div ref={scroller} className="runs" role="table" aria-label="Runs" aria-rowcount={hasMore ? -1 : rows.length + 1} tabIndex={0}>
      <div style={{ width, minWidth: "100%" }}>
        <div className="run-head" role="rowgroup">
          <GroupRow columns={columns} />
          <div role="row" className="run-row">
            <div role="columnheader" className="run-cell run-name" style={{ width: nameWidth }}>
              <input type="checkbox" aria-label="Select all loaded runs" checked={areAll} onChange={() => props.onSelect(areAll ? [] : runs.map((run) => run.info.run_id))} />
              <span>Run</span>
            </div>
            {columns.map((column) => (
              <HeaderCell key={column.id} column={column} order={props.order} onOrder={props.onOrder} />
            ))}
          </div>
        </div>
        <div role="rowgroup" style={{ height: virtual.getTotalSize(), position: "relative" }}>
          {items.map((item) => {
            const row = rows[item.index];
            if (!row) return null;
            const run = row.original;
            const isSelected = selected.includes(run.info.run_id);
            return (
              <div key={row.id} role="row" aria-rowindex={item.index + 2} aria-selected={isSelected} className="run-row" style={{ transform: `translateY(${item.start}px)`, position: "absolute", width: "100%" }}>
                <div role="cell" className="run-cell run-name" style={{ width: nameWidth }}>
                  <input type="checkbox" aria-label={`Select ${run.info.run_name}`} checked={isSelected} onChange={() => props.onSelect(toggled(selected, run.info.run_id))} />
                  <Link to="/runs/$runId" params={{ runId: run.info.run_id }} className="cut">
                    {run.info.run_name || run.info.run_id}
                  </Link>
                </div>
                {row.getAllCells().map((cell, index) => (
                  <div key={cell.id} role="cell" className="run-cell" data-number={columns[index]?.isNumber} style={{ width: columns[index]?.width }}>
                    <table.FlexRender cell={cell} />
                  </div>
                ))}
              </div>
            );
          })}
        </div>
        {isLoadingMore && <p className="faint small runs-more">Loading more runs…</p>}
      </div>
    </div>
  );
}
