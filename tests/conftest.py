"""Fixtures and settings of all tests."""

from __future__ import annotations

import json
import os
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import entry_points
from typing import TYPE_CHECKING

import boto3
import pytest
from support import answer_validation
from support.control_api import control_api

# Imported before pytester runs pytest in this process: at the end of a run, pytester removes the
# modules from sys.modules that the run imported.
import pytest_dmsconn.interception.mock_dms  # noqa: F401
from pytest_dmsconn import mock_dms

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from support.control_api import Ask

    from pytest_dmsconn import DmsServer, FakeDms

pytest_plugins = ["pytester", "support.attack", "support.conformance", "support.leak_check"]

# A client that a test creates without a fake must not fetch credentials from a metadata service.
os.environ["AWS_EC2_METADATA_DISABLED"] = "true"

if "dmsconn" not in entry_points(group="pytest11").names:
    # The plugin is on the path but not installed, so pytest in a subprocess must load it by name.
    os.environ["PYTEST_PLUGINS"] = "pytest_dmsconn.plugin"


@pytest.fixture(autouse=True, scope="session")
def _complaints() -> Iterator[list[str]]:
    with pytest.MonkeyPatch.context() as monkeypatch:
        yield answer_validation.watch(monkeypatch)


@pytest.fixture(autouse=True)
def _answers_are_as_the_model_says(_complaints: list[str]) -> Iterator[None]:
    """Validate every answer of the fake against botocore's model of DMS."""
    _complaints.clear()
    yield
    assert _complaints == []


@pytest.fixture
def suite(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A pytester that loads this plugin and no other installed plugin.

    A test can add another plugin: `suite.runpytest("-p", "xdist", "-n", "2")`.
    """
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.setenv("PYTEST_PLUGINS", "pytest_dmsconn.plugin")
    # In this process the plugin is already imported, and older releases of pytest warn about that.
    monkeypatch.setenv("PYTEST_ADDOPTS", "-W ignore::pytest.PytestAssertRewriteWarning")
    return pytester


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail the test if it uses the network."""

    def refuse(*where: object, **_: object) -> None:
        pytest.fail(f"the network was used: {where}")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)


@pytest.fixture
def other_server() -> Iterator[str]:
    """A server that does not belong to AWS; it returns the path and the body of each request."""

    class Echo(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            answer = json.dumps({"asked": self.path, "body": body.decode()}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        do_GET = do_POST  # noqa: N815 - the name that http.server looks for

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def bare_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A machine without any configuration of AWS; return its home folder."""
    for name in os.environ:
        if name.startswith(("AWS_", "BOTO")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    return tmp_path


@pytest.fixture
def ask(dmsconn_server: DmsServer) -> Iterator[Ask]:
    """A function that sends requests to the control API of the test's server."""
    with control_api(dmsconn_server.url) as ask:
        yield ask


@pytest.fixture
def dms() -> Iterator[FakeDms]:
    """A fake with moto's mock_aws."""
    # Imported here, because the import is slow and most tests do not need moto.
    from moto import mock_aws

    with mock_dms() as dms, mock_aws():
        yield dms
