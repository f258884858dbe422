"""Clients whose credentials would have to be fetched: they are answered, and nothing is fetched."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

import boto3
import botocore.session
import pytest
from botocore.credentials import DeferredRefreshableCredentials, RefreshableCredentials
from support.aiobotocore_clients import delete_one

from pytest_dmsconn import BlockedAwsCall, mock_dms

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytest_dmsconn import FakeDms

CONFIG = """
[profile sso]
region = eu-west-1
sso_start_url = https://corp.awsapps.example/start
sso_region = eu-west-1
sso_account_id = 210987654321
sso_role_name = dms

[profile sso-session]
region = eu-west-1
sso_session = corp
sso_account_id = 210987654321
sso_role_name = dms

[sso-session corp]
sso_start_url = https://corp.awsapps.example/start
sso_region = eu-west-1
sso_registration_scopes = sso:account:access

[profile role]
region = eu-west-1
role_arn = arn:aws:iam::210987654321:role/dms
source_profile = keys

[profile web-identity]
region = eu-west-1
role_arn = arn:aws:iam::210987654321:role/dms
web_identity_token_file = /nowhere/token

[profile instance]
region = eu-west-1
role_arn = arn:aws:iam::210987654321:role/dms
credential_source = Ec2InstanceMetadata

[profile container]
region = eu-west-1
role_arn = arn:aws:iam::210987654321:role/dms
credential_source = EcsContainer

[profile keys]
aws_access_key_id = AKIAIOSFODNN7EXAMPLE
aws_secret_access_key = secret
"""
PROFILES = ("sso", "sso-session", "role", "web-identity")

pytestmark = pytest.mark.usefixtures("no_network")


@pytest.fixture
def config_file(bare_machine: Path) -> str:
    path = bare_machine / "config"
    path.write_text(CONFIG)
    return str(path)


def never() -> Any:
    pytest.fail("credentials were fetched")


def deferred() -> DeferredRefreshableCredentials:
    """Credentials of a container, a pod, an instance or a role that were never fetched."""
    return DeferredRefreshableCredentials(refresh_using=never, method="container-role")


def expired() -> RefreshableCredentials:
    """Credentials of the same kind that were fetched once and have expired."""
    begin = datetime(2020, 1, 1, tzinfo=timezone.utc)
    return RefreshableCredentials("key", "secret", "token", begin, never, method="iam-role")


def client_with(credentials: Any) -> Any:
    session: Any = botocore.session.Session()
    session._credentials = credentials
    return session.create_client("dms", region_name="eu-west-1")


def assert_reaches_the_default_account(client: Any, dms: FakeDms) -> None:
    connection = dms.add_connection(region="eu-west-1")
    client.delete_connection(**connection.arns)
    dms.assert_only_deleted(connection)
    assert [call.account_id for call in dms.calls] == ["123456789012"]


@pytest.mark.parametrize("profile", PROFILES)
def test_profile_is_not_resolved_for_a_client_made_before_the_fake(
    profile: str, config_file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_CONFIG_FILE", config_file)
    client = boto3.Session(profile_name=profile).client("dms")
    with mock_dms() as dms:
        assert_reaches_the_default_account(client, dms)


@pytest.mark.parametrize("profile", [*PROFILES, "instance", "container"])
def test_profile_that_the_test_sets_is_not_resolved(
    profile: str, config_file: str, dmsconn: FakeDms, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_CONFIG_FILE", config_file)
    session = boto3.Session(profile_name=profile, region_name="eu-west-1")
    assert_reaches_the_default_account(session.client("dms"), dmsconn)


@pytest.mark.parametrize("credentials", [deferred, expired])
def test_credentials_are_never_refreshed(credentials: Callable[[], Any], dmsconn: FakeDms) -> None:
    assert_reaches_the_default_account(client_with(credentials()), dmsconn)


@pytest.mark.parametrize("credentials", [deferred, expired])
def test_credentials_are_not_refreshed_for_a_call_that_is_blocked(
    credentials: Callable[[], Any],
) -> None:
    with mock_dms(strict=False), pytest.raises(BlockedAwsCall):
        client_with(credentials()).describe_replication_tasks()


@pytest.mark.usefixtures("bare_machine")
def test_client_without_any_keys_does_not_look_for_a_container_or_an_instance(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with mock_dms() as dms:
        monkeypatch.delenv("AWS_ACCESS_KEY_ID")
        monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
        client = boto3.client("dms", region_name="eu-west-1")
        assert_reaches_the_default_account(client, dms)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1:9/credentials"),
        ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/credentials"),
    ],
)
@pytest.mark.usefixtures("bare_machine")
def test_no_credentials_are_fetched_from_a_container_that_the_test_names(
    name: str, value: str, dmsconn: FakeDms, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    monkeypatch.setenv(name, value)
    assert_reaches_the_default_account(boto3.client("dms", region_name="eu-west-1"), dmsconn)
    assert delete_one(dmsconn)["Connection"]["Status"] == "deleting"
    assert dmsconn.calls[-1].account_id == "123456789012"


@pytest.mark.parametrize(
    "variables",
    [
        {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:9/credentials"},
        {"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/credentials"},
        {"AWS_ROLE_ARN": "arn:aws:iam::1:role/x", "AWS_WEB_IDENTITY_TOKEN_FILE": "/nowhere"},
        {"AWS_PROFILE": "no-such-profile"},
    ],
    ids=["container", "pod", "web identity", "profile"],
)
@pytest.mark.usefixtures("bare_machine")
def test_credentials_of_the_environment_are_not_used(
    variables: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    with mock_dms() as dms:
        assert_reaches_the_default_account(boto3.client("dms", region_name="eu-west-1"), dms)
