"""pytest: options, markers, fixtures, and the report of a failed test. Nothing else knows it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pytest

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from botocore.client import BaseClient

    from pytest_dmsconn.fake import FakeDms

_IniType = Literal["string", "bool", "int", "float"]

INI_OPTIONS: dict[str, tuple[_IniType, str]] = {
    "region": ("string", "default region of seeds and clients (us-east-1)"),
    "account_id": ("string", "default account, 12 digits (123456789012)"),
    "testing_polls": (
        "int",
        "the n-th DescribeConnections that selects a connection under test reports its result (1)",
    ),
    "deleting_polls": ("int", "the n-th description no longer shows what was deleted (1)"),
    "testing_seconds": ("float", "virtual seconds that a test takes, instead of polls"),
    "deleting_seconds": ("float", "virtual seconds that a deletion takes, instead of polls"),
    "test_result": ("string", "what a TestConnection ends in: successful or failed (successful)"),
    "unmatched_filters": (
        "string",
        "what filters that select nothing are answered with: fault or empty (fault)",
    ),
    "seed": ("string", "JSON file to start with, relative to the ini file"),
    "strict": ("bool", "fail a passed test in which a call to AWS was blocked (true)"),
    "block_aws": ("bool", "block calls to AWS that nothing answers (true)"),
}

_fakes_of: pytest.StashKey[list[FakeDms]] = pytest.StashKey()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Register the ini options."""
    for name, (kind, words) in INI_OPTIONS.items():
        parser.addini(f"dmsconn_{name}", f"Fake DMS: {words}.", type=kind, default=None)


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker."""
    config.addinivalue_line(
        "markers",
        f"dmsconn({', '.join(f'{name}=...' for name in INI_OPTIONS)}): options of the fake DMS "
        "that the fixture 'dmsconn' sets up for this test; keywords only, the marker closest to "
        "the test wins, option by option, before the ini options of the same names.",
    )


@pytest.fixture
def dmsconn(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeDms]:
    """A fake of AWS DMS connections (`pytest_dmsconn.FakeDms`), in force for the test.

    Whatever botocore client the code under test uses, its DMS connection calls are answered from
    a registry that the test seeds (`dmsconn.add_connection(status="failed")`) and looks at
    (`dmsconn.assert_only_deleted(connection)`). Options: `@pytest.mark.dmsconn(region=...)`, or
    ini `dmsconn_region`.
    """
    __tracebackhide__ = True
    from pytest_dmsconn.activation import in_force
    from pytest_dmsconn.options import make_options

    options = make_options(_options_given(request))
    with in_force(options, monkeypatch) as fake:
        fakes: list[FakeDms] = request.node.stash.setdefault(_fakes_of, [])
        fakes.append(fake)
        yield fake


@pytest.fixture
def dms_client(dmsconn: FakeDms) -> BaseClient:
    """A botocore `dms` client in the region of the fake DMS (fixture `dmsconn`) of this test.

    It is the test's own: handlers, a Stubber or used-up retries are not seen by another test.
    """
    from botocore.session import Session

    client: BaseClient = Session().create_client("dms", region_name=dmsconn.region)
    return client


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:
    """Let the option `strict` fail a test that passed: the test itself, not its teardown."""
    __tracebackhide__ = True
    outcome = yield
    # A TestCase keeps its own failures and skips here, and raises none of them.
    if not getattr(item, "_excinfo", None):
        for fake in item.stash.get(_fakes_of, ()):
            from pytest_dmsconn.endings import judge

            judge(fake)
    return outcome


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show what happened to the fake in the report of a failed test."""
    report = yield
    if report.failed:
        for fake in _fakes_used(item):
            from pytest_dmsconn.explain import report as explain

            report.sections.append((f"Fake DMS ({report.when})", explain(fake.backend)))
    return report


def _fakes_used(item: pytest.Item) -> list[FakeDms]:
    """The fakes of a test's fixtures, and those that are in force around it."""
    fakes = list(item.stash.get(_fakes_of, ()))
    stack = sys.modules.get("pytest_dmsconn.stack")
    if stack is not None:
        fakes += [fake for fake in stack.fakes if fake not in fakes]
    return fakes


def _options_given(request: pytest.FixtureRequest) -> dict[str, Any]:
    """What markers and ini say; the closest marker wins, option by option."""
    __tracebackhide__ = True
    from pytest_dmsconn.errors import UsageError

    given: dict[str, Any] = {}
    for marker in request.node.iter_markers("dmsconn"):
        if marker.args:
            msg = f"@pytest.mark.dmsconn takes keywords only, not {marker.args!r}."
            raise UsageError(msg)
        for name, value in marker.kwargs.items():
            if name not in given:
                given[name] = _beside(request.path.parent, name, value)
    config = request.config
    for name in INI_OPTIONS:
        value = _ini_value(config, name)
        if value is not None and name not in given:
            folder = config.inipath.parent if config.inipath else config.invocation_params.dir
            given[name] = _beside(folder, name, value)
    return given


def _ini_value(config: pytest.Config, name: str) -> Any:
    """The value of an ini option; None if it is not set."""
    from pytest_dmsconn.errors import UsageError

    try:
        return config.getini(f"dmsconn_{name}")
    except (TypeError, ValueError) as error:
        msg = f"The ini option dmsconn_{name} has a bad value: {error}"
        raise UsageError(msg) from None


def _beside(folder: Path, name: str, value: Any) -> Any:
    """Take a path to seed from as relative to the file that gives it."""
    if name == "seed" and isinstance(value, (str, Path)):
        return folder / value
    return value
