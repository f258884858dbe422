"""The settings that a fake replaces are hidden while it is active, and restored afterwards."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import ProfileNotFound

from pytest_dmsconn import UsageError, mock_dms

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_dmsconn import FakeDms

SET_ASIDE = (
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_SECURITY_TOKEN",
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_REGION",
    "AWS_DEFAULT_REGION",
    "AWS_CONFIG_FILE",
    "AWS_SHARED_CREDENTIALS_FILE",
    "AWS_ROLE_ARN",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_EC2_METADATA_DISABLED",
    "AWS_ENDPOINT_URL",
    "AWS_ENDPOINT_URL_DATABASE_MIGRATION_SERVICE",
    "AWS_USE_FIPS_ENDPOINT",
    "AWS_MAX_ATTEMPTS",
    "AWS_ENDPOINT_URL_S3",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
    "AWS_USE_DUALSTACK_ENDPOINT",
    "AWS_RETRY_MODE",
    "AWS_ACCOUNT_ID",
    "AWS_CREDENTIAL_EXPIRATION",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
    "AWS_BEARER_TOKEN_BEDROCK",
    "AWS_ROLE_SESSION_NAME",
    "AWS_EC2_METADATA_SERVICE_ENDPOINT",
    "AWS_STS_REGIONAL_ENDPOINTS",
    "AWS_SDK_LOAD_CONFIG",
    "AWS_ACCESS_KEY",
    "AWS_SECRET_KEY",
    "BOTO_CONFIG",
)
KEPT = (
    "AWS_DATA_PATH",
    "AWS_STORAGE_BUCKET_NAME",
    "AWS_XRAY_SDK_ENABLED",
    "AWS_XRAY_CONTEXT_MISSING",
    "AWS_PAGER",
    "AWS_SOMETHING_NEW",
    "BOTO_SOMETHING",
    "AWS_LAMBDA_FUNCTION_NAME",
    "AWS_LAMBDA_RUNTIME_API",
    "AWS_EXECUTION_ENV",
    "AWS_CA_BUNDLE",
    "REQUESTS_CA_BUNDLE",
    "HTTPS_PROXY",
    "NO_PROXY",
)

pytestmark = pytest.mark.usefixtures("no_network")


@pytest.fixture
def real_environment(bare_machine: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Make every setting of AWS that a machine can have; return the environment."""
    folder = bare_machine / ".aws"
    folder.mkdir()
    (folder / "config").write_text("[default]\nregion = sa-east-1\n[profile prod]\n")
    keys = "aws_access_key_id = real\naws_secret_access_key = real\n"
    (folder / "credentials").write_text(f"[default]\n{keys}")
    (bare_machine / ".boto").write_text(f"[Credentials]\n{keys}")
    for name in (*SET_ASIDE, *KEPT):
        monkeypatch.setenv(name, "real")
    return environment()


def environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name != "PYTEST_CURRENT_TEST"}


@pytest.mark.parametrize("name", SET_ASIDE)
@pytest.mark.usefixtures("real_environment")
def test_variable_of_aws_is_removed_and_restored(name: str) -> None:
    with mock_dms():
        assert os.environ.get(name) != "real"
    assert os.environ[name] == "real"


@pytest.mark.parametrize("name", KEPT)
@pytest.mark.usefixtures("real_environment")
def test_every_other_variable_stays(name: str) -> None:
    with mock_dms():
        assert os.environ[name] == "real"


@pytest.mark.usefixtures("real_environment")
def test_fake_keys_and_the_region_of_the_fake_are_in_the_environment() -> None:
    with mock_dms(region="eu-central-1"):
        assert os.environ["AWS_ACCESS_KEY_ID"] == "testing"
        assert os.environ["AWS_SECRET_ACCESS_KEY"] == "testing"
        assert os.environ["AWS_REGION"] == os.environ["AWS_DEFAULT_REGION"] == "eu-central-1"


@pytest.mark.usefixtures("bare_machine")
def test_machine_without_anything_of_aws_has_nothing_afterwards() -> None:
    before = environment()
    with mock_dms():
        boto3.client("dms").describe_connections()
    assert environment() == before
    assert boto3.DEFAULT_SESSION is None


