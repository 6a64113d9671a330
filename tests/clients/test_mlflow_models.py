"""Models logged, registered and loaded again with the real client."""

import math
import os

import numpy
import pandas
import pytest
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

pytestmark = pytest.mark.filterwarnings("ignore")

# Named, so that the client does not work them out by importing the model in a process of its own.
FAST = {"pip_requirements": ["scikit-learn"]}


@pytest.fixture(scope="module")
def iris():
    return load_iris(return_X_y=True, as_frame=True)


@pytest.fixture(scope="module")
def pipeline(iris):
    return make_pipeline(StandardScaler(), LogisticRegression()).fit(*iris)


@pytest.fixture
def name():
    return f"model-{os.urandom(4).hex()}"


def same(a, b, features):
    return numpy.array_equal(a.predict_proba(features), b.predict_proba(features))


@pytest.mark.parametrize("serialization_format", ["skops", "cloudpickle"])
def test_a_pipeline_loads_by_every_kind_of_uri(mlflow, client, experiment, iris, pipeline, name, serialization_format):
    with mlflow.start_run(experiment_id=experiment) as active:
        mlflow.log_metric("acc", 0.97)
        info = mlflow.sklearn.log_model(
            pipeline, name="model", serialization_format=serialization_format, input_example=iris[0].head(3), registered_model_name=name, **FAST,
        )  # fmt: skip
    client.set_registered_model_alias(name, "champion", "1")
    client.transition_model_version_stage(name, "1", "Production")
    uris = [
        info.model_uri,
        f"runs:/{active.info.run_id}/model",
        f"models:/{name}/1",
        f"models:/{name}@champion",
        f"models:/{name}/latest",
        f"models:/{name}/Production",
    ]
    assert uris[0] == f"models:/{info.model_id}"
    for uri in uris:
        assert same(mlflow.sklearn.load_model(uri), pipeline, iris[0]), uri
    assert list(mlflow.pyfunc.load_model(uris[2]).predict(iris[0])) == list(pipeline.predict(iris[0]))
    model = client.get_logged_model(info.model_id)
    assert model.status == "READY" and model.source_run_id == active.info.run_id
    assert {m.key: m.value for m in model.metrics} == {"acc": 0.97}
    assert client.get_run(active.info.run_id).outputs.model_outputs[0].model_id == info.model_id


def test_xgboost_comes_back_the_same(mlflow, experiment, iris, name):
    xgboost = pytest.importorskip("xgboost")
    model = xgboost.XGBClassifier(n_estimators=10, max_depth=3).fit(*iris)
    with mlflow.start_run(experiment_id=experiment):
        info = mlflow.xgboost.log_model(model, name="model", model_format="ubj", registered_model_name=name, **FAST)
    for uri in (info.model_uri, f"models:/{name}/1"):
        assert same(mlflow.xgboost.load_model(uri), model, iris[0])


def test_a_python_model_comes_back(mlflow, experiment):
    class Doubler(mlflow.pyfunc.PythonModel):
        def predict(self, context, model_input, params=None):
            return model_input * 2

    with mlflow.start_run(experiment_id=experiment):
        info = mlflow.pyfunc.log_model(name="model", python_model=Doubler(), **FAST)
    frame = pandas.DataFrame({"a": [1, 2]})
    assert mlflow.pyfunc.load_model(info.model_uri).predict(frame)["a"].tolist() == [2, 4]


def test_a_registered_run_model_points_at_the_logged_model(mlflow, client, experiment, pipeline, name):
    with mlflow.start_run(experiment_id=experiment) as active:
        info = mlflow.sklearn.log_model(pipeline, name="model", **FAST)
    version = mlflow.register_model(f"runs:/{active.info.run_id}/model", name, tags={"k": "v"})
    assert (version.source, version.run_id, version.tags) == (f"models:/{info.model_id}", active.info.run_id, {"k": "v"})
    assert f'"name": "{name}"' in client.get_logged_model(info.model_id).tags["mlflow.modelVersions"].replace('":"', '": "')


