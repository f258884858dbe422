"""Who calls: the region and the account that a request acts in."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote, urlsplit

from pytest_dmsconn.arguments import is_account_id
from pytest_dmsconn.dms.arns import dns_suffixes
from pytest_dmsconn.protocol.aws_json import header
from pytest_dmsconn.protocol.moto import account_of

if TYPE_CHECKING:
    from pytest_dmsconn.dms.arns import Scope
    from pytest_dmsconn.protocol.aws_json import Headers, Request

CALLER_HEADER = "X-Dmsconn-Caller"
"""What a transport adds to a request that it keeps from being signed: `<account>/<region>`.

The account, not the key that names it: botocore shows headers in logs and in tracebacks.
"""

_DMS_HOST = re.compile(r"(?:^|\.)dms(?:-fips)?\.([a-z0-9-]+)\.")
_DMS_LABELS = re.compile(r"(?:vpce-[a-z0-9-]+\.)?dms(?:-fips)?\.[a-z0-9-]+(?:\.vpce)?")
_ATTEMPT = re.compile(r"\battempt=(\d{1,9})")
_SIGNATURE = re.compile(r"Credential=([^/\s,]+)/\d*/([^/\s,]+)/")


class Caller(NamedTuple):
    """What a request says of its caller; empty where it says nothing."""

    account_id: str
    region: str


def caller_of(request: Request) -> Caller:
    """Account and region: what the client says, else the signature, else the host."""
    told = header(request.headers, CALLER_HEADER)
    if told:
        account_id, _, region = told.rpartition("/")
        return Caller(account_id, region)
    signature = _SIGNATURE.search(
        header(request.headers, "Authorization") or _query_signature(request.url)
    )
    access_key, region = signature.groups() if signature else ("", region_of_host(request.url))
    return Caller(account_named_by(access_key), region)


def account_named_by(access_key: str) -> str:
    """The account of a key: one of 12 digits is the account; any other names moto's, or none."""
    return access_key if is_account_id(access_key) else account_of(access_key) or ""


def region_of_host(url: str) -> str:
    """The region that a DMS host of any partition names, FIPS and dual-stack ones too."""
    match = _DMS_HOST.search(urlsplit(url).hostname or "")
    return match.group(1) if match else ""


def is_dms_host(url: str) -> bool:
    """Whether a URL leads to DMS, in any partition: FIPS, dual-stack and VPC endpoints too."""
    host = (urlsplit(url).hostname or "").rstrip(".")
    return any(
        _DMS_LABELS.fullmatch(host.removesuffix(suffix)) is not None
        for suffix in dns_suffixes()
        if host.endswith(suffix)
    )


def scope_of(caller: Caller, default: Scope) -> Scope:
    """Where the caller acts."""
    return default._replace(
        region=caller.region or default.region,
        account_id=caller.account_id or default.account_id,
    )


def attempt_of(headers: Headers) -> int:
    """Which attempt of its client a request is, from 1."""
    match = _ATTEMPT.search(header(headers, "amz-sdk-request"))
    return max(int(match.group(1)), 1) if match else 1


def _query_signature(url: str) -> str:
    query = unquote(urlsplit(url).query)
    return query.replace("X-Amz-Credential=", "Credential=")
