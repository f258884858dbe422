"""A pytest plugin for tests/conformance/: its options, targets and evidence."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from support import evidence
from support.moto_differences import MOTO_DIFFERENCES
from support.scenarios import row_named_by
from support.target import AT_ONCE, IN_REALITY, Target, Waiting

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

ARN = re.compile(r"arn:[\w-]+:dms:[\w-]+:\d{12}:(?:endpoint|rep):\S+")

KINDS = ("reads", "connection", "endpoint", "instance", "fake")
"""The kinds of scenarios, by what they change, in the order of their runs."""

CALLS: pytest.StashKey[list[dict[str, Any]]] = pytest.StashKey()
SEEN: pytest.StashKey[dict[str, Any]] = pytest.StashKey()
AWS: pytest.StashKey[Target] = pytest.StashKey()


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("conformance", "the target of the scenarios in tests/conformance")
    group.addoption("--target", choices=("moto", "aws"), help="the target, instead of the fake")
    group.addoption("--endpoint-arn", help="the endpoint, for --target aws")
    group.addoption("--replication-instance-arn", help="the instance, for --target aws")
    group.addoption("--endpoint-url", help="the endpoint of --target aws, instead of AWS")
    group.addoption(
        "--destructive",
        action="store_true",
        help="test and delete the connection of the two; without this, nothing is changed",
    )
    group.addoption(
        "--delete-endpoint-and-instance",
        action="store_true",
        help="at the end, delete the endpoint and the instance as well",
    )
    group.addoption("--write-evidence", metavar="DIR", help="write the evidence to this folder")


def option(config: pytest.Config, name: str) -> Any:
    return config.getoption(name, default=None)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "scenario(kind, reason=''): the change of the target")
    config.addinivalue_line("markers", "over_http: needs a server, also for the fake")
    config.stash[SEEN] = {}
    if option(config, "--target") != "aws":
        return
    if hasattr(config, "workerinput") or option(config, "numprocesses"):
        raise pytest.UsageError("--target aws has one connection: run it without -n")
    for name in ("--endpoint-arn", "--replication-instance-arn"):
        if ARN.fullmatch(option(config, name) or "") is None:
            raise pytest.UsageError(f"--target aws needs {name} with the ARN of one to try")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if metafunc.definition.get_closest_marker("scenario") is not None:
        given = option(metafunc.config, "--target")
        over_http = metafunc.definition.get_closest_marker("over_http") is not None
        fakes = ["server"] if over_http else ["process", "server"]
        metafunc.parametrize("target", [given] if given else fakes, indirect=True)


def row_of(item: pytest.Item) -> str:
    """The row of docs/fidelity.md that a scenario tests; empty if the item is no scenario."""
    return row_named_by(item.name) if item.get_closest_marker("scenario") else ""


def name_of(item: pytest.Item) -> str:
    """The name of a scenario without its parameters."""
    return item.name.partition("[")[0]


def kind_of(item: pytest.Item) -> str:
    marker = item.get_closest_marker("scenario")
    return marker.args[0] if marker else "reads"


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    target = option(config, "--target")
    scenarios = [item for item in items if row_of(item)]
    for item in scenarios:
        if target is None:
            # With one description, a scenario could not see `testing` or `deleting`.
            item.add_marker(pytest.mark.dmsconn(testing_polls=2, deleting_polls=2))
        elif reason := reason_to_skip(config, item):
            item.add_marker(pytest.mark.skip(reason))
        elif target == "moto" and name_of(item) in MOTO_DIFFERENCES:
            reason = MOTO_DIFFERENCES[name_of(item)]
            item.add_marker(pytest.mark.xfail(reason=reason, strict=True))
    if target is not None:
        items.sort(key=lambda item: KINDS.index(kind_of(item)))


def reason_to_skip(config: pytest.Config, item: pytest.Item) -> str:
    kind = kind_of(item)
    marker = item.get_closest_marker("scenario")
    if kind == "fake" and marker is not None:
        return str(marker.args[1])
    if option(config, "--target") == "moto" or kind == "reads":
        return ""
    if kind == "connection":
        return "" if option(config, "--destructive") else "changes the connection: --destructive"
    allowed = option(config, "--destructive") and option(config, "--delete-endpoint-and-instance")
    return "" if allowed else f"deletes the {kind}: --delete-endpoint-and-instance"


# Targets


@pytest.fixture
def target(request: pytest.FixtureRequest) -> Iterator[Target]:
    """The target of the scenario."""
    make = {"moto": of_moto, "aws": of_aws}.get(request.param, of_fake)
    made = make(request)
    start = len(made.recorder.calls)
    yield made
    made.close()
    request.node.stash[CALLS] = made.recorder.masked_calls(start)


def of_fake(request: pytest.FixtureRequest) -> Target:
    fake = request.getfixturevalue("dmsconn")
    client_kwargs = {"region_name": fake.region}
    if request.param == "server":
        client_kwargs = request.getfixturevalue("dmsconn_server").client_kwargs
    ends = fake.add_endpoint("orders").arn, fake.add_replication_instance("nightly").arn
    return Target(client_kwargs, *ends, fake=fake)


@pytest.fixture(scope="session")
def moto_url() -> Iterator[str]:
    """The URL of moto's server."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


