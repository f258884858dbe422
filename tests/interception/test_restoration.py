"""Everything that is patched is put back as the identical object, with the last fake."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

import aiobotocore.session  # noqa: F401 - its patches are applied only if it is imported
import boto3
import botocore.configloader
import botocore.endpoint
import botocore.httpsession
import botocore.retries.bucket
import botocore.signers
import botocore.waiter
import moto.core.botocore_stubber
import pytest
import requests
import responses
from aiobotocore.credentials import AioContainerProvider, AioInstanceMetadataProvider
from aiobotocore.endpoint import AioEndpoint
from botocore.credentials import ContainerProvider, InstanceMetadataProvider

from pytest_dmsconn import UsageError, current, mock_dms

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pytest_dmsconn import FakeDms

WATCHED: Mapping[str, Any] = {
    "URLLib3Session": botocore.httpsession.URLLib3Session,
    "RequestSigner": botocore.signers.RequestSigner,
    "TokenBucket": botocore.retries.bucket.TokenBucket,
    "botocore.endpoint": botocore.endpoint,
    "botocore.waiter": botocore.waiter,
    "botocore.configloader": botocore.configloader,
    "ContainerProvider": ContainerProvider,
    "InstanceMetadataProvider": InstanceMetadataProvider,
    "AioEndpoint": AioEndpoint,
    "AioContainerProvider": AioContainerProvider,
    "AioInstanceMetadataProvider": AioInstanceMetadataProvider,
    "BotocoreStubber": moto.core.botocore_stubber.BotocoreStubber,
    "HTTPAdapter": requests.adapters.HTTPAdapter,
    "RequestsMock": responses.RequestsMock,
    "time": time,
    "asyncio": asyncio,
}


def everything() -> dict[str, object]:
    """All attributes of what is patched, and the finders of modules."""
    attributes: dict[str, object] = {
        f"{place}.{name}": value
        for place, owner in WATCHED.items()
        for name, value in vars(owner).items()
        if name != "__annotations_cache__"
    }
    finders = {f"sys.meta_path[{number}]": one for number, one in enumerate(sys.meta_path)}
    return attributes | finders


def changed(before: dict[str, object]) -> set[str]:
    now = everything()
    return {name for name in before.keys() | now.keys() if now.get(name) is not before.get(name)}


class Ended(Exception):  # noqa: N818 - what a test raises, no error
    """What ends a block in a test."""


def end_normally() -> None:
    with mock_dms(skip_sleep=True):
        boto3.client("dms").describe_connections()


def end_in_an_exception() -> None:
    with pytest.raises(Ended), mock_dms(skip_sleep=True):
        raise Ended


def end_in_an_interrupt() -> None:
    with pytest.raises(KeyboardInterrupt), mock_dms(skip_sleep=True):
        raise KeyboardInterrupt


def end_in_a_strict_failure() -> None:
    @mock_dms(skip_sleep=True)
    def program() -> None:
        with pytest.raises(RuntimeError):
            boto3.client("s3").list_buckets()

    with pytest.raises(AssertionError):
        program()


def fail_in_the_seed() -> None:
    with pytest.raises(UsageError), mock_dms(skip_sleep=True, seed={"Connections": 1}):
        pytest.fail("was entered")


def nest() -> None:
    with mock_dms(), mock_dms(skip_sleep=True):
        boto3.client("dms").describe_connections()


def end_out_of_order() -> None:
    first, second = mock_dms(), mock_dms(skip_sleep=True)
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    boto3.client("dms").describe_connections()
    second.__exit__(None, None, None)


@pytest.mark.parametrize(
    "use",
    [
        end_normally,
        end_in_an_exception,
        end_in_an_interrupt,
        end_in_a_strict_failure,
        fail_in_the_seed,
        nest,
        end_out_of_order,
    ],
)
def test_everything_is_put_back_as_the_identical_object(use: Callable[[], None]) -> None:
    before = everything()
    use()
    assert changed(before) == set()


def test_everything_that_is_patched_is_watched_by_these_tests() -> None:
    before = everything()
    with mock_dms(skip_sleep=True):
        places = {name.partition(".")[0] for name in changed(before)}
    assert places >= {"URLLib3Session", "RequestSigner", "AioEndpoint", "RequestsMock", "time"}


def test_adapter_that_fails_to_patch_leaves_nothing_behind(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delattr(botocore.signers.RequestSigner, "sign")
    before = everything()
    with pytest.raises(AttributeError), mock_dms():
        pytest.fail("was entered")
    assert changed(before) == set()
    monkeypatch.undo()
    with mock_dms():
        boto3.client("dms").describe_connections()


def test_patches_stay_until_the_last_fake_ends() -> None:
    before = everything()
    first, second = mock_dms(), mock_dms()
    first.__enter__()
    patched = changed(before)
    newest = second.__enter__()
    first.__exit__(None, None, None)
    assert changed(before) == patched
    boto3.client("dms").describe_connections()
    assert len(newest.calls) == 1
    second.__exit__(None, None, None)


def test_fake_below_answers_again_when_the_one_above_has_ended() -> None:
    client = boto3.client("dms", region_name="us-east-1")
    with mock_dms() as below:
        with mock_dms() as above:
            client.describe_connections()
        client.describe_connections()
        client.describe_connections()
    assert (len(above.calls), len(below.calls)) == (1, 2)


def test_fakes_of_threads_may_end_in_any_order() -> None:
    before = everything()
    entered, may_end = threading.Event(), threading.Event()
    seen: list[FakeDms] = []

    def first_in_last_out() -> None:
        with mock_dms() as dms:
            seen.append(dms)
            entered.set()
            assert may_end.wait(30)
            boto3.client("dms").describe_connections()

    thread = threading.Thread(target=first_in_last_out)
    thread.start()
    assert entered.wait(30)
    with mock_dms() as newest:
        may_end.set()
        thread.join()
        boto3.client("dms").describe_connections()
    assert len(newest.calls) == 2  # the newest answers, whoever calls
    assert len(seen[0].calls) == 0
    assert changed(before) == set()


def test_fakes_of_tasks_may_end_in_any_order() -> None:
    before = everything()

    @mock_dms
    async def end_after(other: asyncio.Event, own: asyncio.Event) -> FakeDms:
        dms = current()
        await other.wait()
        own.set()
        return dms

    async def gather() -> list[FakeDms]:
        events = [asyncio.Event() for _ in range(4)]
        events[0].set()
        return await asyncio.gather(*(end_after(*events[n : n + 2]) for n in range(3)))

    assert len(set(asyncio.run(gather()))) == 3
    assert changed(before) == set()


def test_many_threads_that_enter_and_leave_leave_nothing_behind() -> None:
    before = everything()
    begin = threading.Barrier(8)

    def enter_and_leave() -> None:
        begin.wait(30)
        for _ in range(20):
            with mock_dms() as dms:
                dms.add_connection()

    threads = [threading.Thread(target=enter_and_leave) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert changed(before) == set()
    with pytest.raises(UsageError):
        current()


def test_library_that_is_imported_during_the_fake_is_restored_too() -> None:
    program = """
import sys
from pytest_dmsconn import mock_dms
with mock_dms():
    import aiobotocore.session, requests, responses
    patched = responses.RequestsMock._find_match
assert responses.RequestsMock._find_match is not patched
assert not [one for one in sys.meta_path if "pytest_dmsconn" in type(one).__module__]
for module in (aiobotocore.session, requests, responses):
    loader = module.__spec__.loader
    assert loader is module.__loader__
    assert "pytest_dmsconn" not in type(loader).__module__
"""
    subprocess.run([sys.executable, "-c", program], check=True)
