"""Drift, labels and alerts on real customers: CDNOW's purchases, scored month by month, against what scipy and scikit-learn say."""

from __future__ import annotations

import importlib.util
import json
import pathlib
import shutil
import subprocess
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

import pandas as pd
import pytest
import requests
from scipy import stats
from sklearn.metrics import accuracy_score, log_loss, roc_auc_score

FEATURES = ["total_purchases", "avg_order_value", "total_spend", "recency_days", "tenure_days", "mean_gap_days", "last_order_value"]
REFERENCE = pd.Timestamp("1997-09-30")
MONTHS = {"1997-10": pd.Timestamp("1997-10-31"), "1997-12": pd.Timestamp("1997-12-31")}


@pytest.fixture(scope="module")
def sales() -> pd.DataFrame:
    package = pathlib.Path(importlib.util.find_spec("lifetimes").origin).parent
    sales = pd.read_csv(package / "datasets/CDNOW_master.txt", sep=r"\s+")
    sales["date"] = pd.to_datetime(sales["date"].astype(str))
    return sales.sort_values(["customer_id", "date"], kind="stable")


def customers_at(sales: pd.DataFrame, cut: pd.Timestamp) -> pd.DataFrame:
    """Features from purchases before the cut, and whether none followed in the next 90 days."""
    groups = sales[sales["date"] < cut].groupby("customer_id")
    first, last, count = groups["date"].min(), groups["date"].max(), groups.size()
    later = sales[(sales["date"] >= cut) & (sales["date"] < cut + pd.Timedelta(days=90))]
    return pd.DataFrame(
        {
            "total_purchases": count.astype(float),
            "avg_order_value": groups["dollar_value"].mean(),
            "total_spend": groups["dollar_value"].sum(),
            "recency_days": (cut - last).dt.days.astype(float),
            "tenure_days": (cut - first).dt.days.astype(float),
            "mean_gap_days": (last - first).dt.days / (count - 1).where(count > 1),
            "last_order_value": groups["dollar_value"].last(),
            "churned": (~count.index.isin(later["customer_id"])).astype(int),
        }
    )


def churn_model():
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    return make_pipeline(SimpleImputer(strategy="median"), StandardScaler(), LogisticRegression())


class Receiver:
    """A webhook receiver that refuses its first message."""

    def __init__(self):
        self.messages, self.refused = [], 0
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status = 503 if receiver.refused == 0 else 200
                if status == 200:
                    receiver.messages.append(json.loads(body))
                receiver.refused += 1
                self.send_response(status)
                self.end_headers()

            def log_message(self, *arguments):
                pass

        self.http = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_port}/hook"
        threading.Thread(target=self.http.serve_forever, daemon=True).start()


@pytest.fixture
def receiver():
    receiver = Receiver()
    yield receiver
    receiver.http.shutdown()
    receiver.http.server_close()


def await_true(condition, what: str, seconds: float = 30):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if value := condition():
            return value
        time.sleep(0.02)
    raise AssertionError(f"never happened: {what}")


class Churn:
    """A registered model with its training data, and an endpoint that serves it."""

    def __init__(self, mlflow, client, url: str, sales: pd.DataFrame, folder: pathlib.Path):
        self.mlflow, self.url, self.name = mlflow, url, f"churn-{time.time_ns()}"
        self.train = customers_at(sales, REFERENCE)
        self.model = churn_model().fit(self.train[FEATURES], self.train["churned"])
        self.version = self.register(self.model, folder)
        client.set_registered_model_alias(self.name, "champion", self.version)
        self.post("/api/v1/endpoints", {"name": self.name, "model": f"models:/{self.name}@champion"})

    def register(self, model, folder: pathlib.Path) -> str:
        file = folder / "train.parquet"
        self.train.to_parquet(file)
        with self.mlflow.start_run():
            self.mlflow.log_artifact(str(file), "data")
            dataset = self.mlflow.data.from_pandas(self.train, source=str(file), targets="churned", name="customers")
            self.mlflow.log_input(dataset, context="training")
            example = self.train[FEATURES].dropna().head(2)
            signature = self.mlflow.models.infer_signature(example, model.predict(example))
            info = self.mlflow.sklearn.log_model(
                model,
                name="model",
                signature=signature,
                serialization_format="cloudpickle",
                registered_model_name=self.name,
                pip_requirements=["scikit-learn"],
            )
        return str(info.registered_model_version)

    def post(self, path: str, body: dict, method: str = "POST") -> dict:
        answer = requests.request(method, self.url + path, json=body, timeout=120)
        assert answer.status_code == 200, f"{answer.status_code}: {answer.text}"
        return answer.json()

    def get(self, path: str) -> dict:
        answer = requests.get(self.url + path, timeout=60)
        assert answer.status_code == 200, f"{answer.status_code}: {answer.text}"
        return answer.json()

    def score(self, customers: pd.DataFrame, cut: pd.Timestamp, prefix: str) -> pd.DataFrame:
        """Scores every customer at that time; the answers by request id."""
        time_ms = int(cut.timestamp() * 1000) - 1
        answers = []
        rows = [
            {
                "features": {name: None if value != value else value for name, value in zip(FEATURES, values)},
                "request_id": f"{self.name}-{prefix}-{customer}",
                "timestamp": time_ms,
            }
            for customer, values in zip(customers.index, customers[FEATURES].to_numpy().tolist())
        ]
        for start in range(0, len(rows), 5000):
            answers += self.post(f"/predict/{self.name}", {"rows": rows[start : start + 5000]})["predictions"]
        return pd.DataFrame(answers).set_index("request_id")

    def label(self, customers: pd.DataFrame, prefix: str) -> dict:
        labels = [
            {"request_id": f"{self.name}-{prefix}-{customer}", "label": int(churned)} for customer, churned in customers["churned"].items()
        ]
        return self.post(f"/api/v1/endpoints/{self.name}/labels", {"labels": labels})

    def pane(self, month: str) -> dict:
        return self.get(f"/api/v1/monitors/{self.name}/panes/{month}")

    def close(self, until: pd.Timestamp) -> dict:
        return self.post(f"/api/v1/monitors/{self.name}/close", {"until": int(until.timestamp() * 1000)})


