"""The client of the fixture `dms_client`: handed on to the next test while nobody changed it.

Making a client takes ten times as long as all else in a short test. So one is kept for each
region, looked over when a test gives it back, and dropped if it is not as it was.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_dmsconn.dms.service_model import loader
from pytest_dmsconn.interception import isolation

if TYPE_CHECKING:
    from botocore.client import BaseClient

    from pytest_dmsconn.fake.fake_dms import FakeDms

_kept: dict[str, HandedOn] = {}
"""By region; a client that is in use is not among them."""


class HandedOn:
    """A client, and what it was like when it was made."""

    def __init__(self, client: BaseClient) -> None:
        """Look at a new client."""
        self.client = client
        self._parts = [(part, dict(vars(part))) for part in _parts_of(client)]

    def is_as_it_was(self) -> bool:
        """Whether no part has other attributes, and nobody has registered a handler."""
        return all(_is_same(vars(part), before) for part, before in self._parts)


def take(fake: FakeDms) -> HandedOn:
    """A client in the region of a fake, new or as good as new."""
    # An environment that the test has changed goes into the client, so it must be a new one.
    usual = isolation.is_untouched(fake.options)
    kept = _kept.pop(fake.region, None) if usual else None
    return kept or HandedOn(_new_client(fake.region))


def give_back(handed_on: HandedOn, fake: FakeDms) -> None:
    """Keep a client for the next test, unless this one has left something in it."""
    usual = isolation.is_untouched(fake.options)
    # Retries use up a quota that the client keeps; they only come of faults.
    retried = any(record.fault for record in fake.service.records)
    if usual and not retried and handed_on.is_as_it_was():
        _kept[fake.region] = handed_on


def _is_same(now: dict[str, Any], before: dict[str, Any]) -> bool:
    """Whether the attributes are the identical objects; equal ones may be others."""
    return now.keys() == before.keys() and all(now[name] is before[name] for name in before)


def _new_client(region: str) -> BaseClient:
    from botocore.session import Session

    session = Session()
    # Reading the model of DMS takes thirty times as long as making a client of it.
    session.register_component("data_loader", loader())
    client: BaseClient = session.create_client("dms", region_name=region)
    return client


def _parts_of(client: Any) -> list[Any]:
    """What of a client can be changed from outside.

    An emitter begins a new cache of look-ups with every handler that comes or goes, so that its
    attributes tell of that, too.
    """
    client.exceptions  # noqa: B018 - made on first use, which is no change
    endpoint, emitter = client._endpoint, client.meta.events  # noqa: SLF001 - no other way to them
    return [
        client,
        client.meta,
        client.meta.config,
        client._request_signer,  # noqa: SLF001
        endpoint,
        endpoint.http_session,
        emitter,
        emitter._emitter,  # noqa: SLF001
    ]
