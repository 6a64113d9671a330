"""One-row predictions over HTTP: the forest of the churn story."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

from bench.load import run_wrk
from bench.report import Section
from bench.servers import BINARY, Running, free_port

FLASK_APP = """
import joblib, pandas as pd
from flask import Flask, jsonify, request
model = joblib.load({path!r})
app = Flask(__name__)
@app.get("/ping")
def ping():
    return "\\n"
@app.post("/invocations")
def predict():
    body = request.get_json()["dataframe_split"]
    frame = pd.DataFrame(body["data"], columns=body["columns"])
    return jsonify(predictions=model.predict_proba(frame).tolist())
"""


def train(folder: Path) -> tuple[Path, Path, list[dict]]:
    """The forest as an MLflow folder and as joblib, and a hundred rows."""
    import joblib
    import mlflow
    from mlflow.models import infer_signature
    from sklearn.ensemble import RandomForestClassifier

    from examples.churn import data
    from examples.churn.train import SKOPS_TYPES, make_split

    split = make_split()
    model = RandomForestClassifier(n_estimators=100, max_depth=10, min_samples_leaf=20, random_state=7, n_jobs=1)
    model.fit(split.train, split.train_labels)
    signature = infer_signature(split.train.head(3), model.predict(split.train.head(3)))
    mlflow.sklearn.save_model(model, folder / "model", signature=signature, skops_trusted_types=SKOPS_TYPES)
    joblib.dump(model, folder / "model.joblib")
    complete = split.test.dropna().head(100)
    return folder / "model", folder / "model.joblib", [[float(value) for value in row] for row in complete[data.FEATURES].to_numpy()]


def script(rows: list, method: bool) -> str:
    from examples.churn import data

    bodies = []
    for row in rows:
        body = {"dataframe_split": {"columns": data.FEATURES, "data": [row]}}
        if method:
            body["params"] = {"predict_method": "predict_proba"}
        bodies.append("[==[" + json.dumps(body) + "]==]")
    return f"""
local bodies = {{ {", ".join(bodies)} }}
local n = 0
request = function()
  n = n + 1
  return wrk.format("POST", "/invocations", {{ ["Content-Type"] = "application/json" }}, bodies[n % #bodies + 1])
end
"""


def run(seconds: int) -> Section:
    section = Section(
        "One-row prediction over HTTP: random forest, 100 trees of depth 10, predict_proba",
        ["connections", "Modelyard", "mlflow models serve", "Flask + gunicorn, 2 workers"],
    )
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        model, joblib_file, rows = train(folder)
        (folder / "flask_app.py").write_text(FLASK_APP.format(path=str(joblib_file)))
        ports = [free_port() for _ in range(3)]
        commands = {
            "ours": ([str(BINARY), "serve", str(model), "--port", str(ports[0])], ports[0], True),
            "mlflow": (
                [sys.executable, "-m", "mlflow", "models", "serve", "-m", str(model), "--env-manager", "local", "-p", str(ports[1])],
                ports[1],
                False,
            ),
            "flask": ([sys.executable, "-m", "gunicorn", "-w", "2", "-b", f"127.0.0.1:{ports[2]}", "flask_app:app"], ports[2], False),
        }
        measured: dict[str, list[str]] = {}
        for peer, (command, port, method) in commands.items():
            server = Running(command, f"http://127.0.0.1:{port}", "/ping", {"MLFLOW_DISABLE_TELEMETRY": "true"}, folder)
            try:
                measured[peer] = [run_wrk(server.url, script(rows, method), count, seconds).cell() for count in (1, 32)]
            finally:
                server.stop()
    for index, count in enumerate((1, 32)):
        section.rows.append([str(count), measured["ours"][index], measured["mlflow"][index], measured["flask"][index]])
    section.notes.append("mlflow models serve answers `predict` (labels), its only method; the other two answer both probabilities.")
    return section
