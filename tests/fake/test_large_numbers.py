"""Numbers that are not finite, or longer than JSON and Python write, are refused or bounded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ReadTimeoutError

from pytest_dmsconn import UsageError

if TYPE_CHECKING:
    from pytest_dmsconn import FakeDms

TOO_LARGE = [2**63, -(2**63), 10**400, 10**5000]


@pytest.mark.parametrize("number", TOO_LARGE, ids=["64 bits", "negative", "400", "5000 digits"])
def test_members_of_seeds(dmsconn: FakeDms, number: int) -> None:
    with pytest.raises(UsageError, match="must be of the type integer, with 64 bits at most"):
        dmsconn.add_replication_instance(members={"AllocatedStorage": number})

    assert dmsconn.replication_instances == ()


def test_the_largest_member_is_described(dmsconn: FakeDms) -> None:
    dmsconn.add_replication_instance(members={"AllocatedStorage": 2**63 - 1})

    answer = boto3.client("dms").describe_replication_instances()
    assert answer["ReplicationInstances"][0]["AllocatedStorage"] == 2**63 - 1


@pytest.mark.parametrize("times", [10**9 + 1, 10**400, 10**5000], ids=["10**9", "400", "5000"])
def test_times_of_faults(dmsconn: FakeDms, times: int) -> None:
    with pytest.raises(UsageError, match="at most 1,000,000,000"):
        dmsconn.fail("DeleteConnection", "ThrottlingException", times=times)


@pytest.mark.parametrize("timeout", [1e308, float("inf"), float("nan")])
def test_timeouts_of_clients(dmsconn: FakeDms, timeout: Any) -> None:
    config = Config(read_timeout=timeout, retries={"total_max_attempts": 1})
    client: Any = boto3.client("dms", config=config)
    dmsconn.fail("DescribeConnections", "read-timeout", times=3)

    for _ in range(3):
        with pytest.raises(ReadTimeoutError):
            client.describe_connections()
    assert dmsconn.now == 3 * 10**9
