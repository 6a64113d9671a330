"""Endpoints with the real mlflow client: models of three formats, served without Python, answer as the libraries that made them."""

from __future__ import annotations

import json
import threading
import time

import numpy as np
import pandas as pd
import pytest
import requests

ROWS = 400
PATIENCE = 120  # seconds; far more than a loaded machine needs, so that only a real hang fails
SKOPS_TYPES = ["numpy.dtype", "sklearn.tree._tree.Tree"]


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    random = np.random.default_rng(5)
    frame = pd.DataFrame(
        {
            "spend": random.gamma(2.0, 30.0, ROWS),
            "visits": random.integers(1, 40, ROWS).astype(float),
            "gap_days": random.exponential(20.0, ROWS),
        }
    )
    frame.loc[random.random(ROWS) < 0.3, "gap_days"] = np.nan
    return frame


@pytest.fixture(scope="module")
def labels(frame) -> pd.Series:
    risk = frame["gap_days"].fillna(40) / 40 - frame["visits"] / 20
    return (risk + np.random.default_rng(6).normal(0, 0.5, ROWS) > 0).astype(int)


def logistic_regression():
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    return make_pipeline(SimpleImputer(strategy="median"), StandardScaler(), LogisticRegression())


def random_forest():
    from sklearn.ensemble import RandomForestClassifier

    return RandomForestClassifier(n_estimators=30, max_depth=6, random_state=1)


def xgboost():
    from xgboost import XGBClassifier

    return XGBClassifier(n_estimators=40, max_depth=3, random_state=1, n_jobs=1)


KINDS = {"cloudpickle": logistic_regression, "skops": random_forest, "xgboost": xgboost}


def log_model(mlflow, kind: str, model, frame: pd.DataFrame) -> str:
    """Logs the model; returns its URI."""
    example = frame.dropna().head(2)
    signature = mlflow.models.infer_signature(example, model.predict(example))
    # Requirements that are given need not be found out by loading the model in another process.
    options = {"name": "model", "signature": signature, "input_example": example, "pip_requirements": ["scikit-learn"]}
    with mlflow.start_run():
        if kind == "xgboost":
            return mlflow.xgboost.log_model(model, model_format="ubj", **options).model_uri
        if kind == "skops":
            return mlflow.sklearn.log_model(model, skops_trusted_types=SKOPS_TYPES, **options).model_uri
        return mlflow.sklearn.log_model(model, serialization_format="cloudpickle", **options).model_uri


class Models:
    """The models of all tests here: fitted and logged once, registered under any number of names."""

    def __init__(self, frame: pd.DataFrame, labels: pd.Series):
        self.frame = frame
        self.fitted = {kind: make().fit(frame, labels) for kind, make in KINDS.items()}
        self.uris: dict[str, str] = {}

    def register(self, mlflow, kind: str, name: str) -> str:
        """Makes a version of `name`; returns its number."""
        if kind not in self.uris:
            self.uris[kind] = log_model(mlflow, kind, self.fitted[kind], self.frame)
        return str(mlflow.register_model(self.uris[kind], name).version)


@pytest.fixture(scope="module")
def models(frame, labels) -> Models:
    return Models(frame, labels)


class Endpoint:
    """What the tests ask of one endpoint."""

    def __init__(self, url: str, name: str):
        self.url, self.name = url, name
        self.api = f"{url}/api/v1/endpoints"

    def create(self, *arms: dict, **fields) -> dict:
        body = {"name": self.name, **({"arms": list(arms)} if arms else {}), **fields}
        self._json(requests.post(self.api, json=body, timeout=PATIENCE))
        return self.await_that(lambda endpoint: all(arm["state"] != "loading" for arm in endpoint["arms"]))

    def get(self, part: str = "") -> dict:
        return self._json(requests.get(f"{self.api}/{self.name}{part}", timeout=PATIENCE))

    def rollback(self) -> dict:
        return self._json(requests.post(f"{self.api}/{self.name}/rollback", json={}, timeout=PATIENCE))

    def invoke(self, body: dict, **options) -> requests.Response:
        return requests.post(f"{self.url}/endpoints/{self.name}/invocations", json=body, timeout=PATIENCE, **options)

    def predict(self, body: dict, **options) -> requests.Response:
        return requests.post(f"{self.url}/predict/{self.name}", json=body, timeout=PATIENCE, **options)

    def await_version(self, version: str) -> dict:
        return self.await_that(lambda endpoint: endpoint["arms"][0].get("resolved", {}).get("version") == version)

    def await_that(self, is_reached) -> dict:
        deadline = time.monotonic() + PATIENCE
        while not is_reached(endpoint := self.get()):
            assert time.monotonic() < deadline, endpoint
            time.sleep(0.005)
        return endpoint

    @staticmethod
    def _json(answer: requests.Response) -> dict:
        assert answer.status_code == 200, f"{answer.status_code}: {answer.text}"
        return answer.json()


