"""Wrong names: type checkers refuse each line with a `type: ignore`, and so does the fake.

mypy and pyright report a `type: ignore` that is not needed.
"""

from __future__ import annotations

from typing import get_args

import pytest

from pytest_dmsconn import ErrorName, FakeDms, OperationName, UsageError, mock_dms
from pytest_dmsconn.dms import service_model
from pytest_dmsconn.protocol.injectable_errors import (
    BROKEN_ANSWERS,
    COMMON_ERRORS,
    TRANSPORT_FAILURES,
)
from pytest_dmsconn.protocol.routing import OPERATIONS


def test_unknown_option_is_a_type_error() -> None:
    with pytest.raises(UsageError, match="'regon'"):
        mock_dms(regon="eu-west-1")  # type: ignore[call-overload]


def test_bad_value_of_an_option_is_a_type_error() -> None:
    with pytest.raises(UsageError, match="'broken'"):
        mock_dms(test_result="broken")  # type: ignore[call-overload]


def test_unknown_status_is_a_type_error(dmsconn: FakeDms) -> None:
    with pytest.raises(UsageError, match="'broken'"):
        dmsconn.add_connection(status="broken")  # type: ignore[arg-type]
    connection = dmsconn.add_connection()
    with pytest.raises(UsageError, match="'deleted'"):
        dmsconn.set_status(connection, "deleted")  # type: ignore[arg-type]


def test_unknown_operation_is_a_type_error(dmsconn: FakeDms) -> None:
    with pytest.raises(UsageError, match="'DeleteConnections'"):
        dmsconn.fail("DeleteConnections", "read-timeout")  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="'delete_connection'"):
        dmsconn.delay("delete_connection", 5)  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="'CreateEndpoint'"):
        dmsconn.assert_called("CreateEndpoint")  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="'Delete'"):
        dmsconn.calls_to("Delete")  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="'Delete'"):
        dmsconn.assert_no_calls("Delete")  # type: ignore[arg-type]


def test_unknown_error_is_a_type_error(dmsconn: FakeDms) -> None:
    with pytest.raises(UsageError, match="'Throttling'"):
        dmsconn.fail("DeleteConnection", "Throttling")  # type: ignore[arg-type]


def test_unknown_test_result_is_a_type_error(dmsconn: FakeDms) -> None:
    with pytest.raises(UsageError, match="'testing'"):
        dmsconn.set_test_result(
            dmsconn.add_connection(),
            "testing",  # type: ignore[arg-type]
        )


def test_type_checkers_know_all_operations() -> None:
    assert set(get_args(OperationName)) == set(OPERATIONS)


def test_type_checkers_know_all_errors() -> None:
    of_dms = {name for one in OPERATIONS for name in service_model.faults_of((one,))}
    others = {*COMMON_ERRORS, *TRANSPORT_FAILURES, *BROKEN_ANSWERS}
    assert set(get_args(ErrorName)) == of_dms | others
