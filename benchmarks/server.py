"""The time of a request to the server from four client processes, compared with moto's server."""

from __future__ import annotations

import http.client
import multiprocessing
import os
import re
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from benchmarks.measure import Comparison, compare

if TYPE_CHECKING:
    from collections.abc import Iterator

CLIENTS = 4
SECONDS = 2.0
HEADERS = {
    "X-Amz-Target": "AmazonDMSv20160101.DescribeConnections",
    "Content-Type": "application/x-amz-json-1.1",
    "Authorization": (
        "AWS4-HMAC-SHA256 Credential=testing/20260101/us-east-1/dms/aws4_request, "
        "SignedHeaders=host;x-amz-date, Signature=0"
    ),
}
OURS = [sys.executable, "-m", "pytest_dmsconn", "serve", "--port", "0"]
MOTO = [sys.executable, "-c", "from moto.server import main; main(['-p', '0'])"]


def seconds_a_request(rounds: int) -> Comparison:
    """DescribeConnections, compared with moto's server."""
    with _serving(OURS) as ours, _serving(MOTO) as reference:
        return compare(lambda: _ask(ours), lambda: _ask(reference), rounds)


@contextmanager
def _serving(command: list[str]) -> Iterator[str]:
    """Run a server, and yield the URL that it prints."""
    with tempfile.TemporaryDirectory() as folder:
        printed = Path(folder, "printed")
        environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
        with printed.open("wb") as file:
            process = subprocess.Popen(  # noqa: S603 - a command of our own
                command, stdout=file, stderr=subprocess.STDOUT, env=environment
            )
        try:
            yield _printed_url(printed, process)
        finally:
            process.terminate()
            process.wait()


def _printed_url(printed: Path, process: subprocess.Popen[bytes]) -> str:
    while process.poll() is None:
        match = re.search(r"http://127\.0\.0\.1:\d+", printed.read_text(encoding="utf-8"))
        if match:
            return match.group()
        time.sleep(0.05)
    raise RuntimeError(printed.read_text(encoding="utf-8"))


def _ask(url: str) -> float:
    """The seconds of a request while four clients send requests all the time."""
    with multiprocessing.get_context("spawn").Pool(CLIENTS) as pool:
        done = pool.map(_client, [urlsplit(url).netloc] * CLIENTS)
    return SECONDS / sum(done)


def _client(address: str) -> int:
    """Send requests over one connection for some seconds; return the number of answers."""
    connection = http.client.HTTPConnection(address)
    end = time.perf_counter() + SECONDS
    answers = 0
    while time.perf_counter() < end:
        connection.request("POST", "/", b"{}", HEADERS)
        response = connection.getresponse()
        response.read()
        if response.status != http.HTTPStatus.OK:
            msg = f"{address} answered {response.status}"
            raise RuntimeError(msg)
        answers += 1
    return answers
