"""The start of a server, and the URL and environment for its clients."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from pytest_dmsconn.errors import UsageError
from pytest_dmsconn.interception import environment
from pytest_dmsconn.protocol.routing import LOOPBACK_NAMES

if TYPE_CHECKING:
    from pytest_dmsconn.fake.fake_dms import FakeDms
    from pytest_dmsconn.server.http_server import LoopbackServer

ENDPOINT_VARIABLE = "AWS_ENDPOINT_URL_DATABASE_MIGRATION_SERVICE"


class DmsServer:
    """The fake of a test behind a real HTTP server, for other processes and languages.

    Example:
        >>> def test_script(dmsconn, dmsconn_server):
        ...     stale = dmsconn.add_connection(status="failed")
        ...     subprocess.run(["node", "cleanup.js"], env=dmsconn_server.env, check=True)
        ...     dmsconn.assert_only_deleted(stale)
    """

    def __init__(self, url: str, fake: FakeDms) -> None:
        """Describe a running server.

        Args:
            url: its URL, such as `http://127.0.0.1:54321`.
            fake: the fake whose region its clients get.
        """
        self._url = url
        self._fake = fake

    @property
    def url(self) -> str:
        """Its URL, such as `http://127.0.0.1:54321`."""
        return self._url

    @property
    def env(self) -> dict[str, str]:
        """The environment of this process, changed so that AWS SDKs in a child call the server.

        It sets the endpoint URL of DMS, fake keys and the region. It disables the metadata
        service, shared configuration files, and proxies for loopback.
        """
        given = environment.of_fake(self._fake.region)
        # Variables that the test set after the fake began apply to the child too.
        return {**given, **os.environ, ENDPOINT_VARIABLE: self._url, **without_proxy()}

    @property
    def client_kwargs(self) -> dict[str, Any]:
        """Keyword arguments for a boto3 or botocore client that calls the server."""
        return {
            "endpoint_url": self._url,
            "region_name": self._fake.region,
            "aws_access_key_id": "testing",
            "aws_secret_access_key": "testing",
        }

    def __repr__(self) -> str:
        return f"<DmsServer {self._url}>"


def start_server(port: int = 0) -> LoopbackServer:
    """Start a server that answers from the newest active fake.

    Args:
        port: the port, up to 65535; 0 for any free port.

    Raises:
        UsageError: waitress is not installed, or the port is taken or needs a privilege.
    """
    try:
        from pytest_dmsconn.server.http_server import LoopbackServer
    except ModuleNotFoundError as error:
        missing = str(error.name).partition(".")[0]
        msg = f"The server needs {missing}: pip install 'pytest-dmsconn[server]'"
        raise UsageError(msg) from None
    from pytest_dmsconn.server import application

    started = LoopbackServer(application, port)
    started.start()
    return started


def environment_of(url: str, region: str) -> dict[str, str]:
    """The variables that make AWS SDKs call the server."""
    return {**environment.of_fake(region), ENDPOINT_VARIABLE: url, **without_proxy()}


def without_proxy() -> dict[str, str]:
    """`NO_PROXY` and `no_proxy` with the names of loopback added to their hosts."""
    exempt = os.environ.get("no_proxy") or os.environ.get("NO_PROXY") or ""
    if exempt.strip() != "*":
        hosts = [host.strip() for host in exempt.split(",") if host.strip()]
        exempt = ",".join(dict.fromkeys([*hosts, *LOOPBACK_NAMES]))
    return dict.fromkeys(("NO_PROXY", "no_proxy"), exempt)
