"""Recorded traffic of the official client and server, replayed: the answers must have the same status, error code, fields and values."""

from __future__ import annotations

import http.client
import json
import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.modelyard_server import ModelyardServer

WIRE = Path(__file__).resolve().parent.parent / "wire"

# As they were recorded: later flows find what earlier ones left.
FLOWS = [
    "tracking_basic", "log_batch", "artifacts", "artifacts_big", "datasets", "nested_runs", "sklearn_autolog", "sklearn_log_model", "xgboost_log_model",
    "pyfunc_log_model", "registry", "lifecycle", "search", "evaluate", "prompts", "traces", "async_logging", "system_metrics", "special_numbers",
    "nan_log_model", "cli", "raw_http",
]  # fmt: skip

# Where the recorded server is wrong or does more, and what is right here: (flow, n) -> (status, error code or None).
DIFFERENCES = {
    ("lifecycle", "Cannot rename a non-active experiment."): (400, "INVALID_PARAMETER_VALUE"),
    ("search", 60): (200, None),  # IN works for every text
    ("raw_http", 7): (200, None),  # /metrics needs no option
    ("raw_http", 25): (400, "INVALID_PARAMETER_VALUE"),  # runs/create without experiment: no raw SQL
    ("raw_http", 47): (400, "INVALID_PARAMETER_VALUE"),  # a JSON list as body: no HTML 500
    ("raw_http", 58): (400, "INVALID_PARAMETER_VALUE"),  # half a batch is not stored ...
    ("raw_http", 64): (200, None),  # ... and not read later
    ("raw_http", 65): (200, None),
    ("raw_http", 68): (200, None),
    ("raw_http", 72): (200, None),
    ("raw_http", 73): (200, None),  # OR and parentheses
    ("raw_http", 74): (200, None),
    ("raw_http", 76): (400, "INVALID_PARAMETER_VALUE"),  # duplicate order_by
    ("raw_http", 86): (200, None),  # "NaN", not a bare NaN that no browser reads
    ("raw_http", 99): (304, None),  # If-None-Match: *
    ("raw_http", 108): (200, None),  # the list of the whole store: traces are not spoken
    ("raw_http", 126): (400, "INVALID_PARAMETER_VALUE"),  # NUL in a path
    ("raw_http", 127): (400, "INVALID_PARAMETER_VALUE"),
    ("raw_http", 132): (404, "RESOURCE_DOES_NOT_EXIST"),  # a line feed in a path is an ordinary, absent name
    ("raw_http", 133): (200, None),
}

# Not spoken: the router's 404 without a JSON error sends clients another way.
UNKNOWN = re.compile(r"/(traces|mcp-servers|label-schemas|review-queues|workspaces|graphql)\b")

ID = re.compile(r"[0-9a-f]{32}")
VOLATILE = re.compile(r"(_time|_timestamp|_timestamp_ms|timestamp|page_token|message|sqlstate|error_class)$|^(creation|last_update)")
OURS_MAY_LACK = {"sqlstate", "error_class"}


def read(flow: str) -> list[dict]:
    return [json.loads(line) for line in (WIRE / f"{flow}.jsonl").read_text().splitlines()]


