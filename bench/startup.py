"""Start to the first answer, and memory at rest."""

from __future__ import annotations

import statistics
import time

from bench.report import Section
from bench.servers import mlflow_server, modelyard

STARTS = 5


def run(_seconds: int) -> Section:
    starts = []
    for _ in range(STARTS):
        with modelyard() as server:
            starts.append(server.start_ms)
            time.sleep(1)
            ours = server.memory_mib()
    with mlflow_server() as server:
        peer_start = server.start_ms
        time.sleep(3)
        theirs = server.memory_mib()
        processes = len(server.processes())
    section = Section("Start and memory at rest", ["", "Modelyard", "MLflow 3.17.2 (defaults)"])
    section.rows = [
        ["start to the first answer, empty store", f"{statistics.median(starts):.0f} ms (median of {STARTS})", f"{peer_start:,.0f} ms"],
        ["resident memory", f"{ours['VmRSS']:.1f} MiB", f"{theirs['VmRSS']:,.0f} MiB"],
        ["anonymous memory", f"{ours['RssAnon']:.1f} MiB", f"{theirs['RssAnon']:,.0f} MiB"],
        ["processes", "1", str(processes)],
    ]
    return section
