#!/usr/bin/env python3
"""Writes model files of real libraries, and beside each what is in it.

usage: make_model_goldens.py FOLDER [--small]

FOLDER/objects/<model>.<container>   scikit-learn models as pickle (protocol 0 to 5), cloudpickle, joblib (with every
                                     compression) and skops
FOLDER/objects/<model>.expected      one JSON object a line: {"p": path, "t": type, "v": value}, read from the live object
FOLDER/xgboost/<model>.<json|ubj|handle>
FOLDER/xgboost/<model>.expected      JSON: rows, margins and predictions as hexadecimal float32 numbers
FOLDER/arrays/<name>.npy + .expected

Numbers are written in hexadecimal, so that readers are compared bit by bit. --small writes the few that are kept in
the tree (src/inference/testdata).
"""

import argparse
import functools
import io
import json
import pathlib
import pickle
import zipfile

import cloudpickle
import joblib
import numpy as np
import scipy.sparse
import skops.io
import xgboost
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import (
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    IsolationForest,
    RandomForestClassifier,
)
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler
from sklearn.tree import DecisionTreeRegressor

SKIPPED = (np.random.RandomState, np.random.Generator)
MAX_DEPTH = 14


def hexadecimal(array):
    return [float(x).hex() for x in np.asarray(array, dtype=np.float64).ravel(order="C")]


class Expectations:
    """Walks a live object and writes down what a reader must find."""

    def __init__(self):
        self.lines = []

    def add(self, path, kind, value):
        self.lines.append(json.dumps({"p": path, "t": kind, "v": value}))

    def walk(self, path, value, depth=0):
        if depth > MAX_DEPTH or isinstance(value, SKIPPED):
            return
        if value is None:
            self.add(path, "none", "")
        elif isinstance(value, (bool, np.bool_)):
            self.add(path, "bool", bool(value))
        elif isinstance(value, (int, np.integer)):
            self.add(path, "int", str(int(value)))
        elif isinstance(value, (float, np.floating)):
            self.add(path, "real", float(value).hex())
        elif isinstance(value, str):
            self.add(path, "str", str(value))
        elif isinstance(value, (bytes, bytearray)):
            self.add(path, "bytes", bytes(value).hex())
        elif isinstance(value, np.ma.MaskedArray):
            self.walk(path + ["a:data"], np.asarray(value.data), depth + 1)
            self.walk(path + ["a:mask"], np.ma.getmaskarray(value), depth + 1)
        elif isinstance(value, np.ndarray):
            self.array(path, value, depth)
        elif isinstance(value, np.dtype):
            self.add(path, "dtype", value.str)
        elif isinstance(value, (list, tuple)) and type(value) in (list, tuple):
            self.add(path, type(value).__name__, len(value))
            for i, item in enumerate(value):
                self.walk(path + [f"i:{i}"], item, depth + 1)
        elif isinstance(value, (set, frozenset)):
            self.add(path, "set", len(value))
        elif isinstance(value, dict):
            self.add(path, "dict", len(value))
            for key, item in value.items():
                if isinstance(key, str):
                    self.walk(path + [f"k:{key}"], item, depth + 1)
        elif isinstance(value, type):
            self.add(path, "symbol", f"{value.__module__}.{value.__qualname__}")
        elif isinstance(value, functools.partial):
            self.add(path, "partial", len(value.keywords))
            self.walk(path + ["i:1"], value.args, depth + 1)
            self.walk(path + ["i:2"], dict(value.keywords), depth + 1)
        elif isinstance(value, slice):
            self.add(path, "slice", "")
            for i, part in enumerate((value.start, value.stop, value.step)):
                self.walk(path + [f"i:{i}"], part, depth + 1)
        elif scipy.sparse.issparse(value):
            self.add(path, "class", type(value).__name__)
            for name in ("data", "indices", "indptr"):
                self.walk(path + [f"a:{name}"], getattr(value, name), depth + 1)
            self.walk(path + ["a:_shape"], tuple(int(n) for n in value.shape), depth + 1)
        else:
            self.instance(path, value, depth)

    def array(self, path, value, depth):
        shape = list(value.shape)
        if value.dtype == object:
            self.add(path, "objects", shape)
            for i, item in enumerate(value.ravel(order="C")):
                self.walk(path + [f"i:{i}"], item, depth + 1)
        elif value.dtype.names:
            self.add(path, "shape", shape)
            for name in value.dtype.names:
                self.add(path, "field", [name, hexadecimal(value[name])])
        elif value.dtype.kind in "US":
            texts = [x if isinstance(x, str) else x.decode() for x in value.ravel(order="C").tolist()]
            self.add(path, "texts", [shape, texts])
        elif value.dtype.kind in "fiub":
            self.add(path, "array", [shape, hexadecimal(value)])
        else:
            self.add(path, "shape", shape)

    def instance(self, path, value, depth):
        name = type(value).__name__
        if type(value).__module__.startswith(("sklearn._loss", "_loss", "functools", "numpy", "builtins")):
            return
        reduced = value.__reduce__() if name == "Tree" else None
        state = reduced[2] if reduced else getattr(value, "__getstate__", lambda: None)()
        if not isinstance(state, dict):
            return
        self.add(path, "class", name)
        for key, item in state.items():
            self.walk(path + [f"a:{key}"], item, depth + 1)
        if reduced:
            for i, item in enumerate(reduced[1]):
                self.walk(path + [f"i:{i}"], item, depth + 1)


