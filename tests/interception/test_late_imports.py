"""What the code under test imports once the fake is in force is intercepted all the same."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from typing import TYPE_CHECKING

import pytest

from pytest_dmsconn import mock_dms
from pytest_dmsconn.interception.late_imports import LateImports

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

POST = """
def post(session):
    return session.post(
        "https://dms.us-east-1.amazonaws.com/",
        data="{}",
        headers={"X-Amz-Target": "AmazonDMSv20160101.DescribeConnections"},
        timeout=5,
    )
"""
AIOBOTOCORE = """
import asyncio

async def use():
    from aiobotocore.session import AioSession
    async with AioSession().create_client("dms", region_name="us-east-1") as client:
        await client.describe_connections()
"""


def run(pytester: pytest.Pytester, code: str) -> None:
    """Run code in a process of its own, in which nothing has been imported yet."""
    result = pytester.runpython_c(code)
    assert result.ret == 0, result.stderr.str()


@pytest.mark.parametrize("first", ["import requests", "import responses", "import requests.api"])
def test_requests_is_intercepted(first: str, pytester: pytest.Pytester) -> None:
    run(
        pytester,
        f"""
import sys
from pytest_dmsconn import mock_dms
{POST}
with mock_dms() as dms:
    assert "requests" not in sys.modules
    {first}
    import requests
    assert post(requests).status_code == 200
    assert [call.transport for call in dms.calls] == ["requests"]

import responses
assert requests.adapters.HTTPAdapter.send.__module__ == "requests.adapters"
assert responses._real_send is requests.adapters.HTTPAdapter.send
""",
    )


def test_requests_imported_by_a_mock_of_the_test_is_intercepted(pytester: pytest.Pytester) -> None:
    run(
        pytester,
        f"""
from pytest_dmsconn import mock_dms
{POST}
with mock_dms() as dms:
    import responses, requests
    with responses.RequestsMock() as mock:
        mock.get("https://example.com/", json=1)
        assert post(requests).status_code == 200
        assert requests.get("https://example.com/", timeout=5).json() == 1
    assert len(dms.calls) == 1
""",
    )


def test_a_later_fake_intercepts_what_an_earlier_one_saw_imported(
    pytester: pytest.Pytester,
) -> None:
    run(
        pytester,
        f"""
from pytest_dmsconn import mock_dms
{POST}
with mock_dms():
    import requests
for _ in range(2):
    with mock_dms() as dms:
        assert post(requests).status_code == 200
        assert len(dms.calls) == 1
""",
    )


@pytest.mark.parametrize(
    "first", ["aiobotocore.session", "aiobotocore.config", "aiobotocore.waiter"]
)
def test_aiobotocore_is_intercepted(first: str, pytester: pytest.Pytester) -> None:
    run(
        pytester,
        f"""
import sys
from pytest_dmsconn import mock_dms
{AIOBOTOCORE}
with mock_dms() as dms:
    assert "aiobotocore" not in sys.modules
    import {first}
    asyncio.run(use())
    assert [call.transport for call in dms.calls] == ["aiobotocore"]

from aiobotocore.endpoint import AioEndpoint
assert AioEndpoint._send.__module__ == "aiobotocore.endpoint"
""",
    )


def test_boto3_is_intercepted(pytester: pytest.Pytester) -> None:
    run(
        pytester,
        """
from pytest_dmsconn import mock_dms
with mock_dms() as dms:
    import boto3
    boto3.client("dms").describe_connections()
    assert len(dms.calls) == 1
""",
    )


@pytest.mark.slow
def test_a_test_that_imports_none_of_them_does_not_pay(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("""
        import sys

        def test(dms_client, dmsconn):
            dms_client.delete_connection(**dmsconn.add_connection().arns)
            assert not {"aiobotocore", "moto", "requests", "responses"} & sys.modules.keys()
    """)
    pytester.runpytest_subprocess().assert_outcomes(passed=1)


@pytest.mark.parametrize("library", ["requests", "responses"])
def test_threads_that_import_at_once_are_intercepted(
    library: str, pytester: pytest.Pytester
) -> None:
    run(
        pytester,
        f"""
import sys, threading
from concurrent.futures import ThreadPoolExecutor
from pytest_dmsconn import mock_dms
{POST}
sys.setswitchinterval(1e-5)
ready = threading.Barrier(4)

def use(_):
    ready.wait()
    import {library}
    import requests
    return post(requests).status_code

with mock_dms() as dms:
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(use, range(4))) == [200] * 4
    assert len(dms.calls) == 4

import requests, responses
assert responses._real_send is requests.adapters.HTTPAdapter.send
""",
    )


def test_a_library_knows_its_own_loader(pytester: pytest.Pytester) -> None:
    run(
        pytester,
        """
import importlib.util, inspect
from importlib.machinery import SourceFileLoader
from pytest_dmsconn import mock_dms
with mock_dms():
    assert "HTTP" in importlib.util.find_spec("requests").loader.get_source("requests")
    import requests
assert type(requests.__spec__.loader) is SourceFileLoader
assert requests.__loader__ is requests.__spec__.loader
assert "HTTP" in inspect.getsource(requests)
""",
    )


def test_an_import_after_the_fake_is_not_touched(pytester: pytest.Pytester) -> None:
    run(
        pytester,
        """
import sys
from pytest_dmsconn import mock_dms
def watchers():
    return [one for one in sys.meta_path if type(one).__module__.startswith("pytest_dmsconn")]
with mock_dms():
    assert watchers()
assert not watchers()
import requests
assert "responses" not in sys.modules
""",
    )


def test_finders_that_others_have_added_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    class Other:
        @staticmethod
        def find_spec(*_: object) -> None:
            return None

    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    before = list(sys.meta_path)
    with mock_dms():
        sys.meta_path.insert(0, Other())

    assert isinstance(sys.meta_path[0], Other)
    assert sys.meta_path[1:] == before


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What has been told of the module `fragile`, which is watched."""
    monkeypatch.syspath_prepend(tmp_path)
    imported: list[str] = []
    watch = LateImports({"fragile"}, imported.append)
    watch.start()
    yield imported
    watch.stop()
    sys.modules.pop("fragile", None)


def test_an_import_that_fails_fails_as_ever(told: list[str], tmp_path: Path) -> None:
    (tmp_path / "fragile.py").write_text("raise OSError('broken')")

    with pytest.raises(OSError, match="broken"):
        importlib.import_module("fragile")

    assert "fragile" not in sys.modules
    assert told == []


def test_an_import_that_succeeds_after_one_that_failed_is_noticed(
    told: list[str], tmp_path: Path
) -> None:
    (tmp_path / "fragile.py").write_text("raise OSError('broken')")
    with pytest.raises(OSError, match="broken"):
        importlib.import_module("fragile")
    (tmp_path / "fragile.py").write_text("WHOLE = True")
    importlib.invalidate_caches()

    assert importlib.import_module("fragile").WHOLE
    assert told == ["fragile"]


def test_a_module_that_is_not_there_is_not_found(told: list[str]) -> None:
    assert importlib.util.find_spec("fragile") is None
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("fragile")
    assert told == []
