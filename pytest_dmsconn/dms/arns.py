"""Amazon Resource Names of DMS endpoints and replication instances, and AWS's partitions."""

from __future__ import annotations

import functools
import hashlib
import re
from enum import Enum
from typing import Any, NamedTuple

from pytest_dmsconn.dms.service_model import loader
from pytest_dmsconn.errors import UsageError
from pytest_dmsconn.text import quoted


class Scope(NamedTuple):
    """A region and an account: those of a resource, or those of a caller."""

    region: str
    account_id: str


class ResourceType(str, Enum):
    """The resource types of the two ends of a connection, as DMS ARNs have them."""

    ENDPOINT = "endpoint"
    REPLICATION_INSTANCE = "rep"

    __str__ = str.__str__
    __format__ = str.__format__  # type: ignore[assignment]  # its parameter has another name

    @property
    def words(self) -> str:
        """The type in words, for messages."""
        return "endpoint" if self is ResourceType.ENDPOINT else "replication instance"


class Arn(NamedTuple):
    """The parts of a DMS ARN, `arn:<partition>:dms:<region>:<account>:<type>:<resource>`."""

    partition: str
    region: str
    account_id: str
    resource_type: str
    resource: str

    @property
    def scope(self) -> Scope:
        """The region and the account in the ARN."""
        return Scope(self.region, self.account_id)


_RESOURCE_LENGTH = 26
_RESOURCE_CHARACTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567" * 8
"""The character of a generated resource part for each value of a byte."""
_DMS_ARN = re.compile(r"arn:([^:\s]+):dms:([^:\s]+):([0-9]{12}):([a-z-]+):(\S+)")


@functools.cache
def partitions() -> tuple[dict[str, Any], ...]:
    """The partitions in the `partitions.json` of the installed botocore."""
    return tuple(loader().load_data("partitions")["partitions"])


@functools.cache
def _partition_names() -> tuple[str, ...]:
    return tuple(str(partition["id"]) for partition in partitions())


@functools.cache
def partition_of(region: str) -> str:
    """The partition of a region; `aws` for a region that is not in botocore's data."""
    for partition in partitions():
        if region in partition["regions"] or re.match(partition["regionRegex"], region):
            return str(partition["id"])
    return "aws"


@functools.cache
def dns_suffixes() -> tuple[str, ...]:
    """The DNS suffixes of AWS's hosts, including dual-stack ones, each with a leading dot."""
    outputs = [partition["outputs"] for partition in partitions()]
    suffixes = {output["dnsSuffix"] for output in outputs}
    suffixes |= {output["dualStackDnsSuffix"] for output in outputs}
    return tuple(sorted(f".{suffix}" for suffix in suffixes))


def parse_arn(text: str) -> Arn | None:
    """Read a DMS ARN; None if `text` is not one. The resource part may be anything."""
    match = _DMS_ARN.fullmatch(text)
    return Arn(*match.groups()) if match else None


def check_arn(text: object, resource_type: ResourceType) -> Arn:
    """Read the ARN of a seed; raise `UsageError` if its type or its partition is wrong."""
    arn = parse_arn(text) if isinstance(text, str) else None
    if arn is None:
        what = f"{quoted(text)} is not the ARN of a DMS {resource_type.words}."
        hint = "" if str(text).startswith("arn:") else " Identifiers have keywords of their own."
        raise UsageError(f"{what} It must have the form {_form_of(resource_type)}.{hint}")
    if arn.resource_type != resource_type:
        raise UsageError(
            f"{quoted(text)} names a resource of type {quoted(arn.resource_type)}, "
            f"not a DMS {resource_type.words}. It must have the form {_form_of(resource_type)}."
        )
    if arn.partition not in _partition_names():
        raise UsageError(
            f"{quoted(text)} is in the unknown partition {quoted(arn.partition)}. "
            f"Known: {', '.join(_partition_names())}."
        )
    return arn


def _form_of(resource_type: ResourceType) -> str:
    return f"arn:<partition>:dms:<region>:<12-digit account>:{resource_type}:<resource>"


def generate_arn(resource_type: ResourceType, scope: Scope, seed: str, partition: str) -> str:
    """Make an ARN in the form of AWS's; the same seed gives the same ARN."""
    text = f"{resource_type}/{seed}".encode()
    digest = hashlib.blake2b(text, digest_size=_RESOURCE_LENGTH).digest()
    resource = digest.translate(_RESOURCE_CHARACTERS).decode()
    return ":".join(("arn", partition, "dms", *scope, resource_type, resource))
