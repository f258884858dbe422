"""A test of this project fails if it leaves a patch, a variable, a thread or an open file."""

from __future__ import annotations

from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

TESTS = """
import gc
import os
import socket
import threading

import pytest

from pytest_dmsconn import mock_dms
from pytest_dmsconn.interception import botocore
from pytest_dmsconn.interception.waiting import virtual_time

kept = []


def start(name):
    started = threading.Event()
    thread = threading.Thread(target=started.wait, name=name, daemon=True)
    thread.start()
    return started, thread


@pytest.fixture(scope="module")
def module_socket():
    with socket.socket() as opened:
        start("module-thread")
        yield opened


def test_of_a_wider_fixture(request):
    request.getfixturevalue("module_socket")


def test_that_closes_all():
    cycle = [socket.socket()]
    cycle.append(cycle)
    started, thread = start("short")
    started.set()
    with mock_dms():
        pass


def test_patch():
    botocore._SEND.apply()


def test_sleep():
    virtual_time.PATCHES[0].apply()


def test_variable():
    os.environ["LEFT"] = "secret"


def test_thread():
    start("left-thread")


def test_file():
    kept.append(open(__file__))


def test_socket():
    kept.append(socket.socket())


def test_garbage_collection():
    gc.disable()


def test_after_all():
    pass
"""


def test_each_leak_fails_the_test_that_leaked(
    suite: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent))
    suite.makeconftest("from support import snapshots; snapshots.SECONDS_TO_END = 0.1")
    suite.makepyfile(test_it=TESTS)

    result = suite.runpytest_subprocess("-p", "support.leak_check", "-rE")

    result.assert_outcomes(passed=10, errors=7)
    result.stdout.fnmatch_lines(
        [
            "* ERROR at teardown of test_patch *",
            "The test has left something behind.",
            "URLLib3Session.send is not the object that it was.",
            "* ERROR at teardown of test_sleep *",
            "The test has left something behind.",
            "time.sleep is not the object that it was.",
            "* ERROR at teardown of test_variable *",
            "The environment variable LEFT has changed.",
            "* ERROR at teardown of test_thread *",
            "The thread 'left-thread' is running.",
            "* ERROR at teardown of test_file *",
            "The file descriptor * is open: */test_it.py.",
            "* ERROR at teardown of test_socket *",
            "The file descriptor * is open: socket:*.",
            "* ERROR at teardown of test_garbage_collection *",
            "Garbage collection was switched on or off.",
        ]
    )
    result.stdout.no_fnmatch_line("*secret*")