def split_body(frame: pd.DataFrame) -> dict:
    return {"dataframe_split": json.loads(frame.to_json(orient="split", double_precision=15))}


def records(frame: pd.DataFrame) -> list[dict]:
    return [{name: None if value != value else value for name, value in row.items()} for row in frame.to_dict("records")]


@pytest.fixture
def endpoint(shared_server, request):
    return Endpoint(shared_server.url, f"{request.node.originalname}-{time.time_ns()}")


@pytest.mark.parametrize("kind", KINDS)
def test_answers_equal_the_library(mlflow, client, endpoint, frame, models, kind):
    model = models.fitted[kind]
    version = models.register(mlflow, kind, endpoint.name)
    client.set_registered_model_alias(endpoint.name, "champion", version)
    created = endpoint.create(model=f"models:/{endpoint.name}@champion")
    assert created["arms"][0]["state"] == "serving", created

    exact = json.loads(json.dumps(frame.values.tolist()))  # every bit of every number
    body = {"dataframe_split": {"columns": list(frame.columns), "data": exact}}
    answer = requests.post(
        f"{endpoint.url}/endpoints/{endpoint.name}/invocations",
        data=json.dumps(body),
        headers={"Content-Type": "application/json"},
        timeout=PATIENCE,
    )
    assert answer.json()["predictions"] == model.predict(frame).tolist()
    answer = requests.post(
        f"{endpoint.url}/endpoints/{endpoint.name}/invocations",
        data=json.dumps({**body, "params": {"predict_method": "predict_proba"}}),
        headers={"Content-Type": "application/json"},
        timeout=PATIENCE,
    )
    ours, theirs = np.array(answer.json()["predictions"]), model.predict_proba(frame)
    if kind == "cloudpickle":  # linear models are within a bound, trees are equal to the bit
        np.testing.assert_allclose(ours, theirs, rtol=1e-12)
    else:
        assert (ours == theirs.astype(np.float64)).all() or (ours.astype(theirs.dtype) == theirs).all()

    rows = [{"features": row, "key": f"k{i}"} for i, row in enumerate(records(frame))]
    predictions = endpoint.predict({"rows": rows}).json()["predictions"]
    assert [row["prediction"] for row in predictions] == model.predict(frame).tolist()
    np.testing.assert_allclose([row["confidence"] for row in predictions], theirs.max(axis=1), rtol=1e-12 if kind != "xgboost" else 1e-7)
    assert {row["version"] for row in predictions} == {version}


def test_every_form_of_the_scoring_protocol_gives_one_answer(mlflow, endpoint, frame, models):
    model = models.fitted["skops"]
    version = models.register(mlflow, "skops", endpoint.name)
    endpoint.create(model=f"models:/{endpoint.name}/{version}")
    few = frame.dropna().head(5)
    expected = model.predict(few).tolist()
    bodies = [
        split_body(few),
        {"dataframe_records": few.to_dict("records")},
        {"instances": few.to_dict("records")},
        {"inputs": few.to_dict("list")},
    ]
    for body in bodies:
        assert endpoint.invoke(body).json() == {"predictions": expected}, body
    csv = requests.post(
        f"{endpoint.url}/endpoints/{endpoint.name}/invocations",
        data=few.to_csv(index=False),
        headers={"Content-Type": "text/csv"},
        timeout=PATIENCE,
    )
    assert csv.json() == {"predictions": expected}


