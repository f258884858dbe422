"""The environment that a fake replaces: variables of AWS's SDKs, and boto3's default session."""

from __future__ import annotations

import functools
import os
import sys
from typing import TYPE_CHECKING, Any, NamedTuple

from botocore.session import Session

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pytest_dmsconn.interception.entering import StackEntry

# Encoded, because decoding all names takes a seventh of the time of entering a fake.
_variables: Any = getattr(os.environ, "_data", getattr(os, "environb", os.environ))
"""The encoded variables of the process, even if a test replaces `os.environ`."""

_encode = os.fsencode if os.supports_bytes_environ else str

_OF_CREDENTIAL_PROVIDERS = """
    AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN AWS_SECURITY_TOKEN
    AWS_CREDENTIAL_EXPIRATION AWS_ACCOUNT_ID AWS_CREDENTIAL_FILE BOTO_CONFIG
    AWS_CONTAINER_CREDENTIALS_FULL_URI AWS_CONTAINER_CREDENTIALS_RELATIVE_URI
    AWS_CONTAINER_AUTHORIZATION_TOKEN AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE
    AWS_WEB_IDENTITY_TOKEN_FILE AWS_ROLE_ARN AWS_ROLE_SESSION_NAME AWS_LOGIN_CACHE_DIRECTORY
    AWS_EC2_METADATA_DISABLED
"""
_OF_CLIENTS = """
    AWS_ENDPOINT_URL AWS_NEW_RETRIES_2026 AWS_STS_USE_GLOBAL_ENDPOINT
    AWS_S3_US_EAST_1_REGIONAL_ENDPOINT AWS_S3_USE_ARN_REGION
    AWS_S3_DISABLE_MULTIREGION_ACCESS_POINTS
"""
_OF_OTHER_SDKS = """
    AWS_REGION AWS_ACCESS_KEY AWS_SECRET_KEY AWS_SDK_LOAD_CONFIG AWS_ENABLE_ENDPOINT_DISCOVERY
    AWS_USE_DUALSTACK AWS_USE_FIPS AWS_PROFILE AWS_DEFAULT_PROFILE AWS_DEFAULT_REGION BOTO_PATH
    AMAZON_ACCESS_KEY_ID AMAZON_SECRET_ACCESS_KEY AMAZON_SESSION_TOKEN AMAZON_REGION
"""
_NOT_REPLACED = ("AWS_DATA_PATH", "AWS_CA_BUNDLE")
"""Session variables of botocore that a fake does not replace."""


def _session_variables() -> list[str]:
    """The variables in botocore's table of session variables."""
    names: list[str] = []
    for _, variables, *_ in Session.SESSION_VARIABLES.values():
        names += [variables] if isinstance(variables, str) else variables or ()
    return [name for name in names if name not in _NOT_REPLACED]


NAMES = frozenset(
    [*_session_variables(), *f"{_OF_CREDENTIAL_PROVIDERS}{_OF_CLIENTS}{_OF_OTHER_SDKS}".split()]
)

FAMILIES = ("AWS_ENDPOINT_URL_", "AWS_BEARER_TOKEN_")
"""The prefixes of variables that exist once for each service; a fake replaces them too."""

_NAMES = frozenset(map(_encode, NAMES))
_FAMILIES: Any = tuple(map(_encode, FAMILIES))


class AwsEnvironment(NamedTuple):
    """The parts of the environment that a fake replaces."""

    variables: Mapping[Any, Any]
    """Names and values, encoded."""
    default_session: Any


@functools.lru_cache(maxsize=8)  # most suites have a region or two
def environment_of_fake(region: str) -> AwsEnvironment:
    """The environment that a fake of that region sets."""
    variables = {_encode(name): _encode(value) for name, value in of_fake(region).items()}
    return AwsEnvironment(variables, None)


def of_fake(region: str) -> dict[str, str]:
    """The variables that a fake of that region sets."""
    return {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": region,
        "AWS_REGION": region,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "BOTO_CONFIG": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def read() -> AwsEnvironment:
    """Return the current variables and default session."""
    # A copy of the names, because other threads may set variables meanwhile.
    names = [name for name in [*_variables] if name in _NAMES or name.startswith(_FAMILIES)]
    session = getattr(sys.modules.get("boto3"), "DEFAULT_SESSION", None)
    return AwsEnvironment({name: _variables[name] for name in names}, session)


def replace(current: AwsEnvironment, wanted: AwsEnvironment) -> None:
    """Replace `current` by `wanted`; can be repeated after an interrupt at any line."""
    for name in current.variables:
        if name not in wanted.variables:
            os.unsetenv(name)
            _variables.pop(name, None)
    for name, value in wanted.variables.items():
        _variables[name] = value  # before `putenv`, so that `read` returns it after an interrupt
        os.putenv(name, value)
    boto3 = sys.modules.get("boto3")
    if boto3 is not None:
        boto3.DEFAULT_SESSION = wanted.default_session  # type: ignore[attr-defined]


def is_untouched(region: str) -> bool:
    """Whether the variables are those that a fake of that region sets."""
    return read().variables == environment_of_fake(region).variables


def undo_leaks(before: AwsEnvironment, set_by_fakes: Sequence[AwsEnvironment]) -> None:
    """Restore the variables that have the values of ended fakes.

    If `monkeypatch` ends after the fake, it restores values that the fake had set.
    """
    now = read()
    variables = dict(now.variables)
    for name in _names_in(before, now, *set_by_fakes):
        value = now.variables.get(name)
        if any(value == one.variables.get(name) for one in set_by_fakes):
            _assign(variables, name, before.variables.get(name))
    replace(now, AwsEnvironment(variables, before.default_session))


def reapply(before: AwsEnvironment, oldest: StackEntry, newest: AwsEnvironment) -> None:
    """Replace the environment again after a fixture has undone the replacement.

    If a variable has its value of `before` again, a fixture has undone the replacement. Set it
    again; the oldest fake will restore the value of `before`.
    """
    now = read()
    variables, to_restore = dict(now.variables), dict(oldest.before.variables)
    for name in _names_in(before, now, oldest.before):
        if now.variables.get(name) == before.variables.get(name):
            _assign(to_restore, name, before.variables.get(name))
            _assign(variables, name, newest.variables.get(name))
    session, session_to_restore = now.default_session, oldest.before.default_session
    if session is before.default_session:
        session, session_to_restore = None, session
    oldest.before = AwsEnvironment(to_restore, session_to_restore)
    replace(now, AwsEnvironment(variables, session))


def _names_in(*environments: AwsEnvironment) -> set[Any]:
    return {name for one in environments for name in one.variables}


def _assign(variables: dict[Any, Any], name: Any, value: Any) -> None:
    if value is None:
        variables.pop(name, None)
    else:
        variables[name] = value
