"""The client of the fixture `dms_client`, which is reused if the test has not changed it.

Creating a client takes ten times as long as everything else in a short test.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from pytest_dmsconn.dms.service_model import loader
from pytest_dmsconn.interception import environment

if TYPE_CHECKING:
    from botocore.client import BaseClient

    from pytest_dmsconn.fake.fake_dms import FakeDms

_unused: dict[str, PooledClient] = {}
"""By region."""


class PooledClient:
    """A client, and the attributes that its parts had when it was created."""

    def __init__(self, client: BaseClient) -> None:
        """Record the attributes of a new client."""
        self.client = client
        self._attributes = [(part, _copy(vars(part))) for part in _parts_of(client)]

    def is_unchanged(self) -> bool:
        """Whether all parts have their original attributes, nested containers included."""
        return all(_is_same(vars(part), before) for part, before in self._attributes)


def borrow(fake: FakeDms) -> PooledClient:
    """Return an unchanged client in the region of a fake."""
    # Only a new client reads an environment that the test has changed.
    usual = environment.is_untouched(fake.region)
    unused = _unused.pop(fake.region, None) if usual else None
    return unused or PooledClient(_new_client(fake.region))


def give_back(pooled: PooledClient, fake: FakeDms) -> None:
    """Keep a client for the next test unless this test has changed it."""
    usual = environment.is_untouched(fake.region)
    # Retries reduce a quota of the client. Only faults cause retries.
    retried = any(record.fault for record in fake.service.records)
    if usual and not retried and pooled.is_unchanged():
        _unused[fake.region] = pooled


class _Cache(NamedTuple):
    """A cache of botocore. Calls fill it; a change of the handlers replaces it."""

    value: object


def _copy(value: Any) -> Any:
    """Copy dictionaries and lists, also nested ones, and nothing else."""
    if type(value) is dict:
        return {
            name: _Cache(member) if str(name).endswith("_cache") else _copy(member)
            for name, member in value.items()
        }
    if type(value) is list:
        return [_copy(member) for member in value]
    return value


def _is_same(now: Any, before: Any) -> bool:
    """Whether a value is unchanged: containers are equal, other objects identical."""
    if type(before) is _Cache:
        return now is before.value
    if type(before) is dict:
        return (
            type(now) is dict
            and now.keys() == before.keys()
            and all(_is_same(now[name], member) for name, member in before.items())
        )
    if type(before) is list:
        return type(now) is list and len(now) == len(before) and all(map(_is_same, now, before))
    return now is before


def _new_client(region: str) -> BaseClient:
    from botocore.session import Session

    session = Session()
    # Reading the model of DMS takes thirty times as long as creating a client with it.
    session.register_component("data_loader", loader())
    client: BaseClient = session.create_client("dms", region_name=region)
    return client


def _parts_of(client: Any) -> list[Any]:
    """Return the parts of a client that a test can change.

    An emitter replaces its cache of look-ups when a handler is added or removed.
    """
    client.exceptions  # noqa: B018 - its first use sets an attribute
    endpoint, emitter = client._endpoint, client.meta.events  # noqa: SLF001 - nothing public has them
    signer = client._request_signer  # noqa: SLF001
    return [
        client,
        client.meta,
        client.meta.config,
        signer,
        signer._credentials,  # noqa: SLF001
        endpoint,
        endpoint.http_session,
        emitter,
        emitter._emitter,  # noqa: SLF001
    ]
