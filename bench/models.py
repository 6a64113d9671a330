"""One row and many rows through the same model file: scikit-learn and XGBoost in Python against the native engine, in the same minute."""

from __future__ import annotations

import json
import os
import pickle
import statistics
import subprocess
import tempfile
import time
import warnings
from pathlib import Path

from bench.report import Section

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build/bench"
BATCH_ROWS = 10_000
FEATURES = 30


def build() -> Path:
    configure = ["cmake", "--preset", "release", "-B", str(BUILD), "-DYARD_BUILD_BENCHMARKS=ON", "-DYARD_BUILD_TESTS=OFF"]
    subprocess.run(configure, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    subprocess.run(["ninja", "-C", str(BUILD), "yard_inference_bench"], check=True, stdout=subprocess.DEVNULL)
    return BUILD / "src/inference/yard_inference_bench"


def models() -> dict:
    import numpy
    import xgboost
    from sklearn.ensemble import GradientBoostingClassifier, HistGradientBoostingClassifier, RandomForestClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    random = numpy.random.default_rng(0)
    rows = random.normal(size=(20_000, FEATURES)).astype(numpy.float32)
    score = rows[:, :8].sum(axis=1) + rows[:, 3] * rows[:, 4] + random.normal(size=len(rows))
    label = (score > 0).astype(int)
    fitted = {
        "forest, 100 trees of depth 10": RandomForestClassifier(100, max_depth=10, random_state=0, n_jobs=None),
        "gradient boosting, 100 × 3": GradientBoostingClassifier(n_estimators=100, random_state=0),
        "histogram boosting, 100": HistGradientBoostingClassifier(max_iter=100, random_state=0),
        "XGBoost, 100 × 6": xgboost.XGBClassifier(n_estimators=100, max_depth=6, n_jobs=1),
        "scaler and logistic regression": make_pipeline(StandardScaler(), LogisticRegression()),
    }
    for model in fitted.values():
        model.fit(rows, label)
    return fitted


def library_times(model, seconds: float) -> tuple[float, float]:
    """Microseconds: the median for one row alone, and per row of a batch (CPU time of this thread)."""
    import numpy

    rows = numpy.random.default_rng(1).normal(size=(BATCH_ROWS, FEATURES)).astype(numpy.float32)
    alone, end, index = [], time.monotonic() + seconds / 3, 0
    while time.monotonic() < end:
        row = rows[index % BATCH_ROWS : index % BATCH_ROWS + 1]
        begin = time.perf_counter()
        model.predict_proba(row)
        alone.append(time.perf_counter() - begin)
        index += 1
    batches = []
    for _ in range(3):
        begin = time.thread_time()
        model.predict_proba(rows)
        batches.append(time.thread_time() - begin)
    return statistics.median(alone) * 1e6, min(batches) * 1e6 / BATCH_ROWS


def native_times(binary: Path, path: Path) -> tuple[float, float]:
    environment = {**os.environ, "YARD_BENCH_MODEL": str(path)}
    command = [str(binary), "--benchmark_filter=PredictModelFile", "--benchmark_format=json", "--benchmark_min_time=0.5"]
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    alone, batch = (run["cpu_time"] / 1e3 for run in json.loads(done.stdout)["benchmarks"])
    return alone, batch / BATCH_ROWS


def run(seconds: float) -> Section:
    warnings.filterwarnings("ignore")
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    section = Section(
        "Models in process, one thread, 30 features",
        ["model", "Python, 1 row", "native, 1 row", "times", "Python, 10,000 rows", "native, 10,000 rows", "times"],
        notes=["Microseconds a row; Python's calls are predict_proba on a numpy array, the native ones Model::Predict on a frame."],
    )
    binary = build()
    with tempfile.TemporaryDirectory() as folder:
        for name, model in models().items():
            path = Path(folder) / "model.pkl"
            path.write_bytes(pickle.dumps(model))
            python_alone, python_batch = library_times(model, seconds)
            alone, batch = native_times(binary, path)
            figures = [f"{python_alone:.0f} µs", f"{alone:.2f} µs", f"{python_alone / alone:.0f}×"]
            figures += [f"{python_batch:.2f} µs", f"{batch:.2f} µs", f"{python_batch / batch:.1f}×"]
            section.rows.append([name, *figures])
    return section
