"""The server while a test holds or replaces the clocks of the process."""

from __future__ import annotations

import threading
import time
from contextlib import closing, suppress
from typing import TYPE_CHECKING

from freezegun import freeze_time
from support.raw_http import DESCRIBE, assert_still_answers, call, connect, read_answer

if TYPE_CHECKING:
    import pytest

    from pytest_dmsconn import DmsServer

SECONDS_UNTIL_DEADLINES_ARE_CHECKED = 0.3


def test_a_connection_stays_open_when_the_time_is_frozen(dmsconn_server: DmsServer) -> None:
    with closing(connect(dmsconn_server.url)) as client:
        client.sendall(call(b"{}", DESCRIBE))
        assert read_answer(client).status == 200
        with freeze_time("2040-01-01"):
            time.sleep(SECONDS_UNTIL_DEADLINES_ARE_CHECKED)
            client.sendall(call(b"{}", DESCRIBE))

            assert read_answer(client).status == 200


def test_a_clock_that_fails_does_not_stop_the_server(
    dmsconn_server: DmsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Clocks of freezegun raise this in other threads, at the moment when the frozen time ends.
    pending: list[IndexError] = []
    clock = time.time

    def fail_once() -> float:
        if threading.current_thread().name == "dmsconn-server" and pending:
            raise pending.pop()
        return clock()

    monkeypatch.setattr(time, "time", fail_once)
    for _ in range(3):
        pending.append(IndexError("list index out of range"))
        with closing(connect(dmsconn_server.url)) as client, suppress(ConnectionError):
            client.sendall(call(b"{}", DESCRIBE))
            read_answer(client)
    assert pending == []
    with closing(connect(dmsconn_server.url)) as client:
        assert_still_answers(client)
