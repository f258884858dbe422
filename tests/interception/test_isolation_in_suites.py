"""Isolation of whole suites, for any order of fixtures, any edits, and any outcome."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from typing import TYPE_CHECKING

import boto3
import pytest

if TYPE_CHECKING:
    from pathlib import Path

REAL = {
    "AWS_ACCESS_KEY_ID": "real",
    "AWS_PROFILE": "prod",
    "AWS_REGION": "sa-east-1",
    "AWS_ENDPOINT_URL": "https://real.example",
}

SUITES = {
    "monkeypatch requested first": """
        def test(monkeypatch, dmsconn):
            monkeypatch.setenv("AWS_PROFILE", "mine")
            monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
            monkeypatch.delenv("AWS_REGION")
    """,
    "monkeypatch requested last": """
        def test(dmsconn, monkeypatch):
            monkeypatch.setenv("AWS_PROFILE", "mine")
            monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
            monkeypatch.delenv("AWS_REGION")
    """,
    "a fixture edits before": """
        @pytest.fixture(autouse=True)
        def profile(monkeypatch):
            monkeypatch.setenv("AWS_PROFILE", "mine")
            monkeypatch.delenv("AWS_REGION")

        def test(dmsconn):
            assert "AWS_PROFILE" not in os.environ
            assert os.environ["AWS_REGION"] == "us-east-1"
    """,
    "a fixture edits afterwards": """
        @pytest.fixture
        def profile(dmsconn, monkeypatch):
            monkeypatch.setenv("AWS_PROFILE", "mine")

        def test(profile):
            assert os.environ["AWS_PROFILE"] == "mine"
    """,
    "a fixture made of mock_dms": """
        @pytest.fixture
        def dms():
            with mock_dms() as dms:
                yield dms

        def test_first(monkeypatch, dms):
            monkeypatch.setenv("AWS_PROFILE", "mine")
            monkeypatch.setenv("AWS_REGION", "eu-west-1")

        def test_last(dms, monkeypatch):
            monkeypatch.setenv("AWS_PROFILE", "mine")
            monkeypatch.setenv("AWS_REGION", "eu-west-1")
    """,
    "mock_dms in the test": """
        def test(monkeypatch):
            monkeypatch.setenv("AWS_ACCESS_KEY_ID", "before")
            with mock_dms():
                monkeypatch.setenv("AWS_PROFILE", "mine")
                monkeypatch.delenv("AWS_REGION")
            assert os.environ["AWS_ACCESS_KEY_ID"] == "before"
            assert os.environ["AWS_REGION"] == "sa-east-1"
            monkeypatch.setenv("AWS_ACCESS_KEY_ID", "after")
    """,
    "mock_dms around the fixture": """
        @pytest.fixture(scope="module", autouse=True)
        def dms():
            with mock_dms(region="eu-west-3") as dms:
                yield dms

        @pytest.mark.parametrize("number", range(2))
        def test(dmsconn, monkeypatch, number):
            monkeypatch.setenv("AWS_REGION", "eu-west-1")
            monkeypatch.setenv("AWS_PROFILE", "mine")

        def test_between():
            assert os.environ["AWS_REGION"] == "eu-west-3"
            assert "AWS_PROFILE" not in os.environ
    """,
    "a wider fixture that begins during the test and goes on": """
        @pytest.fixture(scope="module")
        def dms():
            with mock_dms(region="eu-west-3") as dms:
                yield dms

        @pytest.fixture
        def profile(monkeypatch):
            monkeypatch.setenv("AWS_PROFILE", "mine")

        def test_first(profile, dmsconn, request):
            request.getfixturevalue("dms")

        def test_second(dms):
            assert os.environ["AWS_REGION"] == "eu-west-3"
            assert "AWS_PROFILE" not in os.environ
            assert boto3.DEFAULT_SESSION is None
            connection = dms.add_connection()
            boto3.client("dms").delete_connection(**connection.arns)
            dms.assert_only_deleted(connection)
    """,
    "a fake that ends during the test": """
        outer = mock_dms(region="eu-west-3")

        @pytest.fixture(scope="module", autouse=True)
        def enter():
            outer.__enter__()

        def test(dmsconn):
            outer.__exit__(None, None, None)
            assert os.environ["AWS_REGION"] == "us-east-1"
    """,
    "fakes that end out of order during the test": """
        def test(monkeypatch):
            monkeypatch.setenv("AWS_PROFILE", "mine")
            first, second = mock_dms(), mock_dms()
            first.__enter__()
            monkeypatch.setenv("AWS_REGION", "eu-west-1")
            second.__enter__()
            first.__exit__(None, None, None)
            assert "AWS_PROFILE" not in os.environ
            second.__exit__(None, None, None)
            assert os.environ["AWS_PROFILE"] == "mine"
    """,
    "another fixture that edits around the fake": """
        @pytest.fixture
        def keys(monkeypatch):
            os.environ["AWS_SECRET_ACCESS_KEY"] = "of another fake"
            os.environ["AWS_SESSION_TOKEN"] = "of another fake"
            yield
            assert os.environ.pop("AWS_SECRET_ACCESS_KEY") == "of another fake"
            assert os.environ.pop("AWS_SESSION_TOKEN") == "of another fake"

        def test(keys, dmsconn, monkeypatch):
            assert "AWS_SESSION_TOKEN" not in os.environ
            monkeypatch.setenv("AWS_SESSION_TOKEN", "mine")
            monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "mine")
    """,
    "an edit that monkeypatch undoes early": """
        def test(monkeypatch, dmsconn):
            monkeypatch.setenv("AWS_REGION", "eu-west-1")
            monkeypatch.undo()
            assert os.environ["AWS_REGION"] == "us-east-1"
            monkeypatch.setenv("AWS_REGION", "eu-west-1")
    """,
    "an edit of the default session": """
        def test(dmsconn, monkeypatch):
            boto3.client("dms").describe_connections()
            monkeypatch.setattr(boto3, "DEFAULT_SESSION", boto3.Session())
            boto3.setup_default_session(region_name="eu-west-1")
    """,
}

FAILING_SUITES = {
    "a failing test": """
        def test(dmsconn, monkeypatch):
            monkeypatch.setenv("AWS_PROFILE", "mine")
            assert False
    """,
    "a failing setup": """
        @pytest.fixture
        def broken(dmsconn, monkeypatch):
            monkeypatch.setenv("AWS_PROFILE", "mine")
            raise RuntimeError

        def test(broken):
            pass
    """,
    "a failing teardown": """
        @pytest.fixture
        def broken(dmsconn):
            yield
            raise RuntimeError

        def test(broken):
            pass
    """,
    "a seed that fails": """
        @pytest.mark.dmsconn(seed="missing.json")
        def test(dmsconn):
            pass
    """,
    "Ctrl-C": """
        def test(dmsconn, monkeypatch):
            monkeypatch.setenv("AWS_PROFILE", "mine")
            raise KeyboardInterrupt
    """,
    "Ctrl-C in a setup": """
        @pytest.fixture
        def interrupted(dmsconn):
            raise KeyboardInterrupt

        def test(interrupted):
            pass
    """,
}


def run(suite: pytest.Pytester, tests: str) -> pytest.RunResult:
    """Run a suite in this process, and check that it restores everything."""
    imports = "import os\nimport boto3\nimport pytest\nfrom pytest_dmsconn import mock_dms\n"
    suite.makepyfile(imports + textwrap.dedent(tests))
    boto3.setup_default_session(region_name="sa-east-1")
    session, before = boto3.DEFAULT_SESSION, environment()
    result = suite.runpytest_inprocess(no_reraise_ctrlc=True)
    assert environment() == before
    assert boto3.DEFAULT_SESSION is session
    return result


def environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name.startswith(("AWS_", "BOTO"))}


@pytest.fixture(autouse=True)
def _real_environment(bare_machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (bare_machine / "config").write_text("[profile prod]\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(bare_machine / "config"))
    for name, value in REAL.items():
        monkeypatch.setenv(name, value)


@pytest.mark.parametrize("tests", SUITES.values(), ids=SUITES)
def test_suite_passes_and_leaves_everything_as_it_was(suite: pytest.Pytester, tests: str) -> None:
    assert run(suite, tests).ret == pytest.ExitCode.OK


@pytest.mark.parametrize("tests", FAILING_SUITES.values(), ids=FAILING_SUITES)
def test_suite_that_fails_leaves_everything_as_it_was(suite: pytest.Pytester, tests: str) -> None:
    assert run(suite, tests).ret in {pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.INTERRUPTED}


def test_boto3_that_is_imported_during_the_fake_keeps_no_default_session() -> None:
    program = """
import sys
from pytest_dmsconn import mock_dms
with mock_dms() as dms:
    assert "boto3" not in sys.modules
    import boto3
    boto3.client("dms").delete_connection(**dms.add_connection().arns)
    assert boto3.DEFAULT_SESSION.get_credentials().access_key == "testing"
    assert len(dms.deletions) == 1
assert boto3.DEFAULT_SESSION is None
"""
    subprocess.run([sys.executable, "-c", program], check=True)
