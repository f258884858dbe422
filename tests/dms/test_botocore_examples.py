"""The examples that botocore ships run against the fake."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import botocore
import pytest
from botocore.exceptions import ClientError
from support.known_arns import ENDPOINT_ARN, INSTANCE_ARN

if TYPE_CHECKING:
    from pytest_dmsconn import FakeDms


BOTOCORE = Path(botocore.__file__).parent / "data" / "dms" / "2016-01-01"


def examples(operation: str) -> list[dict[str, Any]]:
    return list(json.loads((BOTOCORE / "examples-1.json").read_bytes())["examples"][operation])


@pytest.mark.parametrize(
    ("operation", "status"),
    [("DeleteConnection", "deleting"), ("TestConnection", "testing")],
)
def test_example_of_botocore_runs_unchanged(
    dmsconn: FakeDms, dms_client: Any, operation: str, status: str
) -> None:
    dmsconn.add_connection(ENDPOINT_ARN, INSTANCE_ARN)
    method = {"DeleteConnection": "delete_connection", "TestConnection": "test_connection"}

    for example in examples(operation):
        answer = getattr(dms_client, method[operation])(**example["input"])

        assert answer["Connection"]["Status"] == status
        assert answer["Connection"]["EndpointArn"] == ENDPOINT_ARN
        assert answer["Connection"]["ReplicationInstanceArn"] == INSTANCE_ARN
        assert set(example["output"]) <= set(answer)


def test_the_answer_has_the_members_of_botocores_describe_example(
    dmsconn: FakeDms, dms_client: Any
) -> None:
    dmsconn.add_connection()

    (example,) = examples("DescribeConnections")
    (described,) = dms_client.describe_connections()["Connections"]

    assert set(described) == set(example["output"]["Connections"][0])


def test_the_input_of_botocores_describe_example_is_refused(
    dmsconn: FakeDms, dms_client: Any
) -> None:
    dmsconn.add_connection()
    (example,) = examples("DescribeConnections")
    filters = {"Filters": example["input"]["Filters"]}
    size = {"MaxRecords": example["input"]["MaxRecords"]}

    for request in (example["input"], filters, size):
        with pytest.raises(ClientError, match="InvalidParameterValueException"):
            dms_client.describe_connections(**request)
    assert dms_client.describe_connections(Marker=example["input"]["Marker"])["Connections"]


def test_botocores_examples_delete_the_endpoint_and_the_instance(
    dmsconn: FakeDms, dms_client: Any
) -> None:
    dmsconn.add_connection(ENDPOINT_ARN, INSTANCE_ARN)
    (endpoint,) = examples("DeleteEndpoint")
    (instance,) = examples("DeleteReplicationInstance")

    answer = dms_client.delete_endpoint(**endpoint["input"])
    assert answer["Endpoint"]["EndpointArn"] == endpoint["output"]["Endpoint"]["EndpointArn"]

    answer = dms_client.delete_replication_instance(**instance["input"])
    assert answer["ReplicationInstance"]["ReplicationInstanceArn"] == INSTANCE_ARN


def test_answers_of_botocores_examples_can_be_seeded(dmsconn: FakeDms, dms_client: Any) -> None:
    (endpoint,) = examples("DeleteEndpoint")
    (instance,) = examples("DeleteReplicationInstance")
    structures = endpoint["output"]["Endpoint"], instance["output"]["ReplicationInstance"]

    dmsconn.load({"Endpoints": [structures[0]], "ReplicationInstances": [structures[1]]})

    # N1: DMS answers with an uppercase endpoint type, but the example has a lowercase one.
    (described,) = dms_client.describe_endpoints()["Endpoints"]
    assert described == {**structures[0], "EndpointType": "SOURCE"}
    assert dms_client.describe_replication_instances()["ReplicationInstances"] == [structures[1]]
