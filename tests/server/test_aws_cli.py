"""The AWS CLI against `dmsconn_server`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pytest_dmsconn import DmsServer, FakeDms

AWS = Path(sys.executable).with_name("aws.cmd" if os.name == "nt" else "aws")

pytestmark = pytest.mark.skipif(not AWS.exists(), reason="the AWS CLI is not installed")


def aws(server: DmsServer, *arguments: str) -> Any:
    """What the CLI prints, as JSON."""
    run = subprocess.run(
        # By the interpreter of the tests: the one in the script's first line may no longer exist.
        [sys.executable, str(AWS), "dms", *arguments],
        env=server.env,
        stdout=subprocess.PIPE,
        check=True,
    )
    return json.loads(run.stdout)


@pytest.mark.slow
def test_it_lists_and_deletes(dmsconn: FakeDms, dmsconn_server: DmsServer) -> None:
    stale = dmsconn.add_connection(status="failed")
    healthy = dmsconn.add_connection()

    listed = aws(dmsconn_server, "describe-connections")["Connections"]
    deleted = aws(
        dmsconn_server,
        "delete-connection",
        "--endpoint-arn",
        stale.endpoint_arn,
        "--replication-instance-arn",
        stale.replication_instance_arn,
    )["Connection"]

    assert [one["EndpointArn"] for one in listed] == [stale.endpoint_arn, healthy.endpoint_arn]
    assert deleted["Status"] == "deleting"
    dmsconn.assert_only_deleted(stale)


def test_what_it_prints_can_be_loaded(dmsconn: FakeDms, dmsconn_server: DmsServer) -> None:
    dmsconn.add_connection(status="failed")
    before = dmsconn.dump()["Connections"]

    printed = aws(dmsconn_server, "describe-connections")
    dmsconn.reset()
    dmsconn.load(printed)

    assert dmsconn.dump()["Connections"] == before


def test_an_error_is_printed_with_its_code(dmsconn: FakeDms, dmsconn_server: DmsServer) -> None:
    busy = dmsconn.add_connection(status="testing")
    with pytest.raises(subprocess.CalledProcessError) as raised:
        aws(
            dmsconn_server,
            "test-connection",
            "--endpoint-arn",
            busy.endpoint_arn,
            "--replication-instance-arn",
            busy.replication_instance_arn,
        )

    assert raised.value.returncode != 0
    assert dmsconn.calls[0].error_code == "InvalidResourceStateFault"
