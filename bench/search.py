"""The best of many runs by a metric."""

from __future__ import annotations

import random
import statistics
import time

import requests

from bench.report import Section
from bench.servers import Running, mlflow_server, modelyard

OUR_RUNS = 10_000
PEER_RUNS = 300  # filling it takes the peer a minute; its time grows with the number of runs
METRICS = 20


def fill(server: Running, runs: int) -> None:
    session = requests.Session()
    generator = random.Random(7)
    for index in range(runs):
        body = {"experiment_id": "0", "start_time": 1_700_000_000_000 + index, "run_name": f"run-{index}"}
        run = session.post(f"{server.url}/api/2.0/mlflow/runs/create", json=body, timeout=60).json()["run"]["info"]["run_id"]
        metrics = [{"key": f"m{k}", "value": generator.random(), "timestamp": 1_700_000_000_000, "step": 0} for k in range(METRICS)]
        params = [{"key": f"p{k}", "value": str(generator.randrange(10))} for k in range(5)]
        answer = session.post(
            f"{server.url}/api/2.0/mlflow/runs/log-batch", json={"run_id": run, "metrics": metrics, "params": params}, timeout=60
        )
        answer.raise_for_status()


def median_ms(server: Running, body: dict, repeats: int) -> float:
    session = requests.Session()
    times = []
    for _ in range(repeats):
        begin = time.perf_counter()
        answer = session.post(f"{server.url}/api/2.0/mlflow/runs/search", json=body, timeout=120)
        times.append((time.perf_counter() - begin) * 1000)
        answer.raise_for_status()
    return statistics.median(times)


QUERIES = {
    "best run by a metric": {"experiment_ids": ["0"], "max_results": 1, "order_by": ["metrics.m0 DESC"]},
    "first 100 runs": {"experiment_ids": ["0"], "max_results": 100},
    "2 metrics and a param, ordered by a third": {
        "experiment_ids": ["0"],
        "max_results": 100,
        "filter": "metrics.m1 > 0.5 AND metrics.m2 < 0.5 AND params.p0 = '3'",
        "order_by": ["metrics.m3 DESC"],
    },
}


def run(_seconds: int) -> Section:
    section = Section(
        "runs/search over HTTP, from Python", ["", f"Modelyard, {OUR_RUNS:,} runs", f"MLflow 3.17.2 (1 worker), {PEER_RUNS:,} runs"]
    )
    measured: dict[str, dict[str, float]] = {}
    for name, make, runs in (("ours", modelyard, OUR_RUNS), ("peer", lambda: mlflow_server(1), PEER_RUNS)):
        with make() as server:
            fill(server, runs)
            time.sleep(3)
            measured[name] = {title: median_ms(server, body, 15) for title, body in QUERIES.items()}
    for title in QUERIES:
        section.rows.append([title, f"{measured['ours'][title]:.1f} ms", f"{measured['peer'][title]:.1f} ms"])
    section.notes.append("The times include the Python client's own (about 1 ms). The peer has 300 runs, not 10,000.")
    return section
