"""A test that clears the environment does not expose settings of the machine."""

from __future__ import annotations

import asyncio
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from unittest import mock

import boto3
import botocore.session
import moto
import pytest
from aiobotocore.session import get_session
from botocore.credentials import InstanceMetadataFetcher
from botocore.exceptions import NoRegionError

from pytest_dmsconn import mock_dms

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from pytest_dmsconn import FakeDms

    Clearing = Callable[[dict[str, str]], AbstractContextManager[object]]

pytestmark = pytest.mark.usefixtures("no_network")

DEVELOPERS_KEYS = "aws_access_key_id = 111122223333\naws_secret_access_key = real\n"


def clear(wanted: dict[str, str]) -> AbstractContextManager[object]:
    return mock.patch.dict(os.environ, wanted, clear=True)


@contextmanager
def put_a_dictionary_in_its_place(wanted: dict[str, str]) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as within:
        within.setattr(os, "environ", wanted)
        yield


@pytest.fixture(params=[clear, put_a_dictionary_in_its_place])
def clearing(request: pytest.FixtureRequest) -> Clearing:
    """A way to remove all variables except the given ones."""
    way: Clearing = request.param
    return way


@pytest.fixture
def variables(bare_machine: Path) -> dict[str, str]:
    """The variables that stay, on a machine with files of AWS settings in its home."""
    folder = bare_machine / ".aws"
    folder.mkdir()
    process = f"touch {bare_machine / 'was-run'}"
    (folder / "config").write_text(
        f"[default]\nregion = ap-south-1\n[profile process]\ncredential_process = {process}\n"
    )
    (folder / "credentials").write_text(f"[default]\n{DEVELOPERS_KEYS}")
    (bare_machine / ".boto").write_text(f"[Credentials]\n{DEVELOPERS_KEYS}")
    return {"HOME": str(bare_machine), "STAGE": "test"}


def delete_one(client: Any, dms: FakeDms) -> None:
    connection = dms.add_connection()
    client.delete_connection(**connection.arns)
    dms.assert_only_deleted(connection)
    assert {call.account_id for call in dms.calls} == {"123456789012"}


def test_client_works_without_anything_in_the_environment(
    clearing: Clearing, variables: dict[str, str]
) -> None:
    with mock_dms() as dms, clearing(variables):
        delete_one(boto3.client("dms", region_name="us-east-1"), dms)


def test_client_of_aiobotocore_works_without_anything_in_the_environment(
    clearing: Clearing, variables: dict[str, str]
) -> None:
    async def program(dms: FakeDms) -> None:
        connection = dms.add_connection()
        async with get_session().create_client("dms", region_name="us-east-1") as client:
            await client.delete_connection(**connection.arns)
        dms.assert_only_deleted(connection)
        assert {call.account_id for call in dms.calls} == {"123456789012"}

    with mock_dms() as dms, clearing(variables):
        asyncio.run(program(dms))


def test_settings_of_the_developer_are_not_used(
    clearing: Clearing, variables: dict[str, str], bare_machine: Path
) -> None:
    with mock_dms(), clearing(variables):
        with pytest.raises(NoRegionError):
            boto3.client("dms")
        assert botocore.session.Session().available_profiles == []
        assert botocore.session.Session().get_credentials() is None
    assert not (bare_machine / "was-run").exists()


def test_file_that_the_test_names_is_read(
    clearing: Clearing, variables: dict[str, str], tmp_path: Path
) -> None:
    config = tmp_path / "config-of-the-test"
    config.write_text("[default]\nregion = us-east-1\n")
    with mock_dms() as dms, clearing(variables | {"AWS_CONFIG_FILE": str(config)}):
        delete_one(boto3.client("dms"), dms)


def test_settings_of_the_machine_are_used_again_afterwards(
    clearing: Clearing, variables: dict[str, str], bare_machine: Path
) -> None:
    during: Any = botocore.session.Session()
    with mock_dms(), clearing(variables):
        assert during.get_credentials() is None
    with clearing(variables):
        assert botocore.session.Session().get_config_variable("region") == "ap-south-1"
        during._credentials = None
        assert during.get_credentials().access_key == "111122223333"
    assert not (bare_machine / "was-run").exists()


def test_moto_answers_without_anything_in_the_environment(
    clearing: Clearing, variables: dict[str, str]
) -> None:
    with mock_dms() as dms, moto.mock_aws(), clearing(variables):
        storage = boto3.client("s3", region_name="us-east-1")
        storage.create_bucket(Bucket="reports")
        assert [one["Name"] for one in storage.list_buckets()["Buckets"]] == ["reports"]
        delete_one(boto3.client("dms", region_name="us-east-1"), dms)


def test_credentials_of_an_instance_are_fetched_if_calls_are_not_blocked(
    variables: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    found = {
        "role_name": "dms",
        "access_key": "of the instance",
        "secret_key": "secret",
        "token": "token",
        "expiry_time": "2100-01-01T00:00:00Z",
    }
    monkeypatch.setattr(InstanceMetadataFetcher, "retrieve_iam_role_credentials", lambda _: found)
    with mock_dms(block_aws=False), clear(variables):
        credentials = botocore.session.Session().get_credentials()
    assert credentials is not None
    assert credentials.access_key == "of the instance"
