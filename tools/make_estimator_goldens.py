#!/usr/bin/env python3
"""Fits scikit-learn and XGBoost models and writes them down with what the libraries answer.

    make_estimator_goldens.py DIRECTORY            every estimator in every container, for the test of this moment
    make_estimator_goldens.py --small DIRECTORY    a few small models in one container: the fixtures of older releases
                                                   in src/inference/testdata/sklearn-<release> are made this way

DIRECTORY gets manifest.json, model files, frames (JSON columns) and expected values (raw little-endian float64).
"""

import argparse
import json
import math
import os
import pickle
import warnings
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
import sklearn
from sklearn import datasets
from sklearn.compose import ColumnTransformer, make_column_selector
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.ensemble import (
    ExtraTreesClassifier,
    ExtraTreesRegressor,
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.impute import SimpleImputer
from sklearn.linear_model import ElasticNet, Lasso, LinearRegression, LogisticRegression, Ridge
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import (
    FunctionTransformer,
    MaxAbsScaler,
    MinMaxScaler,
    OneHotEncoder,
    OrdinalEncoder,
    RobustScaler,
    StandardScaler,
)
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor, ExtraTreeClassifier

warnings.filterwarnings("ignore")
os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
VERSION = tuple(int(part) for part in sklearn.__version__.split(".")[:2])


# ---------------------------------------------------------------- containers


def save_cloudpickle(model, path):
    import cloudpickle

    path.write_bytes(cloudpickle.dumps(model))


def save_skops(model, path):
    import skops.io

    skops.io.dump(model, path)


CONTAINERS = {
    "pickle2": lambda model, path: path.write_bytes(pickle.dumps(model, protocol=2)),
    "pickle4": lambda model, path: path.write_bytes(pickle.dumps(model, protocol=4)),
    "pickle5": lambda model, path: path.write_bytes(pickle.dumps(model, protocol=5)),
    "cloudpickle": save_cloudpickle,
    "joblib": lambda model, path: joblib.dump(model, path),
    "joblib-zlib": lambda model, path: joblib.dump(model, path, compress=3),
    "joblib-xz": lambda model, path: joblib.dump(model, path, compress=("xz", 3)),
    "skops": save_skops,
}


# ---------------------------------------------------------------- what is written


def column_json(name, values):
    if values.dtype == object or str(values.dtype) in ("str", "string", "category"):
        texts = [None if value is None or value != value else str(value) for value in values]
        return {"name": name, "texts": texts}
    numbers = [None if math.isnan(value) else float(value) for value in values.astype(float)]
    return {"name": name, "numbers": numbers}


def frame_json(data):
    if isinstance(data, pd.DataFrame):
        columns = [column_json(str(name), data[name]) for name in data.columns]
    else:
        columns = [column_json("", data[:, i]) for i in range(data.shape[1])]
    return {"rows": len(data), "columns": columns}


def label_kind(labels):
    labels = np.asarray(labels)
    if labels.dtype == bool:
        return "boolean"
    if labels.dtype.kind in "iu":
        return "integer"
    if labels.dtype.kind == "f":
        return "real"
    return "text"


class Goldens:
    def __init__(self, folder, containers, row_limit):
        self.folder = folder
        self.containers = containers
        self.row_limit = row_limit
        self.cases = []
        self.skipped = []

    def write_values(self, name, values):
        np.ascontiguousarray(values, dtype="<f8").tofile(self.folder / name)
        return name

    def answers(self, name, model, data, bounds, max_ulp):
        """One dict a method: what the library answers for `data`."""
        found = []
        predicted = np.asarray(model.predict(data))
        answer = {"method": "predict", "kind": label_kind(predicted), "max_ulp": max_ulp["predict"]}
        if answer["kind"] == "text":
            answer["labels"] = [str(label) for label in predicted]
        else:
            answer["expected"] = self.write_values(f"{name}.predict.f64", predicted)
            if "predict" in bounds:
                answer["bounds"] = self.write_values(f"{name}.predict.bounds.f64", bounds["predict"])
        answer["width"] = predicted.shape[1] if predicted.ndim == 2 else 1
        answer["is_matrix"] = predicted.ndim == 2
        found.append(answer)
        if hasattr(model, "predict_proba"):
            proba = np.asarray(model.predict_proba(data), dtype=float)
            answer = {"method": "predict_proba", "kind": "real", "width": proba.shape[1], "is_matrix": True}
            answer["max_ulp"] = max_ulp["predict_proba"]
            answer["expected"] = self.write_values(f"{name}.proba.f64", proba)
            if "predict_proba" in bounds:
                answer["bounds"] = self.write_values(f"{name}.proba.bounds.f64", bounds["predict_proba"])
            found.append(answer)
        return found

    def add(self, name, model, data, *, bounds=None, ulp=0, proba_ulp=None, containers=None):
        max_ulp = {"predict": ulp, "predict_proba": ulp if proba_ulp is None else proba_ulp}
        kept = slice(None, None, max(1, len(data) // self.row_limit))
        data = data.iloc[kept] if isinstance(data, pd.DataFrame) else data[kept]
        bounds = {method: values[kept] for method, values in (bounds or {}).items()}
        answers = self.answers(name, model, data, bounds, max_ulp)
        frame = f"{name}.frame.json"
        (self.folder / frame).write_text(json.dumps(frame_json(data)))
        for container in containers or self.containers:
            path = self.folder / f"{name}.{container}.bin"
            try:
                CONTAINERS[container](model, path)
            except Exception as error:  # the library itself cannot write this model so
                self.skipped.append(f"{name}.{container}: {type(error).__name__}")
                path.unlink(missing_ok=True)
                continue
            self.cases.append({"name": name, "container": container, "model": path.name, "frame": frame, "answers": answers})

    def add_refusal(self, name, model, data, reason):
        path = self.folder / f"{name}.bin"
        CONTAINERS["pickle4"](model, path)
        frame = f"{name}.frame.json"
        (self.folder / frame).write_text(json.dumps(frame_json(data)))
        self.cases.append({"name": name, "container": "pickle4", "model": path.name, "frame": frame, "refusal": reason, "answers": []})

    def finish(self):
        indent = None if self.row_limit < 100 else 1
        manifest = {"sklearn": sklearn.__version__, "cases": self.cases, "skipped": self.skipped}
        (self.folder / "manifest.json").write_text(json.dumps(manifest, indent=indent))


# ---------------------------------------------------------------- data


def with_missing(x, share=0.1, seed=5):
    x = np.array(x, dtype=float, copy=True)
    x[np.random.default_rng(seed).random(x.shape) < share] = np.nan
    return x


def extremes(x, limit=1e30):
    """The first rows of x, then rows of zeros, huge and tiny values, and values between two float32 neighbours."""
    rows = [x[:60], np.zeros((1, x.shape[1])), np.full((1, x.shape[1]), limit), np.full((1, x.shape[1]), -limit)]
    rows += [np.full((1, x.shape[1]), 1e-300), np.nextafter(x[:30].astype(np.float32).astype(float), np.inf), x[:30] * (1 + 1e-9)]
    return np.vstack(rows)


def mixed_frame(rows=400, seed=3):
    """Numbers with holes, integers, booleans, text with holes and rare values, and a label."""
    random = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "amount": random.lognormal(3, 1, rows),
            "age": random.integers(18, 90, rows).astype(float),
            "is_new": random.random(rows) < 0.3,
            "city": random.choice(["Berlin", "Paris", "Zürich", "", "São Paulo"], rows, p=[0.4, 0.3, 0.2, 0.05, 0.05]),
            "plan": random.choice(["basic", "pro", "vip"], rows, p=[0.6, 0.39, 0.01]),
            "empty": np.full(rows, np.nan),
        }
    )
    frame["city"] = frame["city"].astype(object)
    frame["plan"] = frame["plan"].astype(object)
    frame.loc[random.random(rows) < 0.15, "amount"] = np.nan
    frame.loc[random.random(rows) < 0.1, "city"] = None
    score = frame["age"] / 90 + (frame["plan"] == "pro") + random.normal(0, 0.4, rows)
    return frame, (score > score.median()).astype(int).to_numpy()


# ---------------------------------------------------------------- bounds of linear models


def margin_bounds(x, coefficients, intercepts):
    """2 (n + 1) 2^-53 (sum |x w| + |b|) for every margin: what any order of summation keeps."""
    coefficients = np.atleast_2d(coefficients)
    total = np.abs(x) @ np.abs(coefficients).T + np.abs(intercepts)
    return 2 * (x.shape[1] + 1) * 2.0**-53 * total


def linear_bounds(model, x):
    return {"predict": margin_bounds(x, model.coef_, model.intercept_)}


def logistic_bounds(model, x):
    proba = model.predict_proba(x)
    margin = margin_bounds(x, model.coef_, model.intercept_).max(axis=1, keepdims=True)
    slope = np.minimum(proba, 1 - proba) + 1e-300
    return {"predict_proba": 2 * margin * slope + 8 * np.spacing(np.maximum(proba, 1 - proba))}


# ---------------------------------------------------------------- models


def add_trees(goldens, small):
    cancer = datasets.load_breast_cancer()
    wine = datasets.load_wine()
    diabetes = datasets.load_diabetes()
    trees = 2 if small else 12
    depth = 2 if small else 6
    if small:
        cancer.data, wine.data = cancer.data[:, :8], wine.data[:, :6]
    text = np.array(["malignant", "benign"], dtype=object)[cancer.target]
    goldens.add(
        "tree-binary", DecisionTreeClassifier(max_depth=depth, random_state=0).fit(cancer.data, cancer.target == 1), extremes(cancer.data)
    )
    goldens.add("forest-text", RandomForestClassifier(trees, max_depth=depth, random_state=0).fit(cancer.data, text), extremes(cancer.data))
    goldens.add(
        "forest-multi",
        RandomForestClassifier(trees, max_depth=depth, random_state=0, class_weight="balanced").fit(wine.data, wine.target * 10 - 5),
        extremes(wine.data),
    )
    binary = GradientBoostingClassifier(n_estimators=trees, random_state=0).fit(cancer.data, cancer.target)
    # Before 1.4 the start of the scores came from numpy's vector log, whose last bit depends on the processor.
    goldens.add("gb-binary", binary, extremes(cancer.data), proba_ulp=8 if VERSION < (1, 4) else 0)
    goldens.add(
        "gb-multi",
        GradientBoostingClassifier(n_estimators=trees, max_depth=2, random_state=0).fit(wine.data, wine.target),
        extremes(wine.data),
        proba_ulp=8,
    )
    holes = with_missing(cancer.data)
    bins = 16 if small else 255
    goldens.add(
        "hist-binary",
        HistGradientBoostingClassifier(max_iter=trees, max_bins=bins, max_leaf_nodes=8, random_state=0).fit(holes, cancer.target),
        with_missing(extremes(cancer.data), seed=9),
    )
    categorical = np.column_stack([wine.data, np.arange(len(wine.data)) % 7])
    last = categorical.shape[1] - 1
    tricky = categorical[:60].copy()
    tricky[:, last] = [np.nan, -1, 7, 200, 6, 0, 3, 5, np.nan, 2] * 6
    target = (wine.target + categorical[:, last]) % 3
    grouped = HistGradientBoostingClassifier(
        max_iter=trees, max_bins=bins, max_leaf_nodes=6, min_samples_leaf=5, categorical_features=[last], random_state=0
    )
    goldens.add("hist-categorical", grouped.fit(categorical, target), tricky, proba_ulp=4)
    if small:
        return
    goldens.add(
        "tree-regression",
        DecisionTreeRegressor(max_depth=depth, random_state=0).fit(diabetes.data, diabetes.target),
        extremes(diabetes.data),
    )
    goldens.add(
        "forest-regression",
        RandomForestRegressor(trees, max_depth=depth, random_state=0).fit(diabetes.data, diabetes.target),
        extremes(diabetes.data),
    )
    goldens.add(
        "gb-regression",
        GradientBoostingRegressor(n_estimators=trees, random_state=0).fit(diabetes.data, diabetes.target),
        extremes(diabetes.data),
    )
    goldens.add(
        "tree-extra", ExtraTreeClassifier(max_depth=depth, random_state=0).fit(wine.data, wine.target.astype(float)), extremes(wine.data)
    )
    goldens.add(
        "tree-missing",
        DecisionTreeClassifier(max_depth=depth, random_state=0).fit(holes, cancer.target),
        with_missing(extremes(cancer.data), seed=8),
    )
    goldens.add(
        "forest-missing",
        RandomForestClassifier(trees, max_depth=depth, random_state=0).fit(holes, cancer.target),
        with_missing(extremes(cancer.data), seed=8),
    )
    goldens.add(
        "forest-deep",
        RandomForestClassifier(40, random_state=1).fit(*datasets.make_classification(1500, 12, n_informative=8, random_state=2)),
        extremes(datasets.make_classification(400, 12, random_state=4)[0]),
    )
    two = np.column_stack([diabetes.target, -diabetes.target])
    goldens.add(
        "forest-two-outputs", RandomForestRegressor(trees, max_depth=depth, random_state=0).fit(diabetes.data, two), extremes(diabetes.data)
    )
    goldens.add(
        "extra-trees", ExtraTreesClassifier(trees, max_depth=depth, random_state=0).fit(wine.data, wine.target), extremes(wine.data)
    )
    goldens.add(
        "extra-regression",
        ExtraTreesRegressor(trees, max_depth=depth, random_state=0).fit(diabetes.data, diabetes.target),
        extremes(diabetes.data),
    )
    many = datasets.load_digits()
    goldens.add("forest-digits", RandomForestClassifier(trees, random_state=0).fit(many.data, many.target), many.data[:80])
    goldens.add(
        "gb-exponential",
        GradientBoostingClassifier(loss="exponential", n_estimators=trees, random_state=0).fit(cancer.data, cancer.target),
        extremes(cancer.data),
    )
    goldens.add(
        "gb-zero",
        GradientBoostingRegressor(init="zero", loss="huber", n_estimators=trees, random_state=0).fit(diabetes.data, diabetes.target),
        extremes(diabetes.data),
    )
    goldens.add(
        "gb-init-forest",
        GradientBoostingRegressor(init=RandomForestRegressor(3, random_state=0), n_estimators=trees, random_state=0).fit(
            diabetes.data, diabetes.target
        ),
        extremes(diabetes.data),
    )
    goldens.add(
        "gb-init-tree",
        GradientBoostingClassifier(init=DecisionTreeClassifier(max_depth=2), n_estimators=trees, random_state=0).fit(
            cancer.data, cancer.target
        ),
        extremes(cancer.data),
    )
    goldens.add(
        "hist-multi",
        HistGradientBoostingClassifier(max_iter=trees, random_state=0).fit(wine.data, wine.target),
        with_missing(extremes(wine.data)),
        proba_ulp=4,
    )
    goldens.add(
        "hist-regression",
        HistGradientBoostingRegressor(max_iter=trees, random_state=0).fit(with_missing(diabetes.data), diabetes.target),
        with_missing(extremes(diabetes.data)),
    )
    goldens.add(
        "hist-poisson",
        HistGradientBoostingRegressor(loss="poisson", max_iter=trees, random_state=0).fit(diabetes.data, diabetes.target),
        extremes(diabetes.data),
        ulp=2,
    )
    goldens.add(
        "hist-infinite",
        HistGradientBoostingClassifier(max_iter=5, random_state=0).fit(cancer.data, cancer.target),
        np.vstack([cancer.data[:3], np.full((1, 30), 1e308)]),
    )
    goldens.add_refusal("refuse-missing", binary, with_missing(cancer.data[:5], share=0.5), "missing_value")
    goldens.add_refusal("refuse-overflow", binary, np.full((2, 30), 1e39), "infinite_value")
    goldens.add_refusal("refuse-width", binary, cancer.data[:3, :29], "wrong_width")


def add_linear(goldens, small):
    cancer = datasets.load_breast_cancer()
    wine = datasets.load_wine()
    diabetes = datasets.load_diabetes()
    scaled = StandardScaler().fit_transform(wine.data[:, :6] if small else wine.data)
    binary = LogisticRegression(max_iter=5000).fit(scaled, wine.target == 1)
    goldens.add("logistic-binary", binary, scaled, bounds=logistic_bounds(binary, scaled))
    multi = LogisticRegression(max_iter=5000).fit(scaled, wine.target)
    goldens.add("logistic-multi", multi, scaled, bounds=logistic_bounds(multi, scaled))
    if VERSION < (1, 8):
        over = LogisticRegression(solver="liblinear").fit(scaled, wine.target)
        bounds = {"predict_proba": 10 * logistic_bounds(over, scaled)["predict_proba"]}
        goldens.add("logistic-ovr", over, scaled, bounds=bounds)
        forced = LogisticRegression(multi_class="multinomial", max_iter=5000).fit(scaled, wine.target == 1)
        bounds = {"predict_proba": 2 * logistic_bounds(forced, scaled)["predict_proba"]}
        goldens.add("logistic-forced", forced, scaled, bounds=bounds)
    if small:
        return
    for name, model in {"linear": LinearRegression(), "ridge": Ridge(), "lasso": Lasso(0.1), "elastic-net": ElasticNet(0.01)}.items():
        model.fit(diabetes.data, diabetes.target)
        goldens.add(name, model, diabetes.data, bounds=linear_bounds(model, diabetes.data))
    two = LinearRegression().fit(diabetes.data, np.column_stack([diabetes.target, diabetes.target**2]))
    goldens.add("linear-two-outputs", two, diabetes.data, bounds=linear_bounds(two, diabetes.data))
    piped = make_pipeline(StandardScaler(), LogisticRegression(max_iter=5000)).fit(cancer.data, cancer.target)
    inner = piped[0].transform(cancer.data)
    goldens.add(
        "scaled-max", make_pipeline(MaxAbsScaler(), DecisionTreeClassifier(random_state=0)).fit(cancer.data, cancer.target), cancer.data
    )
    goldens.add("scaled-logistic", piped, cancer.data, bounds=logistic_bounds(piped[1], inner))
    search = GridSearchCV(Ridge(), {"alpha": [0.1, 1.0]}).fit(diabetes.data, diabetes.target)
    goldens.add("search", search, diabetes.data, bounds=linear_bounds(search.best_estimator_, diabetes.data))
    goldens.add_refusal("refuse-infinite", binary, np.full((1, 13), np.nan), "missing_value")


def preprocessing(infrequent):
    rare = {"min_frequency": 10, "handle_unknown": "infrequent_if_exist"} if infrequent else {"handle_unknown": "ignore"}
    return ColumnTransformer(
        [
            ("numbers", make_pipeline(SimpleImputer(strategy="median", add_indicator=True), StandardScaler()), ["amount", "age", "empty"]),
            ("text", make_pipeline(SimpleImputer(strategy="most_frequent"), OneHotEncoder(**rare)), ["city", "plan"]),
            ("log", FunctionTransformer(np.log1p), ["age"]),
        ],
        remainder="passthrough",
    )


def tricky_rows(frame):
    rows = frame.head(80).copy()
    rows.loc[:5, "city"] = ["Berlin", None, "Atlantis", "", "Zürich", "paris"]
    rows.loc[:5, "plan"] = ["vip", "basic", "pro", "none such", "PRO", "basic"]
    rows.loc[6:12, "amount"] = [0.0, -1.0, 1e20, np.nan, 1e-20, 5e-324, 1.0]
    return rows


def add_pipelines(goldens, small):
    frame, label = mixed_frame()
    rows = tricky_rows(frame)
    forest = dict(n_estimators=2 if small else 10, max_depth=2 if small else 5, random_state=0)
    model = Pipeline([("prepare", preprocessing(infrequent=True)), ("model", RandomForestClassifier(**forest))]).fit(frame, label)
    goldens.add("pipeline-forest", model, rows)
    if small:
        return
    shuffled = rows[["plan", "empty", "age", "city", "is_new", "amount"]].assign(extra=1.0)
    goldens.add("pipeline-shuffled", model, shuffled, containers=["pickle5"])
    model = Pipeline(
        [("prepare", preprocessing(infrequent=False)), ("model", GradientBoostingClassifier(n_estimators=10, random_state=0))]
    ).fit(frame, label)
    goldens.add("pipeline-gb", model, rows)
    ordinal = ColumnTransformer(
        [
            ("text", OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1, encoded_missing_value=-2), ["city", "plan"]),
            (
                "numbers",
                make_pipeline(SimpleImputer(strategy="constant", fill_value=-7.5, keep_empty_features=True), MinMaxScaler(clip=True)),
                [0, 1, 5],
            ),
            ("robust", make_pipeline(SimpleImputer(), RobustScaler()), slice(1, 2)),
        ]
    )
    goldens.add(
        "pipeline-ordinal",
        Pipeline([("prepare", ordinal), ("model", RandomForestRegressor(**forest))]).fit(frame, label.astype(float)),
        rows,
    )
    rare = ColumnTransformer(
        [
            ("drop", OneHotEncoder(drop="first", handle_unknown="error", sparse_output=False), ["is_new", "plan"]),
            ("if_binary", OneHotEncoder(drop="if_binary", max_categories=3, handle_unknown="infrequent_if_exist"), ["city"]),
            (
                "ordinal",
                OrdinalEncoder(min_frequency=30, handle_unknown="use_encoded_value", unknown_value=np.nan),
                make_column_selector(dtype_include=object),
            ),
            ("kept", "passthrough", ["age"]),
            ("gone", "drop", ["empty"]),
        ]
    )
    fitted = Pipeline(
        [("prepare", rare), ("skipped", "passthrough"), ("model", HistGradientBoostingClassifier(max_iter=8, random_state=0))]
    ).fit(frame, label)
    known = rows[rows["plan"].isin(["basic", "pro", "vip"])]
    goldens.add("pipeline-hist", fitted, known)
    goldens.add_refusal("refuse-category", fitted, rows, "unknown_category")
    arrays = make_pipeline(
        SimpleImputer(strategy="mean"),
        ColumnTransformer([("scaled", StandardScaler(), np.array([True] * 15 + [False] * 15))], remainder="passthrough"),
        ExtraTreesClassifier(**forest),
    )
    cancer = datasets.load_breast_cancer()
    goldens.add("pipeline-arrays", arrays.fit(with_missing(cancer.data), cancer.target), with_missing(cancer.data[:100], seed=3))
    text_fill = make_pipeline(
        ColumnTransformer(
            [
                (
                    "fill",
                    make_pipeline(SimpleImputer(strategy="constant", fill_value="none"), OneHotEncoder(handle_unknown="ignore")),
                    ["city"],
                )
            ]
        ),
        DecisionTreeClassifier(random_state=0),
    )
    goldens.add("pipeline-text-fill", text_fill.fit(frame, label), rows)
    if VERSION >= (1, 4):
        native = frame.drop(columns=["empty"]).astype({"city": "category", "plan": "category"})
        hist = HistGradientBoostingClassifier(max_iter=10, categorical_features=["city", "plan"], random_state=0).fit(native, label)
        as_category = rows.drop(columns=["empty"])
        goldens.add("hist-text-categories", hist, as_category)
    goldens.add("dummy", DummyClassifier(strategy="most_frequent").fit(frame, label), rows, containers=["pickle5", "skops"])
    goldens.add("dummy-regression", DummyRegressor(strategy="median").fit(frame, label), rows, containers=["pickle5", "skops"])


