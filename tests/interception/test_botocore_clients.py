"""Every botocore client of the process is answered, and stays botocore's own in all else."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import boto3
import botocore.session
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import EndpointResolutionError, EndpointVariantError, NoRegionError
from botocore.loaders import Loader

from pytest_dmsconn import mock_dms

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_dmsconn import FakeDms

REGION = "eu-west-1"
KEYS: dict[str, Any] = {
    "aws_access_key_id": "AKIAIOSFODNN7EXAMPLE",
    "aws_secret_access_key": "secret",
}

pytestmark = pytest.mark.usefixtures("bare_machine", "no_network")

# A client as programs make it when they are imported.
made_at_import: Any = boto3.client("dms", region_name=REGION)


def default_session() -> Any:
    boto3.setup_default_session(region_name=REGION)
    return boto3.client("dms")


def plain_botocore(**more: Any) -> Any:
    return botocore.session.Session().create_client("dms", region_name=REGION, **more)


MAKERS: dict[str, Callable[[], Any]] = {
    "boto3.client": lambda: boto3.client("dms", region_name=REGION),
    "boto3.Session": lambda: boto3.Session(region_name=REGION).client("dms"),
    "default session": default_session,
    "botocore": plain_botocore,
    "keys": lambda: boto3.client("dms", region_name=REGION, **KEYS),
    "session token": lambda: plain_botocore(**KEYS, aws_session_token="token"),
    "unsigned": lambda: plain_botocore(config=Config(signature_version=UNSIGNED)),
    "standard retries": lambda: plain_botocore(config=Config(retries={"mode": "standard"})),
    "adaptive retries": lambda: plain_botocore(config=Config(retries={"mode": "adaptive"})),
    "no endpoint discovery": lambda: plain_botocore(
        config=Config(endpoint_discovery_enabled=False, inject_host_prefix=False)
    ),
}
makers = pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)


def assert_reaches(client: Any, dms: FakeDms, region: str = REGION) -> None:
    connection = dms.add_connection(region=region)
    answer = client.delete_connection(**connection.arns)
    assert answer["Connection"]["Status"] == "deleting"
    dms.assert_only_deleted(connection)
    assert [call.region for call in dms.calls] == [region]


@makers
def test_client_made_before_the_fake_is_answered(make: Callable[[], Any]) -> None:
    client = make()
    with mock_dms() as dms:
        assert_reaches(client, dms)


@makers
def test_client_made_during_the_fake_is_answered(make: Callable[[], Any]) -> None:
    with mock_dms() as dms:
        assert_reaches(make(), dms)


def test_client_made_at_import_without_credentials_is_answered(dmsconn: FakeDms) -> None:
    assert_reaches(made_at_import, dmsconn)


def test_client_that_was_answered_before_is_answered_by_the_next_fake() -> None:
    client = plain_botocore()
    for _ in range(2):
        with mock_dms() as dms:
            assert_reaches(client, dms)


def test_clients_are_answered_in_other_threads(dmsconn: FakeDms) -> None:
    client = plain_botocore()
    stale = dmsconn.add_connections(20, region=REGION)
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda one: client.delete_connection(**one.arns), stale))
    dmsconn.assert_only_deleted(*stale)


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost:4566",
        "http://127.0.0.1:9",
        "https://aws.internal.example/dms/",
        "https://vpce-0f89a33420c1931d7-bluzidnv.dms.eu-west-1.vpce.amazonaws.com",
    ],
)
def test_client_with_an_endpoint_url_is_answered(dmsconn: FakeDms, url: str) -> None:
    assert_reaches(plain_botocore(endpoint_url=url), dmsconn)


def test_client_with_an_endpoint_url_from_the_environment_is_answered(
    dmsconn: FakeDms, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_DATABASE_MIGRATION_SERVICE", "http://localhost:4566")
    client = boto3.client("dms", region_name=REGION)
    assert client.meta.endpoint_url == "http://localhost:4566"
    assert_reaches(client, dmsconn)


REGIONS = {
    partition["id"]: next(name for name in reversed(partition["regions"]) if "global" not in name)
    for partition in Loader().load_data("partitions")["partitions"]
}


@pytest.mark.parametrize("dual_stack", [False, True], ids=["IPv4", "dual-stack"])
@pytest.mark.parametrize("fips", [False, True], ids=["plain", "FIPS"])
@pytest.mark.parametrize("partition", REGIONS)
def test_every_kind_of_endpoint_of_every_partition_is_answered(
    dmsconn: FakeDms, *, partition: str, fips: bool, dual_stack: bool
) -> None:
    config = Config(use_fips_endpoint=fips, use_dualstack_endpoint=dual_stack)
    try:
        client: Any = boto3.client("dms", region_name=REGIONS[partition], config=config)
        assert_reaches(client, dmsconn, REGIONS[partition])
    except (EndpointVariantError, EndpointResolutionError):
        # Not every release of botocore names such an endpoint everywhere.
        assert dual_stack
        assert partition not in {"aws", "aws-cn", "aws-us-gov"}
    else:
        assert dmsconn.connections[0].endpoint_arn.startswith(f"arn:{partition}:dms:")


def test_pseudo_region_of_a_fips_endpoint_is_the_region_behind_it(dmsconn: FakeDms) -> None:
    client = boto3.client("dms", region_name="us-west-2-fips")
    assert_reaches(client, dmsconn, "us-west-2")


def test_client_without_any_region_cannot_be_made_before_the_fake() -> None:
    with pytest.raises(NoRegionError):
        boto3.client("dms")


def test_client_of_the_default_region_acts_in_the_one_of_the_fake() -> None:
    with mock_dms(region="ap-south-1") as dms:
        assert_reaches(boto3.client("dms"), dms, "ap-south-1")


def test_clients_of_two_regions_list_only_connections_of_their_region(dmsconn: FakeDms) -> None:
    here = dmsconn.add_connection(region="eu-west-1")
    there = dmsconn.add_connection(region="us-west-2")
    client = boto3.client("dms", region_name="us-west-2")
    assert [one["EndpointArn"] for one in client.describe_connections()["Connections"]] == [
        there.endpoint_arn
    ]
    with pytest.raises(client.exceptions.ResourceNotFoundFault):
        client.delete_connection(**here.arns)
    dmsconn.assert_only_deleted()


@pytest.mark.parametrize(
    ("keys", "account_id"),
    [
        ({}, "123456789012"),
        (KEYS, "123456789012"),
        (KEYS | {"aws_access_key_id": "210987654321"}, "210987654321"),
        (KEYS | {"aws_access_key_id": "2109876543210"}, "123456789012"),
    ],
    ids=["no keys", "keys", "12 digits", "13 digits"],
)
def test_access_key_of_twelve_digits_names_the_account(
    dmsconn: FakeDms, keys: dict[str, str], account_id: str
) -> None:
    plain_botocore(**keys).describe_connections()
    assert [call.account_id for call in dmsconn.calls] == [account_id]


def test_credentials_of_another_account_act_in_it(dmsconn: FakeDms) -> None:
    connection = dmsconn.add_connection(account_id="210987654321")
    keys: dict[str, Any] = {**dmsconn.credentials("210987654321")}
    client = boto3.client("dms", **keys)
    client.delete_connection(**connection.arns)
    dmsconn.assert_only_deleted(connection)
    client = boto3.client("dms")
    with pytest.raises(client.exceptions.ResourceNotFoundFault):
        client.delete_connection(**connection.arns)


def test_a_url_is_presigned_as_without_the_fake(dmsconn: FakeDms) -> None:
    client = boto3.client("s3", config=Config(signature_version="s3v4"), **KEYS)
    url = client.generate_presigned_url("get_object", {"Bucket": "bucket", "Key": "key"}, 60)
    assert "X-Amz-Expires=60&" in url
    assert "&X-Amz-Signature=" in url
    dmsconn.assert_no_calls()
