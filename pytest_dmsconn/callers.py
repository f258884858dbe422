"""Who calls: the region and the account that a request acts in."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote, urlsplit

from pytest_dmsconn.arns import is_account_id
from pytest_dmsconn.wire import header

if TYPE_CHECKING:
    from pytest_dmsconn.arns import Scope
    from pytest_dmsconn.wire import Headers, Request

CALLER_HEADER = "X-Dmsconn-Caller"
"""What a transport adds to a request that it keeps from being signed: `<key>/<region>`."""

_DMS_HOST = re.compile(r"(?:^|\.)dms(?:-fips)?\.([a-z0-9-]+)\.")
_SIGNATURE = re.compile(r"Credential=([^/\s,]+)/\d*/([^/\s,]+)/")


class Caller(NamedTuple):
    """What a request says of its caller; empty where it says nothing."""

    access_key: str
    region: str


def caller_of(request: Request) -> Caller:
    """Region and access key: what the client says, else the signature, else the host."""
    told = header(request.headers, CALLER_HEADER)
    if told:
        access_key, _, region = told.rpartition("/")
        return Caller(access_key, region)
    signature = _SIGNATURE.search(
        header(request.headers, "Authorization") or _query_signature(request.url)
    )
    if signature:
        return Caller(*signature.groups())
    return Caller("", region_of_host(request.url))


def region_of_host(url: str) -> str:
    """The region that a DMS host of any partition names, FIPS and dual-stack ones too."""
    match = _DMS_HOST.search(urlsplit(url).hostname or "")
    return match.group(1) if match else ""


def scope_of(caller: Caller, default: Scope) -> Scope:
    """Where the caller acts; an access key of 12 digits names its account."""
    account_id = caller.access_key if is_account_id(caller.access_key) else default.account_id
    return default._replace(region=caller.region or default.region, account_id=account_id)


def attempt_of(headers: Headers) -> int:
    """Which attempt of its client a request is, from 1."""
    match = re.match(r"attempt=(\d{1,9})", header(headers, "amz-sdk-request"))
    return max(int(match.group(1)), 1) if match else 1


def _query_signature(url: str) -> str:
    query = unquote(urlsplit(url).query)
    return query.replace("X-Amz-Credential=", "Credential=")