def of_moto(request: pytest.FixtureRequest) -> Target:
    import boto3

    client_kwargs = {
        "endpoint_url": request.getfixturevalue("moto_url"),
        "region_name": "us-east-1",
        "aws_access_key_id": "testing",
        "aws_secret_access_key": "testing",
    }
    client = boto3.client("dms", **client_kwargs)
    name = f"conformance-{uuid.uuid4().hex[:8]}"
    endpoint = client.create_endpoint(
        EndpointIdentifier=name, EndpointType="source", EngineName="mysql"
    )["Endpoint"]
    instance = client.create_replication_instance(
        ReplicationInstanceIdentifier=name,
        ReplicationInstanceClass="dms.t3.medium",
        EngineVersion="3.5.3",
    )["ReplicationInstance"]
    client.describe_replication_instances()  # it is `creating` until it is described
    return Target(client_kwargs, endpoint["EndpointArn"], instance["ReplicationInstanceArn"])


def of_aws(request: pytest.FixtureRequest) -> Target:
    config = request.config
    if AWS not in config.stash:
        config.stash[AWS] = make_aws(config)
    return config.stash[AWS]


def make_aws(config: pytest.Config) -> Target:
    endpoint_arn = str(option(config, "--endpoint-arn"))
    region = endpoint_arn.split(":")[3]
    url = option(config, "--endpoint-url")
    local = url and urlsplit(url).hostname in ("127.0.0.1", "localhost", "::1")
    client_kwargs = {"region_name": region, **({"endpoint_url": url} if url else {})}
    return Target(
        client_kwargs,
        endpoint_arn,
        str(option(config, "--replication-instance-arn")),
        waiting=Waiting(0.05, AT_ONCE.patience) if local else IN_REALITY,
        may_change=bool(option(config, "--destructive")),
    )


# Evidence


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    row = row_of(item)
    if row and (call.when == "call" or report.skipped or report.failed):
        seen = item.config.stash[SEEN].setdefault(row, {})
        seen[item] = outcome_of(report, call)
    return report


def outcome_of(report: pytest.TestReport, call: pytest.CallInfo[None]) -> dict[str, str]:
    if hasattr(report, "wasxfail") and report.skipped:
        return {"outcome": "differs", "reason": report.wasxfail.removeprefix("reason: ")}
    if report.skipped and call.excinfo is not None:
        return {"outcome": "not run", "reason": call.excinfo.exconly(tryshort=True)}
    if report.skipped:
        return {"outcome": "not run", "reason": str(report.longrepr[-1])}  # type: ignore[index]
    return {"outcome": "agrees" if report.passed else "differs", "reason": ""}


def pytest_sessionfinish(session: pytest.Session) -> None:
    folder, target = (option(session.config, name) for name in ("--write-evidence", "--target"))
    if not folder:
        return
    rows = {}
    for row, items in session.config.stash[SEEN].items():
        outcomes = {outcome["outcome"] for outcome in items.values()}
        reasons = {outcome["reason"]: None for outcome in items.values() if outcome["reason"]}
        rows[row] = {
            "outcome": next(one for one in ("differs", "agrees", "not run") if one in outcomes),
            "reason": " ".join(reasons),
            "calls": [call for item in items for call in item.stash.get(CALLS, [])],
        }
    today = dt.datetime.now(dt.timezone.utc).date().isoformat()
    evidence.write(Path(folder), target or "fake", today, rows)
