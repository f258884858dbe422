"""The private names of Python, pytest, anyio and clients that the plugin uses are there."""

from __future__ import annotations

import asyncio
import inspect
import os
import sys
from typing import Any

import boto3
import pytest
from _pytest import unittest
from anyio._backends import _asyncio

from pytest_dmsconn import mock_dms
from pytest_dmsconn.interception import environment


def test_environment_of_the_process_keeps_encoded_variables() -> None:
    assert hasattr(os.environ, "_data"), "os.environ._data is gone; environment.py reads it."


@pytest.mark.skipif(not os.supports_bytes_environ, reason="Windows has no os.environb.")
def test_environment_is_replaced_and_restored_without_that_dictionary(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(environment, "_variables", os.environb)
    monkeypatch.setenv("AWS_PROFILE", "mine")
    before = dict(os.environ)

    with mock_dms(region="eu-west-1"):
        inside = dict(os.environ)

    assert (inside["AWS_REGION"], "AWS_PROFILE" in inside) == ("eu-west-1", False)
    assert os.environ == before


def test_module_tells_whether_it_is_being_imported() -> None:
    spec = sys.modules[__name__].__spec__
    assert spec is not None
    text = inspect.getsource(sys.modules["importlib._bootstrap"])
    assert "_initializing" in text, "ModuleSpec._initializing is gone; patching.py reads it."


@pytest.mark.parametrize("name", ["_ready", "_scheduled"])
def test_event_loop_shows_what_it_will_run(name: str) -> None:
    loop = asyncio.new_event_loop()
    try:
        assert hasattr(loop, name), f"BaseEventLoop.{name} is gone; event_loops.py reads it."
    finally:
        loop.close()


def test_anyio_sleeps_by_a_function_of_its_backend() -> None:
    assert hasattr(_asyncio, "sleep"), "anyio's reference to asyncio.sleep is gone."


@pytest.mark.usefixtures("dmsconn")
def test_client_has_the_parts_that_a_test_can_change() -> None:
    client = boto3.client("dms")
    for owner, name in (
        (client, "_endpoint"),
        (client, "_request_signer"),
        (client.meta.events, "_emitter"),
    ):
        assert hasattr(owner, name), f"{type(owner).__name__}.{name} is gone; client_pool reads it."


def test_function_of_pytest_has_its_fixtures(request: pytest.FixtureRequest) -> None:
    assert hasattr(request.node, "_fixtureinfo"), (
        "Function._fixtureinfo is gone; plugin/options.py reads it."
    )


def test_test_case_keeps_its_failures() -> None:
    assert hasattr(unittest.TestCaseFunction, "_excinfo"), (
        "TestCaseFunction._excinfo is gone; plugin/strict_failure.py reads it."
    )


def test_failure_of_pytest_has_lines_and_a_place() -> None:
    with pytest.raises(ZeroDivisionError) as failure:
        raise ZeroDivisionError
    longrepr: Any = failure.getrepr(style="short")
    entry = longrepr.reprtraceback.reprentries[-1]
    for owner, name in (
        (entry, "lines"),
        (entry, "style"),
        (entry, "reprfileloc"),
        (entry.reprfileloc, "message"),
    ):
        assert hasattr(owner, name), (
            f"{type(owner).__name__}.{name} is gone; plugin/strict_failure.py sets it."
        )