@pytest.fixture
def churn(mlflow, client, shared_server, sales, tmp_path):
    return Churn(mlflow, client, shared_server.url, sales, tmp_path)


def test_the_baseline_is_made_from_the_training_data(churn):
    path = f"/api/v1/models/{churn.name}/versions/{churn.version}/baseline"
    baseline = await_true(lambda: (a := requests.get(churn.url + path, timeout=30)).ok and a.json(), "a baseline")
    assert baseline["rows"] == len(churn.train)
    assert baseline["source"].endswith("data/train.parquet")
    shares = {feature["name"]: feature["missing_share"] for feature in baseline["features"]}
    assert shares["mean_gap_days"] == pytest.approx(churn.train["mean_gap_days"].isna().mean(), abs=1e-12)
    edges = baseline["prediction"]["histogram"]["edges"]
    scores = churn.model.predict_proba(churn.train[FEATURES])[:, 1]
    assert edges[0] == pytest.approx(scores.min(), abs=1e-12) and edges[-1] == pytest.approx(scores.max(), abs=1e-12)


def test_finds_the_drift_that_is_there_and_tells_how_good_the_model_still_is(churn, sales, receiver):
    churn.post(f"/api/v1/monitors/{churn.name}", {"window": "month", "webhook_url": receiver.url}, method="PUT")
    scored = {}
    for month, cut in MONTHS.items():
        customers = customers_at(sales, cut)
        scored[month] = (customers, churn.score(customers, cut, month))
    churn.close(pd.Timestamp("1998-01-01"))

    for month, (customers, _) in scored.items():
        pane = churn.pane(month)
        assert pane["rows"] == len(customers) and pane["closed"] and pane["status"] == "drift"
        assert {"tenure_days", "recency_days"} <= set(pane["drifted_features"])
        assert not {"avg_order_value", "last_order_value"} & set(pane["drifted_features"])
        for feature in pane["features"]:
            name = feature["name"]
            expected = stats.ks_2samp(churn.train[name].dropna(), customers[name].dropna())
            assert feature["ks"]["statistic"] == pytest.approx(expected.statistic, rel=1e-9), name
            assert feature["ks"]["p_value"] == pytest.approx(expected.pvalue, rel=1e-9, abs=1e-300), name
            assert feature["missing_share"] == pytest.approx(customers[name].isna().mean(), abs=1e-12)
            if name in ("avg_order_value", "last_order_value"):
                assert feature["ks"]["statistic"] < 0.03
            if name in ("tenure_days", "recency_days"):
                assert feature["ks"]["statistic"] > 0.26

    await_true(lambda: receiver.messages, "the alert reaches the receiver, at the second attempt")
    message = receiver.messages[0]
    assert receiver.refused > len(receiver.messages)
    assert message["version"] == "4" and message["status"] == "firing"
    assert {alert["labels"]["feature"] for alert in message["alerts"]} >= {"tenure_days", "recency_days"}
    firing = [a for a in churn.get("/api/v1/alerts")["alerts"] if a["endpoint"] == churn.name and a["state"] == "firing"]
    assert {alert["feature"] for alert in firing} >= {"tenure_days", "recency_days"}
    await_true(
        lambda: all(a["delivery"]["delivered"] for a in churn.get("/api/v1/alerts")["alerts"] if a["endpoint"] == churn.name),
        "every message is delivered",
    )

    for month, (customers, _answers) in scored.items():
        assert churn.label(customers, month) == {"accepted": len(customers), "unknown": 0}
        arm = await_true(lambda: (a := churn.pane(month)["arms"][0])["labelled"] == len(customers) and a, "labels count")
        scores = churn.model.predict_proba(customers[FEATURES])[:, 1]
        truth = customers["churned"].to_numpy()
        assert arm["auc"]["value"] == pytest.approx(roc_auc_score(truth, scores), rel=1e-9)
        assert arm["accuracy"]["value"] == pytest.approx(accuracy_score(truth, scores > 0.5), rel=1e-9)
        assert arm["log_loss"]["value"] == pytest.approx(log_loss(truth, scores), rel=1e-9)
        assert 0.78 < arm["auc"]["lower"] < arm["auc"]["value"] < arm["auc"]["upper"] < 0.87


