"""The routing rule for requests of every transport, and the caller of a request."""

from __future__ import annotations

import re
import sys
from enum import Enum, auto
from typing import TYPE_CHECKING, Any, Literal, TypeAlias
from urllib.parse import unquote, urlsplit

from pytest_dmsconn.dms import connections, endpoints_and_instances, service_model
from pytest_dmsconn.dms.arns import Scope, dns_suffixes
from pytest_dmsconn.protocol import moto
from pytest_dmsconn.protocol.aws_json import Headers, Request, header

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pytest_dmsconn.dms.lifecycle import Lifecycle
    from pytest_dmsconn.options import Options

OPERATIONS: Mapping[str, Callable[[Lifecycle, Scope, Mapping[str, Any]], dict[str, Any]]] = {
    "DeleteConnection": connections.delete_connection,
    "TestConnection": connections.test_connection,
    "DescribeConnections": connections.describe_connections,
    "DeleteEndpoint": endpoints_and_instances.delete_endpoint,
    "DescribeEndpoints": endpoints_and_instances.describe_endpoints,
    "DeleteReplicationInstance": endpoints_and_instances.delete_replication_instance,
    "DescribeReplicationInstances": endpoints_and_instances.describe_replication_instances,
}
"""The operations that the fake answers, each with its function."""

OperationName: TypeAlias = Literal[
    "DeleteConnection",
    "TestConnection",
    "DescribeConnections",
    "DeleteEndpoint",
    "DescribeEndpoints",
    "DeleteReplicationInstance",
    "DescribeReplicationInstances",
]
"""The names in `OPERATIONS`, for type checkers."""

CONNECTION_OPERATIONS = ("DeleteConnection", "TestConnection", "DescribeConnections")
"""The operations that the fake answers even if moto is active."""

LOOPBACK = "127.0.0.1"
LOOPBACK_NAMES = (LOOPBACK, "localhost")

server_ports: set[int] = set()
"""The ports on which servers of this process listen."""

METADATA_ADDRESSES = {
    "169.254.169.254",
    "fd00:ec2::254",
    "169.254.170.2",
    "169.254.170.23",
    "fd00:ec2::23",
}
"""The metadata services of instances, containers and pods."""

_ACCESS_KEY = "AKIADMSC"
_DIGITS_AS_LETTERS = str.maketrans("0123456789", "ABCDEFGHIJ")
_LETTERS_AS_DIGITS = str.maketrans("ABCDEFGHIJ", "0123456789")
_ACCOUNT_KEY = re.compile(f"([0-9]{{12}})|{_ACCESS_KEY}([A-J]{{12}})")

_DMS_HOST = re.compile(r"(?:^|\.)dms(?:-fips)?\.([a-z0-9-]+)\.")
_DMS_LABELS = re.compile(r"(?:vpce-[a-z0-9-]+\.)?dms(?:-fips)?\.[a-z0-9-]+(?:\.vpce)?")
_ATTEMPT = re.compile(r"\battempt=(\d{1,9})")
_SIGNATURE = re.compile(r"Credential=([^/\s,]+)/\d*/([^/\s,]+)/")


class Route(Enum):
    """What happens to a request."""

    FAKE = auto()
    """The fake answers it; the answer to an unknown operation is an error (W5)."""
    MOTO = auto()
    """moto is asked first; `route_unanswered` decides if moto does not answer it."""
    BLOCKED = auto()
    """`BlockedAwsCall` is raised, because the request must not leave the process."""
    NETWORK = auto()
    """It is sent to the server in its URL."""


def route(operation: str | None, url: str, options: Options) -> Route:
    """Return the route of a request.

    The operation is None for a request that is not to DMS, and empty for one to DMS that names no
    operation. The URL is empty for a request that a server received.
    """
    if is_own_server(url):
        return Route.NETWORK
    if moto_is_active():
        return Route.FAKE if operation in CONNECTION_OPERATIONS else Route.MOTO
    if operation is not None and (
        operation in OPERATIONS or operation not in service_model.operation_names()
    ):
        return Route.FAKE
    return route_unanswered(operation, url, options)


def route_unanswered(operation: str | None, url: str, options: Options) -> Route:
    """Return `BLOCKED` or `NETWORK` for a request that neither the fake nor moto answers."""
    if not options.block_aws or is_own_server(url):
        return Route.NETWORK
    unanswered = operation in service_model.operation_names() or is_aws_host(url)
    return Route.BLOCKED if unanswered else Route.NETWORK


def moto_is_active() -> bool:
    """Whether a `mock_aws` of moto is active."""
    models = sys.modules.get("moto.core.models")
    stubber = getattr(models, "botocore_stubber", None)  # another thread may be importing it
    return stubber is not None and stubber.enabled is True


def is_aws_host(url: str) -> bool:
    """Whether the host of a URL is a host of AWS in any partition, or a metadata address."""
    host = (urlsplit(url).hostname or "").rstrip(".")
    return f".{host}".endswith(dns_suffixes()) or host in METADATA_ADDRESSES


def is_own_server(url: str) -> bool:
    """Whether the host and port of a URL are those of a server of this process."""
    if not server_ports:
        return False
    try:
        address = urlsplit(url)
        port = address.port
    except ValueError:
        return False  # the transport refuses such a URL
    return port in server_ports and address.hostname in LOOPBACK_NAMES


def scope_of(request: Request, default: Scope) -> Scope:
    """The region and account of a caller, from the signature, else the host, else `default`."""
    signature = _SIGNATURE.search(
        header(request.headers, "Authorization") or unquote(urlsplit(request.url).query)
    )
    access_key, region = signature.groups() if signature else ("", _region_of_host(request.url))
    return Scope(region or default.region, account_named_by(access_key) or default.account_id)


def access_key_of(account_id: str) -> str:
    """The access key that stands for an account, in the form of AWS's keys."""
    return _ACCESS_KEY + account_id.translate(_DIGITS_AS_LETTERS)


def account_named_by(access_key: str) -> str:
    """The account that an access key stands for; empty if there is none.

    The key is the account's 12 digits, or a key of `access_key_of`. While moto is active, moto
    derives an account from any other key.
    """
    named = _ACCOUNT_KEY.fullmatch(access_key)
    if named is not None:
        account_id, letters = named.groups()
        return account_id or letters.translate(_LETTERS_AS_DIGITS)
    return moto.account_of(access_key) if moto_is_active() else ""


def _region_of_host(url: str) -> str:
    """The region in a DMS host of any partition, including FIPS and dual-stack; else empty."""
    match = _DMS_HOST.search(urlsplit(url).hostname or "")
    return match.group(1) if match else ""


def is_dms_host(url: str) -> bool:
    """Whether the host of a URL is DMS in any partition, including FIPS, dual-stack and VPC."""
    host = (urlsplit(url).hostname or "").rstrip(".")
    return any(
        _DMS_LABELS.fullmatch(host.removesuffix(suffix)) is not None
        for suffix in dns_suffixes()
        if host.endswith(suffix)
    )


def attempt_of(headers: Headers) -> int:
    """The client's number of the attempt, from 1."""
    match = _ATTEMPT.search(header(headers, "amz-sdk-request"))
    return max(int(match.group(1)), 1) if match else 1
