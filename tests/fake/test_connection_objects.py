"""Properties of the objects of connections."""

from __future__ import annotations

import copy
import json
import pickle
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pytest_dmsconn import FakeDms


def test_connection_shows_the_current_state(dmsconn: FakeDms, dms_client: Any) -> None:
    connection = dmsconn.add_connection()

    seen = [connection.status]
    dms_client.test_connection(**connection.arns)
    seen.append(connection.status)
    dms_client.describe_connections()
    seen.append(connection.status)
    dms_client.delete_connection(**connection.arns)
    seen.append(connection.status)
    dms_client.describe_connections()
    seen.append(connection.status)

    assert seen == ["successful", "testing", "successful", "deleting", "deleted"]


@pytest.mark.parametrize("status", ["successful", "testing", "failed", "deleting"])
def test_status_behaves_as_the_string_of_aws(dmsconn: FakeDms, status: Any) -> None:
    held = dmsconn.add_connection(status=status).status

    assert held == status
    assert str(held) == status
    assert f"{held}" == status
    assert f"{held:>12}" == f"{status:>12}"
    assert "%s" % held == status  # noqa: UP031 - one of the ways to print it
    assert "{}".format(held) == status  # noqa: UP032 - another
    assert json.dumps(held) == json.dumps(status)
    assert {status: 1}[held] == 1


def test_connection_is_read_only(dmsconn: FakeDms) -> None:
    connection = dmsconn.add_connection()

    with pytest.raises(AttributeError):
        connection.status = "failed"  # type: ignore[assignment]  # that is what is tested

    assert connection.status == "successful"


def test_connections_compare_by_identity(dmsconn: FakeDms) -> None:
    first, second = dmsconn.add_connections(2)

    assert first != second
    assert len({first, second, dmsconn.connection(*first.arns.values())}) == 2
    assert first.endpoint_identifier in repr(first)


@pytest.mark.parametrize("make_copy", [copy.copy, copy.deepcopy])
def test_copy_is_the_resource_itself(dmsconn: FakeDms, make_copy: Any) -> None:
    connection = dmsconn.add_connection()
    for resource in (connection, connection.endpoint, connection.replication_instance):
        assert make_copy({"job": resource})["job"] is resource


def test_resources_are_not_pickled(dmsconn: FakeDms) -> None:
    connection = dmsconn.add_connection()
    for resource in (connection, connection.endpoint):
        with pytest.raises(TypeError) as refused:
            pickle.dumps(resource)
        assert str(refused.value) == (
            f"{resource!r} cannot be pickled: another process does not have its fake. "
            "Pass ARNs instead."
        )


def test_status_of_a_connection_is_accepted_as_an_argument(dmsconn: FakeDms) -> None:
    failed = dmsconn.add_connection(status="failed")

    assert dmsconn.add_connection(status=failed.status).status == "failed"