def add_boosters(goldens):
    import xgboost

    cancer = datasets.load_breast_cancer()
    wine = datasets.load_wine()
    diabetes = datasets.load_diabetes()
    holes = with_missing(cancer.data)
    binary = xgboost.XGBClassifier(n_estimators=10, max_depth=3).fit(holes, cancer.target)
    goldens.add("xgb-binary", binary, with_missing(cancer.data[:100], seed=2))
    multi = xgboost.XGBClassifier(n_estimators=5, max_depth=3).fit(wine.data, wine.target)
    goldens.add("xgb-multi", multi, wine.data)
    goldens.add("xgb-regression", xgboost.XGBRegressor(n_estimators=10, max_depth=3).fit(diabetes.data, diabetes.target), diabetes.data)
    early = xgboost.XGBClassifier(n_estimators=60, max_depth=4, early_stopping_rounds=3, missing=-1.0)
    early.fit(
        np.nan_to_num(holes, nan=-1)[:400],
        cancer.target[:400],
        eval_set=[(np.nan_to_num(holes, nan=-1)[400:], cancer.target[400:])],
        verbose=False,
    )
    goldens.add("xgb-early", early, np.nan_to_num(holes, nan=-1)[:120])
    frame, label = mixed_frame()
    piped = Pipeline([("prepare", preprocessing(infrequent=True)), ("model", xgboost.XGBClassifier(n_estimators=8, max_depth=3))]).fit(
        frame, label
    )
    goldens.add("xgb-pipeline", piped, tricky_rows(frame))


