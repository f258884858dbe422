"""The private names of other libraries that the transports use are there."""

from __future__ import annotations

import inspect
from typing import Any

import botocore.configloader
import botocore.credentials
import botocore.signers
import pytest
import requests
import responses
from aiobotocore.endpoint import AioEndpoint
from aiobotocore.httpsession import AIOHTTPSession
from aiobotocore.signers import AioRequestSigner
from moto.core import models
from moto.core.botocore_stubber import BotocoreStubber
from moto.dms.models import dms_backends

NAMES = [
    (botocore.configloader, "raw_config_parse"),
    (botocore.credentials.CanonicalNameCredentialSourcer, "source_credentials"),
    (botocore.signers.RequestSigner, "get_auth_instance"),
    (AioRequestSigner, "get_auth_instance"),
    (AioEndpoint, "_send"),
    (requests.Session, "get_adapter"),
    (responses, "_real_send"),
    (responses.RequestsMock, "_find_match"),
    (BotocoreStubber, "__call__"),
    (BotocoreStubber, "process_request"),
    (models, "botocore_stubber"),
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


def test_a_mock_of_responses_knows_where_it_sends() -> None:
    assert hasattr(responses.RequestsMock(), "_real_send"), (
        "RequestsMock._real_send is gone; responses.py tells a mock of a mock by it."
    )


def test_a_session_of_aiohttp_tells_that_it_is_closed() -> None:
    assert "_sessions" in vars(AIOHTTPSession()), (
        "AIOHTTPSession._sessions is gone; aiobotocore.py tells a closed session by it."
    )


def test_moto_keeps_its_resources_in_dictionaries() -> None:
    backend = dms_backends["123456789012"]["us-east-1"]
    assert isinstance(backend.endpoints, dict), "moto's endpoints are in no dictionary any more."
    assert isinstance(backend.replication_instances, dict), "moto's instances likewise."