def test_a_nan_metric_does_not_stop_a_model(mlflow, client, experiment, pipeline):
    with mlflow.start_run(experiment_id=experiment):
        mlflow.log_metric("bad", math.nan)
        info = mlflow.sklearn.log_model(pipeline, name="model", **FAST)
        mlflow.log_metric("bad", math.nan)
    assert client.get_logged_model(info.model_id).status == "READY"


def test_many_params_of_a_model_are_kept(mlflow, client, experiment):
    model = client.create_logged_model(experiment, name="wide")
    client.log_model_params(model.model_id, {f"p{i}": str(i) for i in range(250)})
    assert len(client.get_logged_model(model.model_id).params) == 250


def test_metrics_of_a_model_name_their_dataset(mlflow, client, experiment, iris, pipeline):
    dataset = mlflow.data.from_pandas(iris[0], name="iris")
    with mlflow.start_run(experiment_id=experiment):
        info = mlflow.sklearn.log_model(pipeline, name="model", **FAST)
        mlflow.log_metric("acc", 0.9, model_id=info.model_id, dataset=dataset)
    metric = client.get_logged_model(info.model_id).metrics[0]
    assert (metric.key, metric.value, metric.dataset_name, metric.dataset_digest) == ("acc", 0.9, "iris", dataset.digest)


def test_a_logged_model_is_tagged_and_deleted(mlflow, client, experiment):
    model = client.create_logged_model(experiment, name="short")
    client.set_logged_model_tags(model.model_id, {"x": "y"})
    assert client.get_logged_model(model.model_id).tags["x"] == "y"
    client.delete_logged_model_tag(model.model_id, "x")
    assert "x" not in client.get_logged_model(model.model_id).tags
    client.delete_logged_model(model.model_id)
    with pytest.raises(mlflow.exceptions.MlflowException) as gone:
        client.get_logged_model(model.model_id)
    assert gone.value.error_code == "RESOURCE_DOES_NOT_EXIST"


def test_autolog_fills_a_run(mlflow, client, experiment, iris):
    mlflow.sklearn.autolog(log_datasets=True)
    try:
        mlflow.set_experiment(experiment_id=experiment)
        with mlflow.start_run() as active:
            RandomForestClassifier(n_estimators=5, random_state=0).fit(*iris)
    finally:
        mlflow.sklearn.autolog(disable=True)
    run = client.get_run(active.info.run_id)
    assert run.data.params["n_estimators"] == "5" and run.data.metrics["training_accuracy_score"] > 0.9
    assert run.outputs.model_outputs and run.inputs.dataset_inputs
    loaded = mlflow.sklearn.load_model(f"models:/{run.outputs.model_outputs[0].model_id}")
    assert loaded.n_estimators == 5


def test_a_model_is_evaluated(mlflow, client, experiment, iris, pipeline):
    data = iris[0].assign(target=iris[1])
    mlflow.set_experiment(experiment_id=experiment)
    with mlflow.start_run() as active:
        info = mlflow.sklearn.log_model(pipeline, name="model", **FAST)
        mlflow.models.evaluate(info.model_uri, data, targets="target", model_type="classifier", evaluator_config={"log_explainer": False})
    metrics = client.get_run(active.info.run_id).data.metrics
    assert metrics["accuracy_score"] > 0.9
    assert any(m.key == "accuracy_score" for m in client.get_logged_model(info.model_id).metrics)


def test_files_of_a_version_are_served_by_name(mlflow, shared_server, experiment, pipeline, name):
    import requests

    with mlflow.start_run(experiment_id=experiment):
        mlflow.sklearn.log_model(pipeline, name="model", registered_model_name=name, **FAST)
    answer = requests.get(f"{shared_server.url}/model-versions/get-artifact", params={"name": name, "version": "1", "path": "MLmodel"})
    assert answer.status_code == 200 and b"flavors" in answer.content
