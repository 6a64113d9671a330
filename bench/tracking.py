"""log-metric, durable: every answer means that the disk has the point."""

from __future__ import annotations

import requests

from bench.load import run_wrk
from bench.report import Section
from bench.servers import Running, mlflow_server, modelyard

RUNS = 64


def make_runs(server: Running) -> list[str]:
    session = requests.Session()
    runs = []
    for index in range(RUNS):
        body = {"experiment_id": "0", "start_time": 1_700_000_000_000 + index, "run_name": f"bench-{index}"}
        runs.append(session.post(f"{server.url}/api/2.0/mlflow/runs/create", json=body, timeout=60).json()["run"]["info"]["run_id"])
    return runs


def script(runs: list[str]) -> str:
    """Each request logs the next step of one of the runs: no request repeats another."""
    ids = ", ".join(f'"{run}"' for run in runs)
    return f"""
local runs = {{ {ids} }}
local n = math.floor((os.time() % 1000000) * 1000)
request = function()
  n = n + 1
  local body = string.format('{{"run_uuid":"%s","run_id":"%s","key":"loss","value":%.6f,"timestamp":%d,"step":%d}}',
    runs[n % #runs + 1], runs[n % #runs + 1], 1 / (n % 9973 + 1), 1700000000000 + n, n)
  return wrk.format("POST", "/api/2.0/mlflow/runs/log-metric", {{ ["Content-Type"] = "application/json" }}, body)
end
"""


def run(seconds: int) -> Section:
    section = Section("log-metric (durable)", ["clients", "Modelyard", "MLflow 3.17.2, defaults", "MLflow 3.17.2, 1 worker"])
    connections = [1, 32, 256]
    measured: dict[str, list[str]] = {}
    for name, make in {"ours": modelyard, "default": mlflow_server, "one": lambda: mlflow_server(1)}.items():
        with make() as server:
            load_script = script(make_runs(server))
            measured[name] = [run_wrk(server.url, load_script, count, seconds).cell() for count in connections]
    for index, count in enumerate(connections):
        section.rows.append([str(count), measured["ours"][index], measured["default"][index], measured["one"][index]])
    return section
