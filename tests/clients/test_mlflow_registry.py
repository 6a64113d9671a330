"""The model registry with the real client."""

import os

import pytest
from mlflow.exceptions import MlflowException


@pytest.fixture
def name():
    return f"model-{os.urandom(4).hex()}"


@pytest.fixture
def run(client, experiment):
    return client.create_run(experiment)


def source_of(run, path="model"):
    return f"{run.info.artifact_uri}/{path}"


def version_of(client, name, run):
    return client.create_model_version(name, source_of(run), run_id=run.info.run_id)


def test_a_model_lives_from_creation_to_deletion(client, name):
    client.create_registered_model(name, tags={"a": "b"}, description="first")
    client.update_registered_model(name, description="second")
    model = client.get_registered_model(name)
    assert (model.description, model.tags) == ("second", {"a": "b"})
    client.rename_registered_model(name, f"{name}-new")
    assert client.get_registered_model(f"{name}-new").description == "second"
    client.delete_registered_model(f"{name}-new")
    with pytest.raises(MlflowException) as gone:
        client.get_registered_model(f"{name}-new")
    assert gone.value.error_code == "RESOURCE_DOES_NOT_EXIST"


def test_a_name_is_taken_once(client, name):
    client.create_registered_model(name)
    with pytest.raises(MlflowException) as taken:
        client.create_registered_model(name)
    assert taken.value.error_code == "RESOURCE_ALREADY_EXISTS"


def test_versions_count_up_and_are_never_reused(client, name, run):
    client.create_registered_model(name)
    assert [int(version_of(client, name, run).version) for _ in range(3)] == [1, 2, 3]
    client.delete_model_version(name, "3")
    assert int(version_of(client, name, run).version) == 4
    with pytest.raises(MlflowException) as gone:
        client.get_model_version(name, "3")
    assert gone.value.error_code == "RESOURCE_DOES_NOT_EXIST"


def test_a_version_needs_its_model(client, name, run):
    with pytest.raises(MlflowException) as absent:
        version_of(client, name, run)
    assert absent.value.error_code == "RESOURCE_DOES_NOT_EXIST"


def test_a_version_keeps_description_and_tags(client, name, run):
    client.create_registered_model(name)
    client.create_model_version(name, source_of(run), run_id=run.info.run_id, tags={"k": "v"}, description="d")
    client.update_model_version(name, "1", description="e")
    client.set_model_version_tag(name, "1", "k2", "v2")
    client.delete_model_version_tag(name, "1", "k")
    version = client.get_model_version(name, "1")
    assert (version.description, version.tags, version.status, version.run_id) == ("e", {"k2": "v2"}, "READY", run.info.run_id)


def test_an_alias_moves_and_goes(client, name, run):
    client.create_registered_model(name)
    for _ in range(2):
        version_of(client, name, run)
    client.set_registered_model_alias(name, "champion", "1")
    client.set_registered_model_alias(name, "champion", "2")
    assert client.get_model_version_by_alias(name, "champion").version == "2"
    assert client.get_registered_model(name).aliases == {"champion": "2"}
    assert client.get_model_version(name, "2").aliases == ["champion"]
    client.delete_registered_model_alias(name, "champion")
    with pytest.raises(MlflowException) as absent:
        client.get_model_version_by_alias(name, "champion")
    assert absent.value.error_code == "INVALID_PARAMETER_VALUE"


def test_deleting_a_version_takes_its_aliases_along(client, name, run):
    client.create_registered_model(name)
    version_of(client, name, run)
    client.set_registered_model_alias(name, "champion", "1")
    client.delete_model_version(name, "1")
    assert client.get_registered_model(name).aliases == {}


def test_latest_resolves_but_cannot_be_set(client, name, run):
    client.create_registered_model(name)
    for _ in range(2):
        version_of(client, name, run)
    assert client.get_model_version_by_alias(name, "latest").version == "2"
    for alias in ("latest", "LATEST", "v1", "V22"):
        with pytest.raises(MlflowException) as refused:
            client.set_registered_model_alias(name, alias, "1")
        assert refused.value.error_code == "INVALID_PARAMETER_VALUE"


def test_an_alias_needs_its_version(client, name):
    client.create_registered_model(name)
    with pytest.raises(MlflowException) as absent:
        client.set_registered_model_alias(name, "champion", "9")
    assert absent.value.error_code == "RESOURCE_DOES_NOT_EXIST"


