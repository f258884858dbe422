"""Objects of the fake in snapshot tools and doctest: short, and without internals."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Sequence

TESTS = """
import boto3

def test(dmsconn, snapshot):
    for name in range({others}):
        dmsconn.add_connection(replication_instance_identifier="nightly")
    orders = dmsconn.add_connection(
        endpoint_identifier="orders", replication_instance_identifier="nightly"
    )
    with dmsconn.fail("DeleteConnection", "ThrottlingException") as fault:
        boto3.client("dms").delete_connection(**orders.arns)
    handed_out = [
        orders,
        orders.status,
        [orders.endpoint.identifier, orders.replication_instance.status],
        dmsconn.deletions[-1]._replace(
            endpoint_arn="E", replication_instance_arn="R", call=None
        ),
        fault,
    ]
    for one in handed_out:
        assert one == snapshot
    assert [orders.endpoint, orders.replication_instance] == snapshot(name="ends")
    assert dmsconn.calls[-1] == snapshot(name="call")
"""

SNAPSHOT = """\
<Connection orders @ nightly deleting>
---
'deleting'
---
list([
  'orders',
  'available',
])
---
Deletion(
  call=None,
  connection=<Connection orders @ nightly deleting>,
  endpoint_arn='E',
  error_code=None,
  replication_instance_arn='R',
  succeeded=True,
)
---
<Fault ThrottlingException for DeleteConnection, armed at test_it.py:9: met 1 times>
"""


def syrupy_snapshots(suite: pytest.Pytester, others: int) -> dict[str, str]:
    """Take snapshots with syrupy, compare with them, and return them by their names."""
    pytest.importorskip("syrupy")
    suite.makepyfile(test_it=TESTS.format(others=others))
    for arguments in (["--snapshot-update"], []):
        result = suite.runpytest_subprocess("-p", "syrupy", *arguments)
        assert result.parseoutcomes()["passed"] == 1
    text = (suite.path / "__snapshots__" / "test_it.ambr").read_text(encoding="utf-8")
    _, *parts = text.split("# name: ")
    return {
        name: textwrap.dedent(body.removesuffix("# ---\n"))
        for name, _, body in (part.partition("\n") for part in parts)
    }


def test_syrupy_shows_what_a_person_needs(suite: pytest.Pytester) -> None:
    snapshots = syrupy_snapshots(suite, 0)
    numbered = ["test", "test.1", "test.2", "test.3", "test.4"]
    assert "---\n".join(snapshots[name] for name in numbered) == SNAPSHOT
    assert snapshots["test[call]"].splitlines()[0] == "Call("
    assert sorted(line.split("=")[0].strip() for line in fields_of(snapshots["test[call]"])) == [
        "account_id",
        "attempt",
        "error_code",
        "operation",
        "params",
        "region",
        "status_code",
        "transport",
    ]


def fields_of(snapshot: str) -> Sequence[str]:
    """The lines of a snapshot that begin a field of the outermost object."""
    lines = snapshot.splitlines()[1:-1]
    return [line for line in lines if "=" in line and line[2] != " "]


def test_snapshots_of_syrupy_do_not_grow_with_the_registry(suite: pytest.Pytester) -> None:
    few, many = syrupy_snapshots(suite, 1), syrupy_snapshots(suite, 50)
    lines = [[text.count("\n") for text in snapshots.values()] for snapshots in (few, many)]
    assert lines[0] == lines[1]
    assert sum(lines[1]) <= 40


def test_inline_snapshot_compares_statuses_and_connections(suite: pytest.Pytester) -> None:
    pytest.importorskip("inline_snapshot")
    suite.makepyfile(
        test_it="""
        from inline_snapshot import HasRepr, snapshot

        from pytest_dmsconn import Connection

        def test(dmsconn):
            orders = dmsconn.add_connection(
                endpoint_identifier="orders", replication_instance_identifier="nightly"
            )
            assert orders.status == snapshot("successful")
            assert [one.status for one in dmsconn.connections] == snapshot(["successful"])
            assert orders == snapshot(
                HasRepr(Connection, "<Connection orders @ nightly successful>")
            )
        """
    )
    result = suite.runpytest_subprocess("-p", "inline_snapshot.pytest_plugin")
    assert result.parseoutcomes()["passed"] == 1


def test_doctest_shows_statuses_as_strings(suite: pytest.Pytester) -> None:
    suite.makepyfile(
        program='''
        """
        >>> from pytest_dmsconn import mock_dms
        >>> with mock_dms() as dms:
        ...     orders = dms.add_connection(status="failed")
        >>> orders.status
        'failed'
        >>> {"orders": orders.status}
        {'orders': 'failed'}
        >>> orders
        <Connection endpoint-1 @ instance-1 failed>
        """
        '''
    )
    assert suite.runpytest("--doctest-modules").parseoutcomes() == {"passed": 1}


def test_objects_are_read_only(suite: pytest.Pytester) -> None:
    suite.makepyfile(
        """
        import pytest

        def test(dmsconn):
            orders = dmsconn.add_connection()
            for one in (orders, orders.endpoint, orders.replication_instance):
                with pytest.raises(AttributeError, match="cannot assign to 'status'"):
                    one.status = "deleted"
                with pytest.raises(AttributeError, match="cannot delete 'status'"):
                    del one.status
        """
    )
    assert suite.runpytest().parseoutcomes() == {"passed": 1}
