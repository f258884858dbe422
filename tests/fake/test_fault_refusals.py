"""Error messages for faults that cannot be armed."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_dmsconn import FakeDms, UsageError


def test_unlisted_error_is_refused_with_the_allowed_errors(dmsconn: FakeDms) -> None:
    with pytest.raises(UsageError) as refused:
        dmsconn.fail("DeleteConnection", "ResourceNotFound")  # type: ignore[arg-type]

    assert str(refused.value) == (
        "'ResourceNotFound' is not something that DeleteConnection can fail with. "
        "Did you mean 'ResourceNotFoundFault'? "
        "DMS lists AccessDeniedFault, ResourceNotFoundFault, InvalidResourceStateFault; "
        "common to AWS are ThrottlingException, AccessDeniedException, ExpiredTokenException, "
        "UnrecognizedClientException, InvalidParameterValueException, InternalFailure, "
        "ServiceUnavailable, RequestTimeout; "
        "transport failures are connect-timeout, read-timeout, connection-closed, "
        "endpoint-unreachable; broken answers are truncated, html-502."
    )


@pytest.mark.parametrize(
    ("operation", "error", "meant"),
    [
        ("DeleteConnection", "read-timeot", "read-timeout"),
        ("DeleteConnection", "Throttling", "ThrottlingException"),
        ("DeleteConnection", "html502", "html-502"),
        ("TestConnection", "AccessDenied", "AccessDeniedFault"),
        ("DescribeConnections", "accessdeniedexception", "AccessDeniedException"),
    ],
)
def test_refusal_names_the_nearest_error(
    dmsconn: FakeDms, operation: str, error: str, meant: str
) -> None:
    with pytest.raises(UsageError, match=f"Did you mean '{meant}'"):
        dmsconn.fail(operation, error)  # type: ignore[arg-type]


def test_fault_of_another_operation_is_refused(dmsconn: FakeDms) -> None:
    with pytest.raises(UsageError, match="DMS lists ResourceNotFoundFault;"):
        dmsconn.fail("DescribeConnections", "InvalidResourceStateFault")


def test_asterisk_allows_only_faults_of_all_operations(dmsconn: FakeDms) -> None:
    with pytest.raises(UsageError, match="every operation can fail with"):
        dmsconn.fail("*", "InvalidResourceStateFault")


def test_no_hint_for_another_operation_of_dms(dmsconn: FakeDms) -> None:
    with pytest.raises(UsageError) as refused:
        dmsconn.fail("CreateEndpoint", "read-timeout")  # type: ignore[arg-type]

    assert str(refused.value).startswith(
        "'CreateEndpoint' is not answered by the fake. It answers DeleteConnection, "
    )


def test_refusal_names_the_nearest_operation(dmsconn: FakeDms) -> None:
    with pytest.raises(UsageError) as refused:
        dmsconn.fail("DeleteConnections", "read-timeout")  # type: ignore[arg-type]

    assert str(refused.value) == (
        "'DeleteConnections' is not answered by the fake. Did you mean 'DeleteConnection'? "
        "It answers DeleteConnection, TestConnection, DescribeConnections, DeleteEndpoint, "
        "DescribeEndpoints, DeleteReplicationInstance, DescribeReplicationInstances."
    )


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        ({"times": 0}, "times=0 is not allowed; it must be a whole number, 1 or more, or None."),
        ({"times": -1}, "times=-1"),
        ({"times": 1.5}, "times=1.5"),
        ({"times": True}, "times=True"),
        ({"times": "2"}, "times='2'"),
        ({"after": -1}, "after=-1 is not allowed; it must be a whole number, 0 or more."),
        ({"after": None}, "after=None"),
        ({"after": True}, "after=True"),
        ({"message": 5}, "message=5 is not allowed"),
        ({"applied": "yes"}, "applied='yes' is not allowed; it must be True or False."),
        ({"connection": "arn:aws:dms"}, "does not name a connection"),
        ({"connection": ("one", "two", "three")}, "does not name a connection"),
        ({"error": 502}, "502 is not something that DescribeConnections can fail with"),
        ({"error": ["html-502"]}, "is not something that DescribeConnections can fail with"),
        ({"operation": ["DeleteConnection"]}, "is not answered by the fake"),
        ({"operation": None}, "None is not answered by the fake"),
        ({"error": "html-502", "message": "oops"}, "'html-502' has no message"),
        ({"error": "read-timeout", "message": "oops"}, "'read-timeout' has no message"),
    ],
)
def test_bad_argument_is_refused(
    dmsconn: FakeDms, dms_client: Any, given: dict[str, Any], complaint: str
) -> None:
    arguments = {"operation": "DescribeConnections", "error": "ThrottlingException", **given}

    with pytest.raises(UsageError) as refused:
        dmsconn.fail(arguments.pop("operation"), arguments.pop("error"), **arguments)

    assert complaint in str(refused.value)
    dms_client.describe_connections()  # nothing was armed
    assert dmsconn.calls[0].error_code is None


NO_CONNECTION = (
    "connection= does not go with DeleteEndpoint, whose parameters name no connection. "
    "It goes with DeleteConnection, TestConnection, DescribeConnections."
)


def test_connection_of_an_operation_that_names_none_is_refused(dmsconn: FakeDms) -> None:
    connection = dmsconn.add_connection()
    about: dict[str, Any] = {"operation": "DeleteEndpoint", "connection": connection}
    for use in (
        lambda: dmsconn.fail(error="read-timeout", **about),
        lambda: dmsconn.delay(seconds=1, **about),
        lambda: dmsconn.assert_called(**about),
    ):
        with pytest.raises(UsageError) as refused:
            use()
        assert str(refused.value) == NO_CONNECTION