@pytest.mark.filterwarnings("ignore")
def test_stages_archive_the_others(client, name, run):
    client.create_registered_model(name)
    for _ in range(2):
        version_of(client, name, run)
    client.transition_model_version_stage(name, "1", "Production")
    client.transition_model_version_stage(name, "2", "production", archive_existing_versions=True)
    assert [v.version for v in client.get_latest_versions(name, ["Production"])] == ["2"]
    assert client.get_model_version(name, "1").current_stage == "Archived"
    with pytest.raises(MlflowException):
        client.transition_model_version_stage(name, "1", "Bogus")
    with pytest.raises(MlflowException) as refused:
        client.transition_model_version_stage(name, "1", "None", archive_existing_versions=True)
    assert refused.value.error_code == "INVALID_PARAMETER_VALUE"


def test_a_copy_shares_the_files(client, name, run):
    client.create_registered_model(name)
    version_of(client, name, run)
    copy = client.copy_model_version(f"models:/{name}/1", f"{name}-copy")
    assert copy.source == f"models:/{name}/1"
    assert client.get_model_version_download_uri(f"{name}-copy", "1") == source_of(run)


def test_models_are_searched_and_paged(client, name, run):
    for i in range(5):
        client.create_registered_model(f"{name}-{i}", tags={"parity": "even" if i % 2 == 0 else "odd"})
    found = client.search_registered_models(f"name LIKE '{name}-%'", order_by=["name DESC"])
    assert [m.name for m in found] == [f"{name}-{i}" for i in (4, 3, 2, 1, 0)]
    assert [m.name for m in client.search_registered_models(f"name ILIKE '{name.upper()}-%' AND tags.parity = 'odd'")] == [
        f"{name}-1",
        f"{name}-3",
    ]
    seen, token = [], None
    while True:
        page = client.search_registered_models(f"name LIKE '{name}-%'", max_results=2, page_token=token)
        seen += [m.name for m in page]
        token = page.token
        if not token:
            break
    assert seen == [f"{name}-{i}" for i in range(5)]


def test_versions_are_searched(client, name, run):
    client.create_registered_model(name)
    for i in range(3):
        client.create_model_version(name, source_of(run), run_id=run.info.run_id, tags={"i": str(i)})
    assert [v.version for v in client.search_model_versions(f"name = '{name}'", order_by=["version_number ASC"])] == ["1", "2", "3"]
    assert [
        v.version for v in client.search_model_versions(f"name = '{name}' and version_number >= 2", order_by=["version_number DESC"])
    ] == ["3", "2"]
    assert [v.version for v in client.search_model_versions(f"name='{name}' AND tags.i = '1'")] == ["2"]
    assert len(client.search_model_versions(f"run_id = '{run.info.run_id}'")) == 3
    assert len(client.search_model_versions(f"source_path = '{source_of(run)}'")) == 3
    assert client.get_latest_versions(name, ["None"])[0].version == "3"


@pytest.mark.parametrize(
    "filter_string", ["version = 1", "stage = 'Production'", "name > 'a'", "name = 5", "nope.x = 'a'", "version_number LIKE '1'"]
)
def test_bad_filters_of_versions_are_refused(client, filter_string):
    with pytest.raises(MlflowException) as refused:
        client.search_model_versions(filter_string)
    assert refused.value.error_code == "INVALID_PARAMETER_VALUE"


def test_prompts_stay_out_of_searches_for_models(mlflow, client, name):
    client.create_registered_model(name)
    mlflow.genai.register_prompt(name=f"{name}-prompt", template="Hello {{who}}", commit_message="first")
    assert mlflow.genai.load_prompt(f"prompts:/{name}-prompt/1").template == "Hello {{who}}"
    assert [m.name for m in client.search_registered_models(f"name LIKE '{name}%'")] == [name]
    assert [p.name for p in mlflow.genai.search_prompts(f"name LIKE '{name}%'")] == [f"{name}-prompt"]
    mlflow.genai.register_prompt(name=f"{name}-prompt", template="Hi {{who}}")
    mlflow.genai.set_prompt_alias(f"{name}-prompt", "prod", 1)
    assert mlflow.genai.load_prompt(f"prompts:/{name}-prompt@prod").version == 1
    assert mlflow.genai.load_prompt(f"prompts:/{name}-prompt@latest").version == 2


def test_registry_tags_are_set_and_deleted(client, name):
    client.create_registered_model(name)
    client.set_registered_model_tag(name, "team", "a")
    assert client.get_registered_model(name).tags == {"team": "a"}
    client.delete_registered_model_tag(name, "team")
    assert client.get_registered_model(name).tags == {}


def test_the_registry_survives_kill_nine(server):
    from mlflow import MlflowClient

    client = MlflowClient(tracking_uri=server.url, registry_uri=server.url)
    run = client.create_run("0")
    client.create_registered_model("churn")
    version_of(client, "churn", run)
    client.set_registered_model_alias("churn", "champion", "1")
    server.kill()
    server.start()
    client = MlflowClient(tracking_uri=server.url, registry_uri=server.url)
    assert client.get_model_version_by_alias("churn", "champion").run_id == run.info.run_id
