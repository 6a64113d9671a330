"""Fills a server through the official client with what the browser tests look at, and prints the ids as JSON.

python fill.py URL
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

import mlflow
import numpy as np
import pandas as pd
from mlflow.models import infer_signature
from sklearn.linear_model import LogisticRegression

MODEL = "shop"
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d4944415478da63fcffff3f030005fe02fea72d9d2d0000000049454e44ae426082"
)


def training_table() -> pd.DataFrame:
    random = np.random.default_rng(3)
    table = pd.DataFrame({"age": random.normal(40, 10, 600), "income": random.normal(3000, 500, 600)})
    table["bought"] = (table["age"] + random.normal(0, 6, 600) > 40).astype("int64")
    return table


def log_files(folder: Path) -> None:
    (folder / "notes.txt").write_text("The notes of this run.\n")
    (folder / "numbers.json").write_text('{"answer": 42}')
    (folder / "table.csv").write_text('city,count\n"Berlin, Mitte",3\nParis,4\n')
    (folder / "dot.png").write_bytes(PNG)
    (folder / "weights.bin").write_bytes(b"\x00\x01\x02")
    mlflow.log_artifacts(str(folder), "files")


def log_run(number: int, table: pd.DataFrame) -> dict:
    with mlflow.start_run(run_name=f"run-{number}") as run:
        mlflow.log_params({"c": str(number), "solver": "lbfgs" if number < 3 else "saga"})
        mlflow.set_tag("team", "shop")
        for step in range(20):
            mlflow.log_metric("loss", 1 / (step + number), step=step)
        mlflow.log_metric("score", number / 10)
        with tempfile.TemporaryDirectory() as folder:
            log_files(Path(folder))
        return {"run_id": run.info.run_id, "name": run.info.run_name}


def register(table: pd.DataFrame, strength: float) -> None:
    features = table[["age", "income"]]
    with mlflow.start_run(run_name=f"model-{strength}"):
        model = LogisticRegression(C=strength, max_iter=2000).fit(features, table["bought"])
        signature = infer_signature(features, model.predict(features))
        mlflow.sklearn.log_model(model, name="model", signature=signature, registered_model_name=MODEL, serialization_format="cloudpickle")


def main() -> None:
    mlflow.set_tracking_uri(sys.argv[1])
    experiment = mlflow.set_experiment("browser")
    table = training_table()
    runs = [log_run(number, table) for number in (1, 2, 3)]
    register(table, 1.0)
    register(table, 0.1)
    client = mlflow.MlflowClient()
    client.set_registered_model_alias(MODEL, "champion", "1")
    live = client.create_run(experiment.experiment_id, run_name="live-run")
    for step in range(5):
        client.log_metric(live.info.run_id, "loss", 1.0 - step / 10, step=step)
    print(json.dumps({"experiment": experiment.experiment_id, "runs": runs, "live": live.info.run_id, "baseline": table[["age", "income"]].to_csv(index=False)}))


if __name__ == "__main__":
    main()
