"""A cassette of vcrpy answers calls of other services with `block_aws=False`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import boto3
import pytest
import vcr

from pytest_dmsconn import BlockedAwsCall, mock_dms

if TYPE_CHECKING:
    from pathlib import Path

STS = "https://sts.us-east-1.amazonaws.com"

CASSETTE = """
version: 1
interactions:
- request:
    body: Action=GetCallerIdentity&Version=2011-06-15
    headers: {}
    method: POST
    uri: https://sts.us-east-1.amazonaws.com/
  response:
    body:
      string: >-
        <GetCallerIdentityResponse><GetCallerIdentityResult><Account>111122223333</Account>
        </GetCallerIdentityResult></GetCallerIdentityResponse>
    headers:
      Content-Type: [text/xml]
    status: {code: 200, message: OK}
"""


@pytest.fixture
def cassette(tmp_path: Path) -> Any:
    path = tmp_path / "sts.yaml"
    path.write_text(CASSETTE, encoding="utf-8")
    return vcr.use_cassette(str(path), record_mode="none")


@pytest.mark.usefixtures("no_network")
@pytest.mark.parametrize("cassette_first", [True, False])
def test_cassette_of_another_service_answers_unless_the_fake_blocks(
    cassette: Any, *, cassette_first: bool
) -> None:
    fake = mock_dms(block_aws=False)
    first, second = (cassette, fake) if cassette_first else (fake, cassette)
    with first, second:
        dms: Any = boto3.client("dms", region_name="us-east-1")
        sts: Any = boto3.client("sts", region_name="us-east-1", endpoint_url=STS)
        assert dms.describe_connections()["Connections"] == []
        assert sts.get_caller_identity()["Account"] == "111122223333"


@pytest.mark.usefixtures("no_network")
def test_fake_blocks_calls_of_a_cassette_by_default(cassette: Any) -> None:
    with mock_dms(strict=False), cassette:
        sts: Any = boto3.client("sts", region_name="us-east-1", endpoint_url=STS)
        with pytest.raises(BlockedAwsCall, match="sts GetCallerIdentity"):
            sts.get_caller_identity()
