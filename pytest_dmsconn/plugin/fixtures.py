"""The fixtures: `dmsconn`, `dms_client`, `dmsconn_server`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from botocore.client import BaseClient

    from pytest_dmsconn.fake.fake_dms import FakeDms
    from pytest_dmsconn.server.dms_server import DmsServer
    from pytest_dmsconn.server.http_server import LoopbackServer

fake_key: pytest.StashKey[FakeDms] = pytest.StashKey()
"""The fake of the fixture `dmsconn` of a test, while it is in force."""


@pytest.fixture
def dmsconn(request: pytest.FixtureRequest) -> Iterator[FakeDms]:
    """A fake of AWS DMS connections (`pytest_dmsconn.FakeDms`), in force for the test.

    It answers the DMS connection calls of every botocore client in the process from a registry.
    The test seeds the registry (`dmsconn.add_connection(status="failed")`) and asserts what was
    deleted (`dmsconn.assert_only_deleted(connection)`). Options are given by
    `@pytest.mark.dmsconn(region=...)` or by ini `dmsconn_region`.
    """
    from pytest_dmsconn.fake.fake_dms import FakeDms
    from pytest_dmsconn.interception.mock_dms import enter, leave
    from pytest_dmsconn.plugin.options import options_of

    fake = FakeDms(options_of(request))
    request.node.stash[fake_key] = fake
    try:
        enter(fake)
        yield fake
    finally:
        leave(fake)
        del request.node.stash[fake_key]


@pytest.fixture
def dms_client(dmsconn: FakeDms) -> Iterator[BaseClient]:
    """A botocore `dms` client in the region of this test's fake DMS (fixture `dmsconn`).

    A test does not see the handlers, the Stubber or the used-up retries of another test.
    """
    from pytest_dmsconn.plugin import client_pool

    pooled = client_pool.borrow(dmsconn)
    yield pooled.client
    client_pool.give_back(pooled, dmsconn)


@pytest.fixture(scope="session")
def _dmsconn_loopback_server() -> Iterator[LoopbackServer]:
    """The server of the session. Starting and stopping it takes longer than most tests."""
    from pytest_dmsconn.server.dms_server import start_server

    server = start_server()
    yield server
    server.stop()


@pytest.fixture
def dmsconn_server(
    _dmsconn_loopback_server: LoopbackServer, dmsconn: FakeDms, monkeypatch: pytest.MonkeyPatch
) -> DmsServer:
    """This test's fake DMS (fixture `dmsconn`) behind a real HTTP server on loopback.

    It is for code in another process or language. Pass `dmsconn_server.env` as the environment of
    the process, or use `dmsconn_server.url`. It needs `pip install 'pytest-dmsconn[server]'`.
    """
    from pytest_dmsconn.server.dms_server import DmsServer, without_proxy

    for name, value in without_proxy().items():
        monkeypatch.setenv(name, value)
    return DmsServer(_dmsconn_loopback_server.url, dmsconn)