def add_folder(goldens, name, save, data):
    """An MLflow model folder; the answer is that of MLflow's own pyfunc."""
    import mlflow

    folder = goldens.folder / f"{name}.folder"
    save(str(folder))
    answer = np.asarray(mlflow.pyfunc.load_model(str(folder)).predict(data))
    found = {"method": "default", "kind": label_kind(answer), "max_ulp": 0, "is_matrix": answer.ndim == 2}
    found["width"] = answer.shape[1] if answer.ndim == 2 else 1
    found["expected"] = goldens.write_values(f"{name}.default.f64", answer)
    frame = f"{name}.frame.json"
    (goldens.folder / frame).write_text(json.dumps(frame_json(data)))
    goldens.cases.append({"name": name, "container": "mlflow", "model": folder.name, "frame": frame, "answers": [found]})


def add_folders(goldens):
    import mlflow
    import mlflow.sklearn
    import mlflow.xgboost
    import xgboost

    cancer = datasets.load_breast_cancer(as_frame=True)
    data, rows = cancer.data.iloc[:, :6], cancer.data.iloc[:40, :6]
    signature = mlflow.models.infer_signature(rows, cancer.target[:40])
    common = {"signature": signature, "pip_requirements": ["scikit-learn"]}
    forest = RandomForestClassifier(5, max_depth=4, random_state=0).fit(data, cancer.target)
    trusted = ["sklearn.tree._tree.Tree", "numpy.dtype"]
    cloudpickle = {"sk_model": forest, "serialization_format": "cloudpickle", **common}
    add_folder(goldens, "folder-cloudpickle", lambda path: mlflow.sklearn.save_model(path=path, **cloudpickle), rows)
    proba = {**cloudpickle, "pyfunc_predict_fn": "predict_proba"}
    add_folder(goldens, "folder-proba", lambda path: mlflow.sklearn.save_model(path=path, **proba), rows)
    skops = {"sk_model": forest, "serialization_format": "skops", "skops_trusted_types": trusted, **common}
    add_folder(goldens, "folder-skops", lambda path: mlflow.sklearn.save_model(path=path, **skops), rows)
    common["pip_requirements"] = ["xgboost"]
    classifier = xgboost.XGBClassifier(n_estimators=5, max_depth=3).fit(data, cancer.target)
    add_folder(goldens, "folder-xgb-classifier", lambda path: mlflow.xgboost.save_model(classifier, path, **common), rows)
    booster = classifier.get_booster()
    add_folder(goldens, "folder-xgb-booster", lambda path: mlflow.xgboost.save_model(booster, path, **common), rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true")
    parser.add_argument("directory", type=Path)
    arguments = parser.parse_args()
    arguments.directory.mkdir(parents=True, exist_ok=True)
    containers = ["joblib-xz"] if arguments.small else list(CONTAINERS)
    goldens = Goldens(arguments.directory, containers, row_limit=10 if arguments.small else 10_000)
    add_trees(goldens, arguments.small)
    add_linear(goldens, arguments.small)
    add_pipelines(goldens, arguments.small)
    if not arguments.small:
        add_boosters(goldens)
        add_folders(goldens)
    goldens.finish()


if __name__ == "__main__":
    main()
