"""What the clients of a server are given: its URL, and an environment that leads to it alone."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from pytest_dmsconn.errors import UsageError
from pytest_dmsconn.interception import environment
from pytest_dmsconn.protocol.routing import LOOPBACK_NAMES

if TYPE_CHECKING:
    from pytest_dmsconn.fake.fake_dms import FakeDms
    from pytest_dmsconn.options import Options
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
        """Tell of a server that runs.

        Args:
            url: where it listens.
            fake: whose options its clients are to act under.
        """
        self._url = url
        self._fake = fake

    @property
    def url(self) -> str:
        """Where it listens, such as `http://127.0.0.1:54321`."""
        return self._url

    @property
    def env(self) -> dict[str, str]:
        """The environment of a child process: this process's own, and what leads to the server.

        AWS SDKs find there the address of DMS, fake keys, the region; no metadata service, no
        shared configuration, and no proxy on the way.
        """
        given = environment_of(self._url, self._fake.options)
        # What the test set in this process since the fake began holds for the child as well.
        return {**given, **os.environ, ENDPOINT_VARIABLE: self._url, **without_proxy()}

    @property
    def client_kwargs(self) -> dict[str, Any]:
        """Keyword arguments of a boto3 or botocore client that goes through the server."""
        return {
            "endpoint_url": self._url,
            "region_name": self._fake.region,
            "aws_access_key_id": "testing",
            "aws_secret_access_key": "testing",
        }

    def __repr__(self) -> str:
        return f"<DmsServer {self._url}>"


def start_server(port: int = 0) -> LoopbackServer:
    """Start a server that answers for whichever fake is in force.

    Args:
        port: where to listen; 0 for any that is free.

    Raises:
        UsageError: what it needs is not installed, or the port is taken or not for everybody.
    """
    try:
        from pytest_dmsconn.server.http_server import LoopbackServer
    except ModuleNotFoundError as error:
        missing = str(error.name).partition(".")[0]
        msg = f"The server needs {missing}: pip install 'pytest-dmsconn[server]'"
        raise UsageError(msg) from None
    from pytest_dmsconn.server import aws_side

    started = LoopbackServer(aws_side, port)
    started.start()
    return started


def environment_of(url: str, options: Options) -> dict[str, str]:
    """What the environment of a client must have, beside what any program needs."""
    return {**environment.of_fake(options.region), ENDPOINT_VARIABLE: url, **without_proxy()}


def without_proxy() -> dict[str, str]:
    """The variables that keep requests to loopback from a proxy, and those of before with them."""
    exempt = os.environ.get("no_proxy") or os.environ.get("NO_PROXY") or ""
    if exempt.strip() != "*":
        hosts = [host.strip() for host in exempt.split(",") if host.strip()]
        exempt = ",".join(dict.fromkeys([*hosts, *LOOPBACK_NAMES]))
    return dict.fromkeys(("NO_PROXY", "no_proxy"), exempt)