class Ids:
    """Which id of ours stands for which recorded one."""

    def __init__(self):
        self.ours: dict[str, str] = {}
        self.experiments: dict[str, str] = {"0": "0"}

    def learn(self, recorded, live, key=""):
        if isinstance(recorded, dict) and isinstance(live, dict):
            for name in recorded.keys() & live.keys():
                self.learn(recorded[name], live[name], name)
        elif isinstance(recorded, list) and isinstance(live, list):
            for a, b in zip(recorded, live):
                self.learn(a, b, key)
        elif isinstance(recorded, str) and isinstance(live, str):
            if key == "experiment_id":
                self.experiments.setdefault(recorded, live)
            elif key in ("run_id", "run_uuid", "model_id") and recorded:
                self.ours.setdefault(recorded.removeprefix("m-"), live.removeprefix("m-"))
            elif key == "next_page_token":
                self.ours[recorded] = live  # the next request uses it
            elif key == "run_name" and re.fullmatch(r"[a-z]+-[a-z]+-\d+", recorded):
                self.ours.setdefault(recorded, live)

    def replace(self, text: str) -> str:
        for recorded, ours in self.ours.items():
            if recorded in text:
                text = text.replace(recorded, ours)
        text = re.sub(r"(mlflow-artifacts:/)(\d+)\b", lambda m: m[1] + self.experiments.get(m[2], m[2]), text)
        text = re.sub(
            r"(mlflow-artifacts/(?:artifacts|presigned|mpu/\w+)/)(\d+)(?=/|$)", lambda m: m[1] + self.experiments.get(m[2], m[2]), text
        )
        return re.sub(r"(experiment_id=)(\d+)\b", lambda m: m[1] + self.experiments.get(m[2], m[2]), text)

    def translate(self, value, key=""):
        if isinstance(value, dict):
            return {name: self.translate(inner, name) for name, inner in value.items()}
        if isinstance(value, list):
            return [self.translate(inner, key) for inner in value]
        if not isinstance(value, str):
            return value
        if key in ("experiment_id", "experiment_ids"):
            return self.experiments.get(value, value)
        if key == "_mlflow_experiment_ids":
            return value
        return self.replace(value)


def content(body: dict | None, ids: Ids) -> bytes:
    if body is None:
        return b""
    if "json" in body:
        return json.dumps(ids.translate(body["json"])).encode()
    if isinstance(body.get("text"), str):
        text = body["text"]
        return ids.replace(text + "x" * (body.get("length", len(text)) - len(text))).encode()
    return b"\xff" * body["binary"]["size"] if "binary" in body else b"{}"


def ask(url: str, record: dict, ids: Ids) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=30)
    target = ids.replace(record["path"])
    if record.get("query"):
        query = re.sub(r"(^|&)path=(\d+)(?=/|%2F|$)", lambda m: f"{m[1]}path={ids.experiments.get(m[2], m[2])}", record["query"])
        target += "?" + ids.replace(query)
    body = content(record.get("body"), ids)
    headers = dict(record.get("headers", {}))
    connection.putrequest(record["method"], target, skip_host="host" in headers, skip_accept_encoding=True)
    for name, value in headers.items():
        connection.putheader(name, value)
    connection.putheader("content-length", str(len(body)))
    connection.endheaders(body)
    response = connection.getresponse()
    answer = response.status, response.read()
    connection.close()
    return answer


SORTED_BY = ("key", "path", "model_id")


def sort_key(item):
    return next(item[name] for name in SORTED_BY if name in item)


def is_key_list(items) -> bool:
    return all(isinstance(item, dict) and any(name in item for name in SORTED_BY) for item in items) and bool(items)


def as_document(text):
    """A text that holds JSON, as a value: white space inside is free."""
    try:
        return json.loads(text) if isinstance(text, str) and text[:1] in "[{" and text else text
    except ValueError:
        return text


