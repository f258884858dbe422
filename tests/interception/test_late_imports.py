"""Libraries that the code under test imports while a fake is active are intercepted, too."""

from __future__ import annotations

import sys
import time
from types import ModuleType
from typing import TYPE_CHECKING

import boto3
import pytest

from pytest_dmsconn import mock_dms

if TYPE_CHECKING:
    from pytest_dmsconn import FakeDms

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


def test_a_later_fake_intercepts_a_library_imported_during_an_earlier_one(
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
def test_a_test_that_uses_neither_aiobotocore_nor_moto_does_not_import_them(
    pytester: pytest.Pytester,
) -> None:
    pytester.makepyfile("""
        import sys

        def test(dms_client, dmsconn):
            dms_client.delete_connection(**dmsconn.add_connection().arns)
            assert not {"aiobotocore", "boto3", "moto"} & sys.modules.keys()
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


@pytest.mark.parametrize("name", ["boto3", "time_machine", "moto.core.models", "requests"])
@pytest.mark.dmsconn(skip_sleep=True)
def test_a_module_that_another_thread_is_importing_is_not_used(
    name: str, dmsconn: FakeDms, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = boto3.client("dms")
    monkeypatch.setitem(sys.modules, name, ModuleType(name))

    before = time.time()
    time.sleep(100)
    assert time.time() - before >= 100
    client.delete_connection(**dmsconn.add_connection().arns)
    with mock_dms() as inner:
        client.delete_connection(**inner.add_connection().arns)


def test_models_of_moto_that_another_thread_is_importing_are_not_used(
    dms: FakeDms, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "moto.dms.models", ModuleType("moto.dms.models"))

    connection = dms.add_connection(endpoint_identifier="orders")
    boto3.client("dms").test_connection(**connection.arns)


def test_no_finder_of_modules_is_added(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    before = list(sys.meta_path)
    with mock_dms():
        assert sys.meta_path == before
    assert sys.meta_path == before