def objects():
    rng = np.random.default_rng(7)
    numbers = rng.normal(size=(60, 3))
    labels = (numbers[:, 0] + 0.3 * rng.normal(size=60) > 0).astype(int)
    holes = numbers.copy()
    holes[::7, 1] = np.nan
    import pandas

    frame = pandas.DataFrame({"age": holes[:, 1], "spend": numbers[:, 0], "city": ["rome", "oslo", "bonn"] * 20})
    columns = ColumnTransformer(
        [
            ("numbers", make_pipeline(SimpleImputer(), StandardScaler()), ["age", "spend"]),
            ("city", OneHotEncoder(handle_unknown="ignore"), ["city"]),
        ]
    )
    yield "pipeline", make_pipeline(columns, LogisticRegression()).fit(frame, np.where(labels, "yes", "no"))
    yield "forest", RandomForestClassifier(n_estimators=2, max_depth=2, random_state=1, n_jobs=1).fit(numbers, labels)
    yield "tree", DecisionTreeRegressor(max_depth=3, random_state=1).fit(holes, numbers[:, 2])
    yield "boosting", GradientBoostingClassifier(n_estimators=3, max_depth=2, random_state=1).fit(numbers, labels + (numbers[:, 1] > 1))
    hist = HistGradientBoostingClassifier(max_iter=2, max_leaf_nodes=4, categorical_features=[2], random_state=1)
    yield "histogram", hist.fit(np.column_stack([holes[:, :2], np.arange(60) % 4]), labels)
    yield "knn", KNeighborsClassifier(2, algorithm="kd_tree").fit(numbers, labels)
    yield "mlp", MLPClassifier((3,), max_iter=3, random_state=1).fit(numbers, labels)
    yield "isolation", IsolationForest(n_estimators=2, max_samples=8, random_state=1, n_jobs=1).fit(numbers)
    texts = ["the cat sat", "a dog ran", "é naïve café", "the dog sat"]
    yield "tfidf", make_pipeline(TfidfVectorizer(), LogisticRegression()).fit(texts, [0, 1, 1, 0])
    yield "function", make_pipeline(FunctionTransformer(np.log1p), StandardScaler()).fit(np.abs(numbers))
    yield "search", GridSearchCV(LogisticRegression(), {"C": [0.1, 1.0]}, cv=2).fit(numbers, labels)
    yield "xgboost", xgboost.XGBClassifier(n_estimators=2, max_depth=2, n_jobs=1).fit(numbers, labels)
    yield (
        "odds",
        {
            "fortran": np.asfortranarray(numbers[:4]),
            "big": np.arange(6, dtype=">i4").reshape(2, 3),
            "half": np.array([1.5, -0.0, 65504, 6e-8, np.inf], dtype=np.float16),
            "bools": np.array([True, False]),
            "texts": np.array(["a", "bé", "", "𝄞"]),
            "scalar": np.float32(0.1),
            "transposed": np.arange(24.0).reshape(2, 3, 4).transpose(1, 2, 0),
            "strided": np.arange(20)[::3],
            "nested": (1, [2.5, None, {"x": -(2**40)}], "z"),
            "huge": 2**100,
            "slice": slice(1, None, 2),
            "partial": functools.partial(pow, 2, mod=5),
            "set": {1, 2},
            "type": dict,
            "empty": np.zeros((0, 3)),
            "zero_d": np.array(3.5),
            "csr": scipy.sparse.csr_matrix(np.diag([1.0, 2.0])),
            "objects": np.array([["a", 1], [None, 2.5]], dtype=object),
            "dtype": np.dtype("<f4"),
            "bytes": b"\x00\xff" * 200,
        },
    )