def test_a_bad_version_shows_at_once_and_its_labels_prove_it(churn, client, sales, tmp_path):
    churn.post(f"/api/v1/monitors/{churn.name}", {"window": "month"}, method="PUT")
    cut = MONTHS["1997-10"]
    customers = customers_at(sales, cut).head(6000)
    churn.score(customers.head(3000), cut, "good")
    shuffled = churn.train["churned"].sample(frac=1, random_state=3).to_numpy()
    bad = churn.register(churn_model().fit(churn.train[FEATURES], shuffled), tmp_path)
    client.set_registered_model_alias(churn.name, "champion", bad)
    await_true(lambda: churn.get(f"/api/v1/endpoints/{churn.name}")["arms"][0]["resolved"]["version"] == bad, "the bad version serves")
    churn.score(customers.tail(3000), cut, "bad")

    pane = churn.pane("1997-10")
    assert not pane["closed"]
    assert f"prediction of champion/{bad}" in pane["drifted_features"]
    churn.label(customers.head(3000), "good")
    churn.label(customers.tail(3000), "bad")
    arms = {arm["version"]: arm for arm in churn.pane("1997-10")["arms"]}
    assert arms[churn.version]["auc"]["lower"] > 0.75
    assert arms[bad]["auc"]["value"] < 0.65


def test_a_baseline_can_be_set_by_hand(churn):
    path = f"{churn.url}/api/v1/models/{churn.name}/versions/{churn.version}/baseline"
    csv = churn.train[["recency_days"]].head(500).to_csv(index=False)
    answer = requests.put(path, data=csv.encode(), timeout=60)
    assert answer.status_code == 200, answer.text
    assert answer.json()["rows"] == 500 and answer.json()["source"] == "by hand"
    refused = requests.put(path, data=b"PAR1 but no table", timeout=60)
    assert refused.status_code == 400 and refused.json()["error"]["reason"] == "bad_table"


def test_metrics_pass_promtool_and_carry_the_verdicts(churn, sales):
    churn.post(f"/api/v1/monitors/{churn.name}", {"window": "month"}, method="PUT")
    customers = customers_at(sales, MONTHS["1997-10"]).head(2000)
    churn.score(customers, MONTHS["1997-10"], "metrics")
    churn.close(pd.Timestamp("1997-11-01"))
    answer = requests.get(f"{churn.url}/metrics", timeout=30)
    assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    series = f'yard_feature_drift_detected{{endpoint="{churn.name}",model="{churn.name}",version="1",feature="tenure_days"}} 1'
    assert series in answer.text
    open_metrics = requests.get(f"{churn.url}/metrics", headers={"Accept": "application/openmetrics-text"}, timeout=30)
    assert open_metrics.text.endswith("# EOF\n")
    if shutil.which("promtool") is None:
        pytest.skip("promtool is not installed")
    check = subprocess.run(["promtool", "check", "metrics"], input=answer.text, text=True, capture_output=True)
    assert check.returncode == 0, check.stdout + check.stderr


def test_refuses_with_typed_errors(shared_server):
    url = shared_server.url
    cases = [
        ("GET", "/api/v1/monitors/nobody", None, 404, "monitor_not_found"),
        ("PUT", "/api/v1/monitors/x", {"window": "fortnight"}, 400, "unknown_window"),
        ("PUT", "/api/v1/monitors/x", {"alpha": 7}, 400, "bad_setting"),
        ("POST", "/api/v1/endpoints/x/labels", {"labels": [{"request_id": "a"}]}, 400, "missing_field"),
        ("GET", "/api/v1/models/none/versions/1/baseline", None, 404, "baseline_not_found"),
    ]
    for method, path, body, status, reason in cases:
        answer = requests.request(method, url + path, json=body, timeout=30)
        assert (answer.status_code, answer.json()["error"]["reason"]) == (status, reason), path