def test_the_client_reads_predictions_of_its_own_scoring_client(mlflow, endpoint, frame, models):
    from mlflow.pyfunc.scoring_server.client import ScoringServerClient

    model = models.fitted["skops"]
    version = models.register(mlflow, "skops", endpoint.name)
    endpoint.create(model=f"models:/{endpoint.name}/{version}")
    scoring = ScoringServerClient("127.0.0.1", int(endpoint.url.rsplit(":", 1)[1]))
    scoring.url_prefix = f"{endpoint.url}/endpoints/{endpoint.name}"
    scoring.ping()  # raises when it does not answer 200
    assert scoring.get_version() == "3.17.2"
    answer = scoring.invoke(frame.dropna().head(20))
    assert answer.get_predictions()[0].tolist() == model.predict(frame.dropna().head(20)).tolist()


def test_bad_input_is_told_clearly(mlflow, endpoint, frame, models):
    version = models.register(mlflow, "skops", endpoint.name)
    endpoint.create(model=f"models:/{endpoint.name}/{version}")
    row = records(frame.dropna())[0]

    missing = endpoint.predict({name: value for name, value in row.items() if name != "visits"})
    assert missing.status_code == 400
    assert missing.json()["error"]["details"]["column"] == "visits"
    text = endpoint.predict({**row, "visits": "many"})
    assert (text.status_code, text.json()["error"]["reason"]) == (400, "wrong_type")
    broken = requests.post(f"{endpoint.url}/predict/{endpoint.name}", data="{", timeout=PATIENCE)
    assert (broken.status_code, broken.json()["error"]["reason"]) == (400, "malformed_json")
    unknown = requests.post(f"{endpoint.url}/predict/nobody", json=row, timeout=PATIENCE)
    assert (unknown.status_code, unknown.json()["error"]["reason"]) == (404, "endpoint_not_found")
    other_type = requests.post(
        f"{endpoint.url}/endpoints/{endpoint.name}/invocations", data="x", headers={"Content-Type": "text/html"}, timeout=PATIENCE
    )
    assert other_type.status_code == 415
    schema = endpoint.invoke({"dataframe_records": [{"visits": "secret"}]})
    assert (schema.status_code, schema.json()["error_code"]) == (400, "INVALID_PARAMETER_VALUE")
    assert "secret" not in schema.text


def test_arms_split_by_key_and_the_log_remembers(mlflow, endpoint, frame, models):
    first = models.register(mlflow, "skops", endpoint.name)
    second = models.register(mlflow, "xgboost", endpoint.name)
    endpoint.create(
        {"name": "champion", "model": f"models:/{endpoint.name}/{first}", "weight": 90},
        {"name": "challenger", "model": f"models:/{endpoint.name}/{second}", "weight": 10},
    )
    rows = [{"features": row, "key": f"customer-{i}", "timestamp": 870_000_000_000 + i} for i, row in enumerate(records(frame) * 10)]
    answers = endpoint.predict({"rows": rows}).json()["predictions"]
    share = sum(answer["arm"] == "challenger" for answer in answers) / len(answers)
    assert 0.07 < share < 0.13
    again = endpoint.predict({"rows": rows}).json()["predictions"]
    assert [answer["arm"] for answer in again] == [answer["arm"] for answer in answers]

    logged = endpoint.get("/predictions?limit=10")["predictions"]
    assert logged[0]["time"] == 870_000_000_000 + len(rows) - 1
    assert logged[0]["key"] == f"customer-{len(rows) - 1}"
    assert logged[0]["features"] == records(frame)[-1]


