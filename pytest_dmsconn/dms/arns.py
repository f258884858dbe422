"""Amazon Resource Names of DMS endpoints and replication instances, and AWS's partitions."""

from __future__ import annotations

import base64
import functools
import hashlib
import re
from enum import Enum
from typing import Any, NamedTuple

from pytest_dmsconn.dms.service_model import loader
from pytest_dmsconn.errors import UsageError

__tracebackhide__ = True  # a failed test shows the line that called, not what is behind it


class Scope(NamedTuple):
    """Where a resource lives and who calls: a region and an account."""

    region: str
    account_id: str


class ResourceType(str, Enum):
    """The resource types of DMS ARNs that connections are made of."""

    ENDPOINT = "endpoint"
    REPLICATION_INSTANCE = "rep"

    @property
    def words(self) -> str:
        """The type as a person writes it."""
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
        """The region and the account that the ARN names."""
        return Scope(self.region, self.account_id)


_DMS_ARN = re.compile(r"arn:([^:\s]+):dms:([^:\s]+):([0-9]{12}):([a-z-]+):(\S+)")


@functools.cache
def partitions() -> tuple[dict[str, Any], ...]:
    """The partitions that the installed botocore knows, as its `partitions.json` has them."""
    return tuple(loader().load_data("partitions")["partitions"])


@functools.cache
def partition_of(region: str) -> str:
    """The partition of a region; `aws` for a region that botocore does not know."""
    for partition in partitions():
        if region in partition["regions"] or re.match(partition["regionRegex"], region):
            return str(partition["id"])
    return "aws"


@functools.cache
def dns_suffixes() -> tuple[str, ...]:
    """The DNS suffixes of AWS's hosts, dual-stack ones included, each with a leading dot."""
    outputs = [partition["outputs"] for partition in partitions()]
    suffixes = {output["dnsSuffix"] for output in outputs}
    suffixes |= {output["dualStackDnsSuffix"] for output in outputs}
    return tuple(sorted(f".{suffix}" for suffix in suffixes))


def parse_arn(text: str) -> Arn | None:
    """Read a DMS ARN; None if `text` is not one. The resource part may be anything."""
    match = _DMS_ARN.fullmatch(text)
    return Arn(*match.groups()) if match else None


def check_arn(text: object, resource_type: ResourceType) -> Arn:
    """Read the ARN that a seed gives.

    Args:
        text: the ARN as it was given.
        resource_type: the type of resource that it must name.

    Raises:
        UsageError: it is not an ARN of that type, or its partition is unknown to botocore.
    """
    arn = parse_arn(text) if isinstance(text, str) else None
    form = f"arn:<partition>:dms:<region>:<12-digit account>:{resource_type.value}:<resource>"
    if arn is None:
        msg = f"{text!r} is not the ARN of a DMS {resource_type.words}. It must read {form}."
        if not str(text).startswith("arn:"):
            msg += " Identifiers have keywords of their own."
        raise UsageError(msg)
    if arn.resource_type != resource_type.value:
        msg = (
            f"{text!r} names a resource of type {arn.resource_type!r}, "
            f"not a DMS {resource_type.words}. It must read {form}."
        )
        raise UsageError(msg)
    known = [str(partition["id"]) for partition in partitions()]
    if arn.partition not in known:
        msg = f"{text!r} is in the unknown partition {arn.partition!r}. Known: {', '.join(known)}."
        raise UsageError(msg)
    return arn


def generate_arn(resource_type: ResourceType, scope: Scope, seed: str, partition: str) -> str:
    """Make the ARN that goes with `seed`: AWS-like, and the same in every run."""
    text = f"{resource_type.value}/{seed}".encode()
    digest = hashlib.blake2b(text, digest_size=20).digest()
    resource = base64.b32encode(digest)[:26].decode()
    return f"arn:{partition}:dms:{scope.region}:{scope.account_id}:{resource_type.value}:{resource}"