def differences(recorded, live, path="$"):
    """What is not as recorded. Times, tokens, texts of messages and the order of keyed lists are free."""
    name = path.rsplit(".", 1)[-1]
    if isinstance(recorded, dict) and isinstance(live, dict):
        for key in sorted(recorded.keys() - live.keys() - OURS_MAY_LACK):
            yield f"{path}.{key} is missing (recorded {recorded[key]!r:.80})"
        for key in sorted(live.keys() - recorded.keys()):
            yield f"{path}.{key} is new ({live[key]!r:.80})"
        for key in recorded.keys() & live.keys():
            yield from differences(recorded[key], live[key], f"{path}.{key}")
    elif isinstance(recorded, list) and isinstance(live, list):
        if len(recorded) != len(live):
            yield f"{path} has {len(live)} entries, recorded {len(recorded)}"
            return
        if is_key_list(recorded) and is_key_list(live) and name != "metrics":
            recorded, live = sorted(recorded, key=sort_key), sorted(live, key=sort_key)
        elif name == "metrics" and is_key_list(recorded):
            order = lambda m: (m["key"], m.get("timestamp", 0), m.get("step", 0), str(m.get("value")))  # noqa: E731
            recorded, live = sorted(recorded, key=order), sorted(live, key=order)
        for index, (a, b) in enumerate(zip(recorded, live)):
            yield from differences(a, b, f"{path}[{index}]")
    elif recorded != live and (VOLATILE.search(name) or free_value(recorded, live, name)):
        return
    elif isinstance(recorded, bool) != isinstance(live, bool) or isinstance(recorded, (int, float)) != isinstance(live, (int, float)):
        yield f"{path} is {live!r:.60}, recorded {recorded!r:.60}"
    elif type(recorded) is not type(live) and not isinstance(recorded, (int, float)):
        yield f"{path} is {live!r:.60}, recorded {recorded!r:.60}"
    elif recorded != live:
        yield f"{path} is {live!r:.90}, recorded {recorded!r:.90}"


def free_value(recorded, live, name) -> bool:
    if name in ("run_name", "value") and isinstance(recorded, str):
        generated = re.compile(r"[a-z]+-[a-z]+-\d+")
        if generated.fullmatch(recorded) and generated.fullmatch(str(live)):
            return True
    if name == "value" and as_document(recorded) == as_document(live):
        return True
    if name == "file_size" and abs(recorded - live) < 64:  # texts with other paths and ids inside
        return True
    if recorded in (1.7976931348623157e308, -1.7976931348623157e308) and live in ("Infinity", "-Infinity"):
        return True  # the recorded server clamps infinities ...
    if (recorded, live) == (0.0, "NaN"):
        return True  # ... and forgets NaN in metrics of models
    return name in ("user_id",) or (name == "value" and "<" in str(recorded))


@pytest.fixture(scope="module")
def replay_server(tmp_path_factory):
    server = ModelyardServer(tmp_path_factory.mktemp("replay") / "data").start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def ids():
    return Ids()


def check(flow: str, record: dict, status: int, body: bytes, ids: Ids) -> list[str]:
    expected = DIFFERENCES.get((flow, record["n"]))
    answer = record.get("answer") or {}
    recorded = answer.get("json")
    if recorded is None and str(answer.get("text", "")).startswith("{"):
        try:
            recorded = json.loads(answer["text"])
        except ValueError:
            recorded = None
    if expected is None and recorded and (flow, recorded.get("message")) in DIFFERENCES:
        expected = DIFFERENCES[(flow, recorded["message"])]
    if expected:
        if status != expected[0]:
            return [f"status {status}, expected {expected[0]}"]
        code = json.loads(body).get("error_code") if expected[1] else None
        return [] if code == expected[1] else [f"error code {code}, expected {expected[1]}"]
    if UNKNOWN.search(record["path"]):
        return [] if status == 404 and b"error_code" not in body else [f"status {status} of a route that is not spoken"]
    if status != record["status"]:
        return [f"status {status}, recorded {record['status']}: {body[:300]!r}"]
    if recorded is None or record["path"].endswith("server-info"):
        return []
    live = json.loads(body)
    ids.learn(recorded, live)
    if status >= 400:
        code = recorded.get("error_code")
        return [] if live.get("error_code") == code else [f"error code {live.get('error_code')}, recorded {code}"]
    return list(differences(ids.translate(recorded), live))


@pytest.mark.parametrize("flow", FLOWS)
def test_answers_are_as_recorded(flow, replay_server, ids):
    problems = []
    for record in read(flow):
        status, body = ask(replay_server.url, record, ids)
        for problem in check(flow, record, status, body, ids):
            problems.append(f"{flow} {record['n']} {record['method']} {record['path'][-60:]}?{record.get('query', '')[:60]}: {problem}")
    assert not problems, f"{len(problems)} differences\n" + "\n".join(problems[:60])