def test_a_version_that_cannot_be_read_leaves_the_old_one_serving(mlflow, client, endpoint, frame, labels, models):
    from sklearn.neighbors import KNeighborsClassifier

    good = models.register(mlflow, "skops", endpoint.name)
    filled = frame.fillna(0)
    unreadable = log_model(mlflow, "cloudpickle", KNeighborsClassifier().fit(filled, labels), filled)
    bad = str(mlflow.register_model(unreadable, endpoint.name).version)
    client.set_registered_model_alias(endpoint.name, "champion", good)
    endpoint.create(model=f"models:/{endpoint.name}@champion")
    client.set_registered_model_alias(endpoint.name, "champion", bad)
    arm = endpoint.await_that(lambda status: "error" in status["arms"][0])["arms"][0]
    assert arm["state"] == "serving"
    assert arm["resolved"]["version"] == good
    assert "KNeighbors" in arm["error"]
    assert endpoint.get("/history")["events"][0]["action"] == "load_failed"
    assert endpoint.predict(records(frame)[0]).status_code == 200


class Load(threading.Thread):
    """Predicts without a pause and keeps every answer that is no prediction."""

    def __init__(self, endpoint: Endpoint, row: dict):
        super().__init__(daemon=True)
        self.endpoint, self.row = endpoint, row
        self.failures: list[str] = []
        self.answers = 0
        self.ending = threading.Event()

    def run(self) -> None:
        session = requests.Session()
        while not self.ending.is_set():
            answer = session.post(f"{self.endpoint.url}/predict/{self.endpoint.name}", json=self.row, timeout=PATIENCE)
            self.answers += 1
            if answer.status_code != 200:
                self.failures.append(answer.text)


def test_no_request_fails_while_the_alias_moves_a_hundred_times(mlflow, client, endpoint, frame, models):
    versions = [models.register(mlflow, kind, endpoint.name) for kind in ("skops", "xgboost")]
    client.set_registered_model_alias(endpoint.name, "champion", versions[0])
    endpoint.create(model=f"models:/{endpoint.name}@champion")
    loads = [Load(endpoint, records(frame)[0]) for _ in range(2)]
    for load in loads:
        load.start()
    for move in range(100):
        client.set_registered_model_alias(endpoint.name, "champion", versions[(move + 1) % 2])
    endpoint.await_version(versions[0])
    client.set_registered_model_alias(endpoint.name, "champion", versions[1])
    endpoint.await_version(versions[1])
    done = endpoint.rollback()
    assert (done["from"], done["to"]) == (versions[1], versions[0])
    assert client.get_model_version_by_alias(endpoint.name, "champion").version == versions[0]
    for load in loads:
        load.ending.set()
        load.join(PATIENCE)
    assert sum(load.answers for load in loads) > 50
    assert [failure for load in loads for failure in load.failures] == []


def test_endpoints_serve_again_after_kill_nine(server, frame, labels):
    import mlflow

    mlflow.set_tracking_uri(server.url)
    mlflow.set_registry_uri(server.url)
    mlflow.set_experiment(experiment_id="0")  # the module remembers an experiment of another server
    client = mlflow.MlflowClient(server.url, server.url)
    endpoint = Endpoint(server.url, "churn")
    models = Models(frame, labels)  # logged on this server
    first = models.register(mlflow, "skops", "churn")
    client.set_registered_model_alias("churn", "champion", first)
    endpoint.create(model="models:/churn@champion")
    second = models.register(mlflow, "xgboost", "churn")
    client.set_registered_model_alias("churn", "champion", second)
    endpoint.await_version(second)
    server.kill()
    server.start()
    endpoint = Endpoint(server.url, "churn")
    endpoint.await_version(second)
    assert endpoint.predict(records(frame)[0]).json()["version"] == second
    assert endpoint.rollback()["to"] == first
    assert [event["action"] for event in endpoint.get("/history")["events"]] == ["rolled_back", "arm_switched", "arm_switched", "created"]


def test_the_metrics_count_predictions(mlflow, endpoint, frame, models):
    version = models.register(mlflow, "skops", endpoint.name)
    endpoint.create(model=f"models:/{endpoint.name}/{version}")
    endpoint.predict(records(frame)[0])
    metrics = requests.get(f"{endpoint.url}/metrics", timeout=PATIENCE).text
    line = next(line for line in metrics.splitlines() if line.startswith("yard_predictions_total{") and endpoint.name in line)
    assert line.endswith(" 1")
