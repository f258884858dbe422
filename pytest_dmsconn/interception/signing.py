"""Signing: what is answered in the process needs no signature, and no credentials.

The events of signing are botocore's own. Only the signer that it would make is replaced.
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from botocore.credentials import Credentials, RefreshableCredentials

from pytest_dmsconn.dms import moto_resources
from pytest_dmsconn.interception import stack
from pytest_dmsconn.interception.blocked_calls import remember_operation
from pytest_dmsconn.interception.patching import patch_late_imports
from pytest_dmsconn.protocol.aws_json import operation_of
from pytest_dmsconn.protocol.routing import Route, account_named_by, route, route_past_moto

if TYPE_CHECKING:
    from collections.abc import Iterator

    from botocore.awsrequest import AWSRequest
    from botocore.signers import RequestSigner

FETCHED_OUTSIDE = {"iam-role", "container-role", "sso", "login", "custom-process"}
"""botocore's names for the sources of credentials that moto does not answer."""

UNKNOWN_KEY = "testing"
"""The access key of a client whose own would have to be fetched, or that has none."""


class PlaceholderSigner:
    """Writes an `Authorization` header of the usual form, with zeros for a signature."""

    def __init__(self, access_key: str, signer: RequestSigner) -> None:
        """Make the signer of a client for one request."""
        self._scope = f"{signer.region_name}/{signer.signing_name}/aws4_request"
        self._access_key = access_key

    def add_auth(self, request: AWSRequest) -> None:
        """Write the header, as the method of that name of botocore's signers does."""
        date = time.strftime("%Y%m%d", time.gmtime())
        del request.headers["Authorization"]  # an assignment would add a second one
        request.headers["Authorization"] = (
            f"AWS4-HMAC-SHA256 Credential={self._access_key}/{date}/{self._scope}, "
            f"SignedHeaders=host, Signature={'0' * 64}"
        )


def needs_no_signature(
    signer: RequestSigner,
    operation_name: str,
    request: AWSRequest,
    _region_name: str | None = None,
    signing_type: str = "standard",
    *_: Any,
    **__: Any,
) -> bool:
    """Whether a request will be answered in the process; it takes what `RequestSigner.sign` takes.

    A call that is blocked or moto's is signed, if the client has credentials.
    """
    patch_late_imports()
    fake = stack.newest()
    if fake is None or signing_type != "standard":
        return False
    operation, url = operation_of(request.headers), str(request.url)
    to_dms = operation is not None
    way = route(operation, url, fake.options, to_dms=to_dms)
    if way is Route.FAKE:
        return True
    remember_operation(url, f"{signer.signing_name} {operation_name}")
    credentials = credentials_for(signer, request)
    if way is Route.MOTO:
        past_moto = route_past_moto(operation, url, fake.options, to_dms=to_dms)
        return credentials is None and past_moto is Route.BLOCK
    return way is Route.BLOCK and known_key(credentials) is None


@contextmanager
def without_signature(
    signer: RequestSigner, request: AWSRequest, access_key: str | None
) -> Iterator[None]:
    """Have botocore sign a request in this block with a `PlaceholderSigner`."""
    # The account, not the key that names it: botocore logs the header, and reports show logs.
    account = account_named_by(access_key) if access_key else ""
    placeholder = PlaceholderSigner(account or UNKNOWN_KEY, signer)
    found = request.context.get("signing", {})
    # botocore hands the credentials of a single request on to `get_auth_instance`.
    request.context["signing"] = {**found, "request_credentials": placeholder}
    try:
        yield
    finally:
        request.context["signing"] = found
    if "Authorization" not in request.headers:  # an unsigned client has a region, too
        placeholder.add_auth(request)


def credentials_for(signer: RequestSigner, request: AWSRequest) -> Any:
    """The credentials that a request would be signed with."""
    own = request.context.get("signing", {}).get("request_credentials")
    return own or signer._credentials  # type: ignore[attr-defined]  # noqa: SLF001 - nothing public has them


def are_fetched_from_moto(credentials: Any) -> bool:
    """Whether credentials are ones that moto answers the fetch of; they name the account there."""
    return (
        isinstance(credentials, RefreshableCredentials)
        and moto_resources.is_active()
        and credentials.method not in FETCHED_OUTSIDE
    )


def known_key(credentials: Any) -> str | None:
    """The access key of credentials that need not be fetched."""
    if isinstance(credentials, Credentials) and not isinstance(credentials, RefreshableCredentials):
        return credentials.access_key
    return None