SMALL = {"pipeline", "forest", "histogram", "odds"}


def containers(name, model, small):
    def pickled(protocol):
        return pickle.dumps(model, protocol=protocol)

    yield "pickle5", cloudpickle.dumps(model, protocol=5)
    yield "pickle2", pickled(2)
    yield "pickle0", pickled(0)
    if not small:
        yield "pickle1", pickled(1)
        yield "pickle3", pickled(3)
        yield "pickle4", pickled(4)
    compressions = [("joblib", 0), ("joblib-zlib", ("zlib", 3))]
    if not small:
        compressions += [(f"joblib-{c}", (c, 3)) for c in ("gzip", "bz2", "lzma", "xz")]
    for suffix, compress in compressions:
        stream = io.BytesIO()
        joblib.dump(model, stream, compress=compress)
        yield suffix, stream.getvalue()
    if name == "odds":
        return  # skops writes models, not everything
    deflated = io.BytesIO()
    skops.io.dump(model, deflated, compression=zipfile.ZIP_DEFLATED)
    yield "skops", deflated.getvalue()
    if not small:
        yield "skops-stored", skops.io.dumps(model)


def write_objects(folder, small):
    folder.mkdir(parents=True, exist_ok=True)
    for name, model in objects():
        if small and name not in SMALL:
            continue
        expectations = Expectations()
        expectations.walk([], model)
        (folder / f"{name}.expected").write_text("\n".join(expectations.lines) + "\n")
        for suffix, content in containers(name, model, small):
            (folder / f"{name}.{suffix}").write_bytes(content)


def boosters(small):
    rng = np.random.default_rng(11)
    rows = rng.normal(size=(300, 5)).astype(np.float32)
    rows[rng.random(rows.shape) < 0.1] = np.nan
    clean = np.nan_to_num(rows)
    binary = (clean[:, 0] + clean[:, 1] * clean[:, 2] > 0).astype(int)
    many = (np.digitize(clean[:, 0], [-0.5, 0.5])).astype(int)
    positive = np.exp(clean[:, 0]) + 0.1
    common = {"max_depth": 4, "nthread": 1, "seed": 1, "eta": 0.3}

    def train(objective, label, rounds=4 if small else 12, **parameters):
        matrix = xgboost.DMatrix(rows, label=label)
        return xgboost.train({**common, "objective": objective, **parameters}, matrix, num_boost_round=rounds), rows

    yield "binary_logistic", *train("binary:logistic", binary)
    yield "binary_logitraw", *train("binary:logitraw", binary, base_score=0.3)
    yield "binary_hinge", *train("binary:hinge", binary)
    yield "multi_softprob", *train("multi:softprob", many, num_class=3)
    yield "multi_softmax", *train("multi:softmax", many, num_class=3)
    yield "squarederror", *train("reg:squarederror", clean[:, 0])
    yield "absoluteerror", *train("reg:absoluteerror", clean[:, 0])
    yield "quantile", *train("reg:quantileerror", clean[:, 0], quantile_alpha=[0.1, 0.9])
    yield "reg_logistic", *train("reg:logistic", binary)
    yield "poisson", *train("count:poisson", np.floor(positive))
    yield "gamma", *train("reg:gamma", positive)
    yield "tweedie", *train("reg:tweedie", positive)
    yield "pairwise", *train("rank:pairwise", many)
    yield "parallel", *train("binary:logistic", binary, rounds=3, num_parallel_tree=4, subsample=0.7)
    yield "dart", *train("binary:logistic", binary, booster="dart", rate_drop=0.5, skip_drop=0.1)
    yield "dart_multi", *train("multi:softprob", many, num_class=3, booster="dart", rate_drop=0.5)
    yield "linear", *train("reg:squarederror", clean[:, 0], booster="gblinear")
    yield "linear_multi", *train("multi:softprob", many, num_class=3, booster="gblinear")
    yield (
        "deep",
        *train(
            "reg:squarederror", rng.normal(size=300), rounds=3, max_depth=0, max_leaves=200, grow_policy="lossguide", min_child_weight=0
        ),
    )
    targets = xgboost.DMatrix(rows, label=np.column_stack([clean[:, 0], clean[:, 1]]))
    yield "targets", xgboost.train({**common, "objective": "reg:squarederror"}, targets, num_boost_round=4), rows
    coded = clean.copy()
    coded[:, 4] = rng.integers(0, 40, size=300)
    types = ["q", "q", "q", "q", "c"]
    matrix = xgboost.DMatrix(coded, label=(coded[:, 4] % 3 == 0) ^ binary.astype(bool), feature_types=types, enable_categorical=True)
    settings = {**common, "objective": "binary:logistic", "tree_method": "hist", "max_cat_to_onehot": 4}
    probe = coded.copy()
    probe[:20, 4] = [-1, -0.5, 0.5, 39.9, 40, 63, 64, 1000, 2.0**24, np.nan] * 2
    yield "categorical", xgboost.train(settings, matrix, num_boost_round=3 if small else 8), probe
    stopped = xgboost.XGBClassifier(n_estimators=60, max_depth=3, early_stopping_rounds=3, n_jobs=1, learning_rate=1.0)
    stopped.fit(rows[:200], binary[:200], eval_set=[(rows[200:], binary[200:])], verbose=False)
    yield "stopped", stopped, rows


