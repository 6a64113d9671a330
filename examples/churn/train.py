"""Trains three models on the customers of 1997-09-30 and logs them. Knows the server only by its URL: any MLflow server would do.

python -m examples.churn.train --tracking-uri http://127.0.0.1:5000
"""

from __future__ import annotations

import argparse
import json
import tempfile
from dataclasses import dataclass
from pathlib import Path

import matplotlib

matplotlib.use("Agg")

import mlflow
import numpy as np
import pandas as pd
from matplotlib import pyplot as plt
from mlflow.models import infer_signature
from sklearn.ensemble import RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, f1_score, log_loss, roc_auc_score, roc_curve
from sklearn.model_selection import train_test_split
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler
from xgboost import XGBClassifier

from examples.churn import data

MODEL = "churn"
EXPERIMENT = "customer_churn"
SKOPS_TYPES = ["numpy.dtype", "sklearn.tree._tree.Tree"]


@dataclass
class Split:
    train: pd.DataFrame
    test: pd.DataFrame
    train_labels: pd.Series
    test_labels: pd.Series


def make_split() -> Split:
    purchases = data.load_purchases()
    features = data.features_at(purchases, data.TRAINING_CUT)
    labels = data.labels_at(purchases, data.TRAINING_CUT, features.index)
    parts = train_test_split(features, labels, test_size=0.25, random_state=7, stratify=labels)
    return Split(*parts)


def log_training_data(split: Split) -> None:
    """The table that the model learns from: an artifact of the run, and its dataset input."""
    table = split.train.assign(churned=split.train_labels)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "training.parquet"
        table.to_parquet(path, index=False)
        mlflow.log_artifact(str(path), "data")
        dataset = mlflow.data.from_pandas(table, source=str(path), targets="churned", name=f"cdnow-{data.TRAINING_CUT}")
        mlflow.log_input(dataset, context="training")


def log_results(model, split: Split) -> float:
    scores = model.predict_proba(split.test)[:, 1]
    guesses = (scores >= 0.5).astype(int)
    metrics = {
        "accuracy": accuracy_score(split.test_labels, guesses),
        "f1": f1_score(split.test_labels, guesses),
        "roc_auc": roc_auc_score(split.test_labels, scores),
        "log_loss": log_loss(split.test_labels, scores),
    }
    mlflow.log_metrics(metrics)
    false_positives, true_positives, _ = roc_curve(split.test_labels, scores)
    figure, axes = plt.subplots(figsize=(4, 4))
    axes.plot(false_positives, true_positives)
    axes.set(xlabel="false positive rate", ylabel="true positive rate", title=f"AUC {metrics['roc_auc']:.3f}")
    mlflow.log_figure(figure, "roc.png")
    plt.close(figure)
    return metrics["roc_auc"]


def train_logistic_regression(split: Split):
    model = Pipeline([("impute", SimpleImputer(strategy="median")), ("scale", StandardScaler()), ("model", LogisticRegression(C=0.5))])
    mlflow.log_params({"imputer": "median", "C": 0.5})
    return model.fit(split.train, split.train_labels)


def train_random_forest(split: Split):
    model = RandomForestClassifier(n_estimators=100, max_depth=10, min_samples_leaf=20, random_state=7, n_jobs=1)
    mlflow.log_params({"n_estimators": 100, "max_depth": 10, "min_samples_leaf": 20})
    return model.fit(split.train, split.train_labels)


def train_xgboost(split: Split):
    model = XGBClassifier(n_estimators=120, max_depth=4, learning_rate=0.08, eval_metric="logloss", random_state=7, n_jobs=1)
    mlflow.log_params({"n_estimators": 120, "max_depth": 4, "learning_rate": 0.08})
    evaluation = [(split.train, split.train_labels), (split.test, split.test_labels)]
    model.fit(split.train, split.train_labels, eval_set=evaluation, verbose=False)
    curves = model.evals_result()
    for step, (train, test) in enumerate(zip(curves["validation_0"]["logloss"], curves["validation_1"]["logloss"], strict=True)):
        mlflow.log_metrics({"train_log_loss": train, "test_log_loss": test}, step=step)
    return model


def log_model(kind: str, model, split: Split):
    example = split.train.head(3)
    options = {"name": "model", "signature": infer_signature(example, model.predict(example)), "input_example": example}
    if kind == "xgboost":
        return mlflow.xgboost.log_model(model, model_format="ubj", **options)
    if kind == "random_forest":  # the default format, skops, wants the types that it may build to be named
        return mlflow.sklearn.log_model(model, skops_trusted_types=SKOPS_TYPES, **options)
    return mlflow.sklearn.log_model(model, serialization_format="cloudpickle", **options)


TRAINERS = {"logistic_regression": train_logistic_regression, "random_forest": train_random_forest, "xgboost": train_xgboost}


def train_all(split: Split) -> list[dict]:
    """Three runs; each as {kind, run_id, model_uri, roc_auc}."""
    runs = []
    for kind, trainer in TRAINERS.items():
        with mlflow.start_run(run_name=kind.replace("_", "-")) as run:
            mlflow.set_tag("cut", data.TRAINING_CUT)
            log_training_data(split)
            model = trainer(split)
            roc_auc = log_results(model, split)
            info = log_model(kind, model, split)
        runs.append({"kind": kind, "run_id": run.info.run_id, "model_uri": info.model_uri, "roc_auc": roc_auc})
    return runs


def register(runs: list[dict]) -> None:
    """The best run becomes version 1 (champion), the next best version 2 (challenger)."""
    client = mlflow.MlflowClient()
    ranked = sorted(runs, key=lambda run: run["roc_auc"], reverse=True)
    for run, alias in zip(ranked, ("champion", "challenger"), strict=False):
        version = mlflow.register_model(run["model_uri"], MODEL)
        client.set_registered_model_alias(MODEL, alias, version.version)
        run.update(version=version.version, alias=alias)


def train_broken(split: Split) -> dict:
    """A model that learned from shuffled labels becomes the next version: what a broken pipeline would ship."""
    shuffled = pd.Series(np.random.default_rng(8).permutation(split.train_labels), index=split.train_labels.index, name="churned")
    broken = Split(split.train, split.test, shuffled, split.test_labels)
    with mlflow.start_run(run_name="broken-labels") as run:
        log_training_data(broken)
        model = train_random_forest(broken)
        roc_auc = log_results(model, split)
        info = log_model("random_forest", model, split)
    version = mlflow.register_model(info.model_uri, MODEL)
    return {"kind": "broken", "run_id": run.info.run_id, "model_uri": info.model_uri, "roc_auc": roc_auc, "version": version.version}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tracking-uri", required=True, help="URL of the server")
    parser.add_argument("--broken", action="store_true", help="train the version with shuffled labels instead")
    arguments = parser.parse_args()
    mlflow.set_tracking_uri(arguments.tracking_uri)
    mlflow.set_experiment(EXPERIMENT)
    split = make_split()
    if arguments.broken:
        print(json.dumps(train_broken(split)))
        return
    runs = train_all(split)
    register(runs)
    print(json.dumps(runs))


if __name__ == "__main__":
    main()