def test_shared_files_are_not_read(
    real_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "prod" not in real_environment
    with mock_dms():
        session = boto3.Session()
        credentials = session.get_credentials()
        assert session.available_profiles == []
        assert session.region_name == "us-east-1"
        assert credentials is not None
        assert credentials.access_key == "testing"
        monkeypatch.delenv("AWS_ACCESS_KEY_ID")
        assert boto3.Session().get_credentials() is None  # no file, no metadata service


def test_profile_of_the_machine_is_not_found(dmsconn: FakeDms) -> None:
    assert dmsconn.region
    with pytest.raises(ProfileNotFound):
        boto3.Session(profile_name="prod")


def test_profile_of_a_file_that_the_test_sets_is_found(
    dmsconn: FakeDms, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "config").write_text("[profile prod]\nregion = sa-east-1\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_PROFILE", "prod")
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    connection = dmsconn.add_connection(region="sa-east-1")
    boto3.client("dms").delete_connection(**connection.arns)
    dmsconn.assert_only_deleted(connection)


def test_default_session_is_removed_and_restored_as_the_same_object() -> None:
    boto3.setup_default_session(aws_access_key_id="real", aws_secret_access_key="real")
    real = boto3.DEFAULT_SESSION
    with mock_dms():
        assert boto3.DEFAULT_SESSION is None
        boto3.client("dms").describe_connections()
        fake: Any = boto3.DEFAULT_SESSION
        assert fake.get_credentials().access_key == "testing"
    assert boto3.DEFAULT_SESSION is real


@pytest.mark.parametrize(
    "error", [ValueError, KeyboardInterrupt, SystemExit, pytest.fail.Exception]
)
def test_environment_is_restored_however_the_block_ends(
    error: type[BaseException], real_environment: dict[str, str]
) -> None:
    with pytest.raises(error), mock_dms():
        raise error
    assert environment() == real_environment


def test_environment_is_untouched_by_a_seed_that_fails(real_environment: dict[str, str]) -> None:
    with pytest.raises(UsageError), mock_dms(seed={"Connections": "none"}):
        pytest.fail("was entered")
    assert environment() == real_environment


def test_changes_of_aws_variables_by_the_code_under_test_are_undone(
    real_environment: dict[str, str],
) -> None:
    with mock_dms():
        os.environ["AWS_DEFAULT_REGION"] = "eu-west-3"
        os.environ["AWS_ENDPOINT_URL_S3"] = "https://else.example"
        del os.environ["AWS_ACCESS_KEY_ID"]
    assert environment() == real_environment


def test_fake_inside_a_fake_has_its_own_region_and_gives_back_the_outer_one() -> None:
    with mock_dms(region="eu-west-1"):
        with mock_dms(region="eu-west-2"):
            assert os.environ["AWS_REGION"] == "eu-west-2"
        assert os.environ["AWS_REGION"] == "eu-west-1"


def test_environment_is_restored_when_the_last_of_unordered_fakes_ends(
    real_environment: dict[str, str],
) -> None:
    first, second, third = (mock_dms(region=f"eu-west-{number}") for number in (1, 2, 3))
    first.__enter__()
    second.__enter__()
    third.__enter__()
    second.__exit__(None, None, None)
    first.__exit__(None, None, None)
    assert os.environ["AWS_REGION"] == "eu-west-3"
    third.__exit__(None, None, None)
    assert environment() == real_environment


def test_environment_is_restored_even_if_the_test_replaced_it_by_a_dictionary(
    real_environment: dict[str, str],
) -> None:
    with mock_dms(), pytest.MonkeyPatch.context() as within:
        within.setattr(os, "environ", {"AWS_ACCESS_KEY_ID": "1", "AWS_SECRET_ACCESS_KEY": "2"})
        boto3.client("dms", region_name="us-east-1").describe_connections()
    assert environment() == real_environment


def test_dictionary_that_replaces_the_environment_does_not_change_when_the_fake_ends(
    real_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = mock_dms()
    fake.__enter__()
    with monkeypatch.context() as within:
        within.setattr(os, "environ", own := {"AWS_PROFILE": "of the test"})
        fake.__exit__(None, None, None)
        assert own == {"AWS_PROFILE": "of the test"}
    assert environment() == real_environment
