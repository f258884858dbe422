"""Beside moto: whose account a client acts in, and whether it needs credentials."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import boto3
import botocore.session
import pytest
from botocore.credentials import RefreshableCredentials
from moto import mock_aws
from support.moto_resources import ACCOUNT, REGION, create_connection, create_endpoint, make_client

from pytest_dmsconn import mock_dms

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_dmsconn import FakeDms

pytestmark = pytest.mark.usefixtures("bare_machine", "no_network")


def test_keys_of_another_account_of_moto_act_there(dms: FakeDms) -> None:
    role = boto3.client("sts", region_name=REGION).assume_role(
        RoleArn="arn:aws:iam::210987654321:role/dms", RoleSessionName="test"
    )["Credentials"]
    client = make_client(
        aws_access_key_id=role["AccessKeyId"],
        aws_secret_access_key=role["SecretAccessKey"],
        aws_session_token=role["SessionToken"],
    )
    arns = create_connection(client)

    assert ":210987654321:" in arns["EndpointArn"]
    (connection,) = dms.connections
    assert connection.account_id == "210987654321"
    assert client.describe_connections()["Connections"]
    assert make_client().describe_connections()["Connections"] == []


def test_variable_moto_account_id_sets_the_account(
    dms: FakeDms, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOTO_ACCOUNT_ID", "111122223333")
    arns = create_connection(make_client())
    assert ":111122223333:" in arns["EndpointArn"]
    assert [call.account_id for call in dms.calls] == ["111122223333"]


def test_key_of_12_digits_still_names_the_account_of_connections(dms: FakeDms) -> None:
    connection = dms.add_connection(account_id="210987654321")
    client = make_client(**dms.credentials("210987654321"))

    client.delete_connection(**connection.arns)

    dms.assert_deleted(connection)
    # moto does not read such keys.
    assert f":{ACCOUNT}:" in create_endpoint(client)


def test_account_of_moto_overrides_the_option(bare_machine: Path) -> None:  # noqa: ARG001
    with mock_dms(account_id="210987654321") as dms, mock_aws():
        create_connection(make_client())
        assert [call.account_id for call in dms.calls] == [ACCOUNT]


def test_client_without_credentials_is_answered_by_both() -> None:
    client = make_client()
    assert client._request_signer._credentials is None
    with mock_dms() as dms, mock_aws():
        arns = create_connection(client)
        client.describe_connections()
        client.delete_connection(**arns)
        dms.assert_deleted((arns["EndpointArn"], arns["ReplicationInstanceArn"]))


def test_credentials_are_not_fetched_for_connections(
    bare_machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = bare_machine / "config"
    config.write_text(
        "[profile sso]\nsso_start_url = https://corp.example/start\nsso_region = us-east-1\n"
        "sso_account_id = 210987654321\nsso_role_name = dms\n"
    )
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    client = boto3.Session(profile_name="sso", region_name=REGION).client("dms")
    with mock_dms() as dms, mock_aws():
        connection = dms.add_connection()
        client.delete_connection(**connection.arns)
        dms.assert_deleted(connection)


def test_only_calls_that_moto_answers_have_a_real_signature(dms: FakeDms) -> None:
    client = make_client()
    sent: list[Any] = []
    client.meta.events.register("before-send", lambda request, **_: sent.append(request))
    create_endpoint(client)
    client.delete_connection(**dms.add_connection().arns)

    headers = [str(request.headers["Authorization"]) for request in sent]
    assert ["Signature=" + "0" * 64 in header for header in headers] == [False, True]


def test_renewed_credentials_of_a_role_act_in_its_account_in_both(dms: FakeDms) -> None:
    def renew() -> dict[str, str]:
        role = boto3.client("sts", region_name=REGION).assume_role(
            RoleArn="arn:aws:iam::210987654321:role/dms", RoleSessionName="test"
        )["Credentials"]
        return {
            "access_key": role["AccessKeyId"],
            "secret_key": role["SecretAccessKey"],
            "token": role["SessionToken"],
            "expiry_time": role["Expiration"].isoformat(),
        }

    session: Any = botocore.session.Session()
    session._credentials = RefreshableCredentials.create_from_metadata(
        renew(), renew, method="sts-assume-role"
    )
    arns = create_connection(session.create_client("dms", region_name=REGION))

    assert ":210987654321:" in arns["EndpointArn"]
    assert [call.account_id for call in dms.calls] == ["210987654321"]


@pytest.mark.parametrize("source", ["source_profile = keys", "credential_source = Environment"])
def test_profile_with_a_role_acts_in_its_account_in_both(
    source: str, bare_machine: Path, monkeypatch: pytest.MonkeyPatch, dms: FakeDms
) -> None:
    config = bare_machine / "config"
    config.write_text(
        f"[profile role]\nrole_arn = arn:aws:iam::210987654321:role/dms\n{source}\n"
        "[profile keys]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = x\n"
    )
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    client = boto3.Session(profile_name="role", region_name=REGION).client("dms")
    arns = create_connection(client)

    assert ":210987654321:" in arns["EndpointArn"]
    assert [call.account_id for call in dms.calls] == ["210987654321"]