def float_bits(array):
    return [float(x).hex() for x in np.asarray(array, dtype=np.float32).ravel()]


def write_boosters(folder, small):
    folder.mkdir(parents=True, exist_ok=True)
    for name, model, rows in boosters(small):
        if small and name not in {"binary_logistic", "multi_softprob", "categorical", "dart"}:
            continue
        booster = model.get_booster() if hasattr(model, "get_booster") else model
        rows = rows[:25] if small else rows
        matrix = (
            xgboost.DMatrix(rows, feature_types=booster.feature_types, enable_categorical=True)
            if name == "categorical"
            else xgboost.DMatrix(rows)
        )
        best = (0, booster.best_iteration + 1) if name == "stopped" else (0, 0)
        predictions = booster.predict(matrix)
        expected = {
            "rows": float_bits(rows),
            "margins": float_bits(booster.predict(matrix, output_margin=True)),
            "predictions": float_bits(predictions),
            "best_margins": float_bits(booster.predict(matrix, output_margin=True, iteration_range=best)),
        }
        (folder / f"{name}.expected").write_text(json.dumps(expected))
        (folder / f"{name}.ubj").write_bytes(booster.save_raw("ubj"))
        if not small or name == "binary_logistic":
            (folder / f"{name}.handle").write_bytes(bytes(booster.__getstate__()["handle"]))
            (folder / f"{name}.json").write_bytes(booster.save_raw("json"))


def write_arrays(folder):
    folder.mkdir(parents=True, exist_ok=True)
    record = np.zeros(3, dtype=np.dtype({"names": ["left", "value"], "formats": ["<i4", "<f8"], "offsets": [0, 8], "itemsize": 24}))
    record["left"] = [1, -1, 5]
    record["value"] = [0.5, 2.5, -1]
    arrays = {
        "plain": np.arange(6.0).reshape(2, 3),
        "fortran": np.asfortranarray(np.arange(6, dtype=np.float32).reshape(2, 3)),
        "big": np.arange(4, dtype=">u2"),
        "texts": np.array(["x", "yé"]),
        "scalar": np.array(7),
        "record": record,
    }
    for name, array in arrays.items():
        np.save(folder / f"{name}.npy", array)
        expectations = Expectations()
        expectations.walk([], array)
        (folder / f"{name}.expected").write_text("\n".join(expectations.lines) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--small", action="store_true", help="only the files that are kept in the tree")
    arguments = parser.parse_args()
    write_objects(arguments.folder / "objects", arguments.small)
    write_boosters(arguments.folder / "xgboost", arguments.small)
    write_arrays(arguments.folder / "arrays")


if __name__ == "__main__":
    main()
