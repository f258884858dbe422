"""Virtual time, and the frozen time of freezegun or time-machine, do not change each other."""

from __future__ import annotations

import time
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import freezegun
import pytest
import time_machine
from support.botocore_clients import client_of

from pytest_dmsconn import mock_dms

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from pytest_dmsconn import FakeDms

MOMENT = datetime(2026, 3, 1, 12, 0, tzinfo=timezone.utc)


def _freezegun() -> AbstractContextManager[Any]:
    return freezegun.freeze_time(MOMENT)


def _time_machine() -> AbstractContextManager[Any]:
    return time_machine.travel(MOMENT, tick=False)


frozen = pytest.mark.parametrize(
    "freeze", [pytest.param(_freezegun, id="freezegun"), pytest.param(_time_machine, id="machine")]
)


@frozen
@pytest.mark.dmsconn(testing_seconds=40, skip_sleep=True)
def test_frozen_time_and_virtual_time_do_not_touch_each_other(
    dmsconn: FakeDms, dms_client: Any, freeze: Callable[[], AbstractContextManager[Any]]
) -> None:
    connection = dmsconn.add_connection()

    with freeze():
        dms_client.test_connection(**connection.arns)
        dms_client.get_waiter("test_connection_succeeds").wait(WaiterConfig={"Delay": 15})
        time.sleep(5)
        assert datetime.now(timezone.utc) == MOMENT
        assert time.time() == MOMENT.timestamp()

    assert dmsconn.now == 50
    assert connection.status == "successful"
    assert datetime.now(timezone.utc) > MOMENT


@frozen
def test_a_fake_within_frozen_time_leaves_it_frozen(
    freeze: Callable[[], AbstractContextManager[Any]],
) -> None:
    with freeze():
        with mock_dms(skip_sleep=True, deleting_seconds=86400) as dms:
            connection = dms.add_connection(status="deleting")
            time.sleep(86400)
            assert connection.status == "deleted"
            assert datetime.now(timezone.utc) == MOMENT
        assert datetime.now(timezone.utc) == MOMENT


@pytest.mark.slow
def test_time_machine_may_start_for_the_first_time_while_clocks_are_patched(
    pytester: pytest.Pytester,
) -> None:
    pytester.makepyfile(
        """
        import time

        import pytest
        import time_machine

        @pytest.mark.dmsconn(skip_sleep=True)
        def test(dmsconn):
            with time_machine.travel(1_000_000, tick=False):
                time.sleep(30)
                assert time.time() == 1_000_000
            assert dmsconn.now == 30
            assert time.time() > 1_000_000
        """
    )
    pytester.runpytest_subprocess().assert_outcomes(passed=1)


@pytest.mark.parametrize("mode", ["legacy", "standard", "adaptive"])
@frozen
def test_retries_do_not_wait_for_a_clock_that_stands_still(
    dmsconn: FakeDms, freeze: Callable[[], AbstractContextManager[Any]], mode: str
) -> None:
    dmsconn.fail("DescribeConnections", "ThrottlingException", times=2)

    with freeze():
        client_of(mode).describe_connections()

    assert [call.attempt for call in dmsconn.calls] == [1, 2, 3]


def test_a_moving_freezegun_does_not_move_virtual_time(dmsconn: FakeDms) -> None:
    with freezegun.freeze_time(MOMENT) as moment:
        moment.tick(timedelta(hours=1))

    assert dmsconn.now == 0
