"""The private names of other libraries that the transports use are there."""

from __future__ import annotations

import asyncio
import inspect
import time
from typing import Any

import botocore.configloader
import botocore.credentials
import botocore.signers
import pytest
import requests
import responses
import trio
import trio._core._run as trio_run
from aiobotocore import endpoint, waiter
from aiobotocore.endpoint import AioEndpoint
from aiobotocore.httpsession import AIOHTTPSession
from aiobotocore.signers import AioRequestSigner
from botocore.httpsession import URLLib3Session
from moto.core import models
from moto.core.botocore_stubber import BotocoreStubber
from moto.dms.models import dms_backends
from moto.iam import models as iam
from support.aiobotocore_clients import both_sessions, whichever_httpx

NAMES = [
    (botocore.configloader, "raw_config_parse"),
    (botocore.credentials.CanonicalNameCredentialSourcer, "source_credentials"),
    (botocore.signers.RequestSigner, "get_auth_instance"),
    (AioRequestSigner, "get_auth_instance"),
    (AioEndpoint, "_send"),
    (requests.Session, "get_adapter"),
    (responses, "_real_send"),
    (responses.RequestsMock, "_find_match"),
    (trio_run, "perf_counter"),
    (BotocoreStubber, "__call__"),
    (BotocoreStubber, "process_request"),
    (models, "botocore_stubber"),
    (iam, "get_account_id_from"),
]


@pytest.mark.parametrize(("owner", "name"), NAMES, ids=lambda part: getattr(part, "__name__", part))
def test_a_name_is_there(owner: Any, name: str) -> None:
    assert name in vars(owner), f"{owner.__name__}.{name} is gone; the transports patch or call it."


def test_a_signer_of_botocore_has_its_credentials() -> None:
    text = inspect.getsource(botocore.signers.RequestSigner.__init__)
    assert "self._credentials" in text, "RequestSigner._credentials is gone; signing.py reads it."


def test_botocore_hands_the_credentials_of_a_request_to_its_signer() -> None:
    text = inspect.getsource(botocore.signers.RequestSigner.sign)
    assert "kwargs['request_credentials']" in text, (
        "RequestSigner.sign passes no request_credentials; signing.py replaces the signer by them."
    )


def test_a_mock_of_responses_has_its_real_send() -> None:
    assert hasattr(responses.RequestsMock(), "_real_send"), (
        "RequestsMock._real_send is gone; responses.py tells a mock of a mock by it."
    )


def test_a_session_of_aiohttp_tells_that_it_is_closed() -> None:
    assert "_sessions" in vars(AIOHTTPSession()), (
        "AIOHTTPSession._sessions is gone; aiobotocore.py tells a closed session by it."
    )


def test_a_session_of_botocore_has_its_timeouts() -> None:
    message = "URLLib3Session._timeout is no number and no Timeout; botocore.py reads it."
    session: Any = URLLib3Session
    assert session(timeout=7)._timeout == 7, message
    timeout = session(timeout=(3, 9))._timeout
    assert (timeout.connect_timeout, timeout.read_timeout) == (3, 9), message


@both_sessions
@whichever_httpx
def test_a_session_of_aiobotocore_has_its_timeouts(http_session: Any) -> None:
    timeout: Any = http_session(timeout=(3, 9))._timeout
    connect, read = (
        ("sock_connect", "sock_read") if "AIO" in http_session.__name__ else ("connect", "read")
    )
    assert (getattr(timeout, connect), getattr(timeout, read)) == (3, 9), (
        f"{http_session.__name__}._timeout tells no timeouts; aiobotocore.py reads it."
    )


def test_a_loop_of_asyncio_reads_time_monotonic(monkeypatch: pytest.MonkeyPatch) -> None:
    loop = asyncio.new_event_loop()
    monkeypatch.setattr("time.monotonic", lambda: 7.0)
    now = loop.time()
    loop.close()
    assert now == 7, "BaseEventLoop.time reads another clock; virtual_time.py patches monotonic."


def test_trio_reads_perf_counter(monkeypatch: pytest.MonkeyPatch) -> None:
    async def now() -> float:
        begun = trio.current_time()
        monkeypatch.setattr(trio_run, "perf_counter", lambda: time.perf_counter() + 1e6)
        return trio.current_time() - begun

    assert trio.run(now) > 1e5, "trio's clock reads no perf_counter; trio_sleep.py patches it."


@pytest.mark.parametrize("name", ["AnyioEndpoint", "AnyioWaiter"])
def test_a_class_of_aiobotocore_sleeps_by_a_method(name: str) -> None:
    owner: Any = getattr(endpoint, name, None) or getattr(waiter, name, None)
    if owner is None:
        pytest.skip("This release of aiobotocore sleeps with asyncio only.")
    assert "_sleep" in vars(owner), f"{name}._sleep is gone; aiobotocore_waits.py patches it."


def test_moto_tells_whether_it_is_active() -> None:
    assert hasattr(models.botocore_stubber, "enabled"), (
        "BotocoreStubber.enabled is gone; routing.py and moto_resources.py read it."
    )


def test_moto_keeps_its_resources_in_dictionaries() -> None:
    backend = dms_backends["123456789012"]["us-east-1"]
    assert isinstance(backend.endpoints, dict), "moto's endpoints are in no dictionary any more."
    assert isinstance(backend.replication_instances, dict), "moto's instances likewise."
