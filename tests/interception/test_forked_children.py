"""Children that are forked while a fake is active, or before."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import threading
from typing import TYPE_CHECKING, Any

import aiobotocore.session
import pytest
import requests
from support.botocore_clients import SESSION

from pytest_dmsconn import current, mock_dms

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_dmsconn import Connection, DmsServer, FakeDms

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork on this system"),
    # Python 3.12 and newer warn of threads, which the server and other tests have.
    pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning"),
]

SECONDS = 30


def result_of_child(act: Callable[[], object]) -> str:
    """Run a function in a forked child; return its result or its error."""
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        signal.alarm(SECONDS)  # ends a child that hangs
        try:
            said = repr(act())
        except BaseException as error:  # noqa: BLE001 - the test checks it
            said = f"{type(error).__name__}: {error}"
        os.write(writer, said.encode()[:4000])
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        said = pipe.read().decode()
    _, status = os.waitpid(child, 0)
    assert status == 0, f"the child ended with status {status}"
    return said


def call_botocore(connection: Connection) -> object:
    return SESSION.client("dms").delete_connection(**connection.arns)


def call_requests(connection: Connection) -> object:
    return requests.post(
        "https://dms.us-east-1.amazonaws.com/",
        data=json.dumps(connection.arns),
        headers={"X-Amz-Target": "AmazonDMSv20160101.DeleteConnection"},
        timeout=SECONDS,
    ).json()


def call_aiobotocore(connection: Connection) -> object:
    async def call() -> Any:
        async with aiobotocore.session.get_session().create_client("dms") as client:
            return await client.delete_connection(**connection.arns)

    return asyncio.run(call())


@pytest.mark.parametrize("call", [call_botocore, call_requests, call_aiobotocore])
def test_a_call_through_the_copy_of_a_child_is_an_error(
    dmsconn: FakeDms, call: Callable[[Connection], object]
) -> None:
    connection = dmsconn.add_connection()

    assert result_of_child(lambda: call(connection)) == (
        "BlockedAwsCall: DeleteConnection was called in a forked child. The child has a copy of "
        "the fake, so the test would not see the call. Let the child call dmsconn_server: give it "
        "dmsconn_server.env as its environment before it makes its client. Or enter a fake in the "
        "child with mock_dms()."
    )
    dmsconn.assert_no_calls()


def test_the_copy_stays_a_copy_when_it_is_reset(dmsconn: FakeDms) -> None:
    def reset_and_call() -> None:
        dmsconn.reset()
        call_botocore(dmsconn.add_connection())

    assert "forked child" in result_of_child(reset_and_call)


def test_a_child_of_a_child_has_a_copy_too(dmsconn: FakeDms) -> None:
    connection = dmsconn.add_connection()

    said = result_of_child(lambda: result_of_child(lambda: call_botocore(connection)))

    assert "forked child" in said


def test_a_child_reaches_the_server(dmsconn: FakeDms, dmsconn_server: DmsServer) -> None:
    connection = dmsconn.add_connection()

    def call_over_http() -> object:
        client = SESSION.client("dms", **dmsconn_server.client_kwargs)
        return client.delete_connection(**connection.arns)["Connection"]["Status"]

    assert result_of_child(call_over_http) == "'deleting'"
    dmsconn.assert_only_deleted(connection)


@pytest.mark.usefixtures("dmsconn")
def test_a_fake_that_is_entered_in_the_child_answers_its_calls() -> None:
    @mock_dms
    def call() -> object:
        connection = current().add_connection()
        call_botocore(connection)
        return connection.status

    assert result_of_child(call) == "'deleting'"


def test_a_child_that_was_forked_before_a_fake_can_enter_its_own() -> None:
    def call() -> object:
        with mock_dms() as dms:
            connection = dms.add_connection()
            call_botocore(connection)
            dms.assert_only_deleted(connection)
            return connection.status

    assert result_of_child(call) == "'deleting'"


@pytest.mark.dmsconn(strict=False)
def test_locks_that_other_threads_hold_do_not_stop_the_child(dmsconn: FakeDms) -> None:
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with dmsconn.service.registry.lock:
            held.set()
            done.wait(SECONDS)

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait(SECONDS)

    def use() -> object:
        with mock_dms() as inner:
            inner.add_connection()
        return len(dmsconn.connections)

    try:
        assert result_of_child(use) == "0"
    finally:
        done.set()
        thread.join()
