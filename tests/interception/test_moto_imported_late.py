"""moto is imported after a client or the fake was made, or not at all."""

from __future__ import annotations

import pytest


def run_apart(pytester: pytest.Pytester, test: str) -> None:
    """Run a test in a process that has not imported moto yet."""
    pytester.makeconftest("import boto3\nold = boto3.client('dms', region_name='us-east-1')")
    pytester.makepyfile(test)
    pytester.runpytest_subprocess().assert_outcomes(passed=1)


USE_MOTO = """
        instance = old.create_replication_instance(
            ReplicationInstanceIdentifier="nightly", ReplicationInstanceClass="dms.t3.micro"
        )["ReplicationInstance"]["ReplicationInstanceArn"]
        endpoint = old.create_endpoint(
            EndpointIdentifier="orders", EndpointType="source", EngineName="mysql"
        )["Endpoint"]["EndpointArn"]
        arns = {"EndpointArn": endpoint, "ReplicationInstanceArn": instance}
        old.test_connection(**arns)
        assert old.describe_endpoints()["Endpoints"]
        assert old.describe_connections()["Connections"][0]["Status"] == "successful"
        old.delete_connection(**arns)
"""


@pytest.mark.slow
def test_client_older_than_the_import_of_moto_reaches_both(pytester: pytest.Pytester) -> None:
    run_apart(
        pytester,
        f"""
import sys
from conftest import old
assert "moto" not in sys.modules

from moto import mock_aws

def test(dmsconn):
    with mock_aws():
        {USE_MOTO}
    dmsconn.assert_deleted((endpoint, instance))
""",
    )


@pytest.mark.slow
def test_moto_imported_by_the_code_under_test_is_noticed(pytester: pytest.Pytester) -> None:
    run_apart(
        pytester,
        f"""
import sys
from conftest import old

def test(dmsconn):
    assert "moto" not in sys.modules
    import boto3
    from moto import mock_aws
    from moto.core.botocore_stubber import BotocoreStubber
    with mock_aws():
        {USE_MOTO}
        boto3.client("dms", region_name="us-east-1").describe_endpoints()
    dmsconn.assert_deleted((endpoint, instance))
    assert BotocoreStubber.__call__.__module__.startswith("pytest_dmsconn")
""",
    )


@pytest.mark.slow
def test_suite_without_moto_does_not_import_it(pytester: pytest.Pytester) -> None:
    run_apart(
        pytester,
        """
import sys
from conftest import old

def test(dmsconn):
    old.delete_connection(**dmsconn.add_connection().arns)
    assert not [name for name in sys.modules if name.startswith("moto.")]
""",
    )
