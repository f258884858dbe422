"""Signing: a request that is answered in the process needs no signature and no credentials.

botocore's own signing code runs, but with a signer that only writes a header.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.credentials import Credentials, RefreshableCredentials

from pytest_dmsconn.interception import stack
from pytest_dmsconn.interception.blocked_calls import remember_operation
from pytest_dmsconn.interception.patching import patch_late_imports
from pytest_dmsconn.protocol.routing import (
    Route,
    account_named_by,
    moto_is_active,
    route,
    route_unanswered,
)

if TYPE_CHECKING:
    from botocore.awsrequest import AWSRequest
    from botocore.signers import RequestSigner
    from typing_extensions import Self

FETCHED_OUTSIDE = {"iam-role", "container-role", "sso", "login", "custom-process"}
"""botocore's names for the sources of credentials that moto does not answer."""

UNKNOWN_KEY = "testing"
"""The access key in the header if a client has no credentials, or has to fetch them."""

NO_SIGNATURE = "0" * 64
NO_DAY = "19700101"


class PlaceholderSigner:
    """Writes an `Authorization` header with zeros for a signature.

    In a `with` block, botocore signs the request with this object.
    """

    def __init__(self, signer: RequestSigner, request: AWSRequest, access_key: str | None) -> None:
        """Make the signer of one request."""
        self._signer = signer
        self._request = request
        self._context = request.context.get("signing", {})
        self._has_signed = False
        # The account instead of the key, because botocore logs the header.
        self._account = (account_named_by(access_key) if access_key else "") or UNKNOWN_KEY

    def __enter__(self) -> Self:
        """Replace the signer: botocore passes `request_credentials` to `get_auth_instance`."""
        self._request.context["signing"] = {**self._context, "request_credentials": self}
        return self

    def __exit__(self, *exception: object) -> None:
        """Restore the signing context, and add the header for a client that does not sign."""
        self._request.context["signing"] = self._context
        unsigned = not self._has_signed and "Authorization" not in self._request.headers
        if unsigned and exception[0] is None:
            self.add_auth(self._request)

    def add_auth(self, request: AWSRequest) -> None:
        """Write the header; botocore calls this method."""
        self._has_signed = True
        signer = self._signer
        del request.headers["Authorization"]  # an assignment would add a second one
        request.headers["Authorization"] = (
            f"AWS4-HMAC-SHA256 Credential={self._account}/{NO_DAY}/"
            f"{signer.region_name}/{signer.signing_name}/aws4_request, "
            f"SignedHeaders=host, Signature={NO_SIGNATURE}"
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
    """Whether the `PlaceholderSigner` is enough; the parameters are those of `RequestSigner.sign`.

    It is enough for a request that the fake answers. A request that is blocked, or that moto
    answers, is signed if the client has credentials.
    """
    if moto_is_active():
        patch_late_imports()  # the test may have imported moto after it made the client
    fake = stack.newest()
    if fake is None or signing_type != "standard":
        return False
    url = request.url or ""
    operation = operation_name if signer.signing_name == "dms" else None
    chosen = route(operation, url, fake.options)
    if chosen is Route.FAKE:
        return True
    remember_operation(url, f"{signer.signing_name} {operation_name}")
    credentials = credentials_for(signer, request)
    if chosen is Route.MOTO:
        unanswered = route_unanswered(operation, url, fake.options)
        return credentials is None and unanswered is Route.BLOCKED
    return chosen is Route.BLOCKED and known_key(credentials) is None


def credentials_for(signer: RequestSigner, request: AWSRequest) -> Any:
    """The credentials that a request would be signed with."""
    own = request.context.get("signing", {}).get("request_credentials")
    return own or signer._credentials  # type: ignore[attr-defined]  # noqa: SLF001 - no public attribute has them


def are_fetched_from_moto(credentials: Any) -> bool:
    """Whether moto answers the requests that fetch these credentials, which name an account."""
    return (
        isinstance(credentials, RefreshableCredentials)
        and moto_is_active()
        and credentials.method not in FETCHED_OUTSIDE
    )


def known_key(credentials: Any) -> str | None:
    """The access key of credentials that need no fetching."""
    if isinstance(credentials, Credentials) and not isinstance(credentials, RefreshableCredentials):
        return credentials.access_key
    return None
