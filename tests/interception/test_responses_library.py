"""The library `responses` keeps working in a test that uses it itself."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest
import requests
import responses
from requests.adapters import HTTPAdapter
from responses import PassthroughResponse, RequestsMock, matchers
from responses.registries import OrderedRegistry
from support.requests_posts import URL, delete, describe, post, target

from pytest_dmsconn import BlockedAwsCall, mock_dms

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytest_dmsconn import FakeDms

OWN = "https://example.com/own"


@pytest.fixture(params=["mock inside", "mock outside"])
def both(request: pytest.FixtureRequest) -> Iterator[tuple[FakeDms, RequestsMock]]:
    """A fake, and a mock that was started after or before it."""
    mock = RequestsMock(assert_all_requests_are_fired=False)
    with ExitStack() as entered:
        if request.param == "mock outside":
            entered.enter_context(mock)
        fake = entered.enter_context(mock_dms(strict=False))
        if request.param == "mock inside":
            entered.enter_context(mock)
        yield fake, mock


@responses.activate
def test_the_decorator_answers_what_the_test_registered(dmsconn: FakeDms) -> None:
    responses.get(OWN, json={"own": True})
    connection = dmsconn.add_connection()

    assert delete(connection).status_code == 200
    assert requests.get(OWN, timeout=5).json() == {"own": True}
    dmsconn.assert_only_deleted(connection)


def test_the_mock_and_the_fake_answer_their_own_urls(both: tuple[FakeDms, RequestsMock]) -> None:
    dms, mock = both
    mock.get(OWN, json={"own": True})

    assert requests.get(OWN, timeout=5).json() == {"own": True}
    assert describe().json() == {"Connections": []}
    assert requests.get(OWN, timeout=5).json() == {"own": True}
    assert len(dms.calls) == 1


def test_a_url_of_dms_that_the_test_registered_wins(both: tuple[FakeDms, RequestsMock]) -> None:
    dms, mock = both
    mock.post(URL, json={"own": True})

    assert describe().json() == {"own": True}
    assert dms.calls == ()


def test_an_operation_that_the_test_registered_wins_and_others_do_not(
    both: tuple[FakeDms, RequestsMock],
) -> None:
    dms, mock = both
    only_tests = matchers.header_matcher(target("TestConnection"))
    mock.post(URL, json={"own": True}, match=[only_tests])

    assert post("TestConnection", "{}").json() == {"own": True}
    assert describe().json() == {"Connections": []}
    assert [call.operation for call in dms.calls] == ["DescribeConnections"]


def test_another_service_that_the_test_registered_is_answered(
    both: tuple[FakeDms, RequestsMock],
) -> None:
    dms, mock = both
    mock.get("https://sts.amazonaws.com/", json={"own": True})

    assert requests.get("https://sts.amazonaws.com/", timeout=5).json() == {"own": True}
    assert dms.service.blocked == []


def test_a_url_that_nobody_registered_is_refused_by_responses(
    both: tuple[FakeDms, RequestsMock],
) -> None:
    mock = both[1]
    mock.get(OWN)
    mock.add_passthru("https://example.org/")

    with pytest.raises(requests.ConnectionError) as raised:
        requests.get("https://example.com/other", timeout=5)

    message = str(raised.value)
    assert message.startswith("Connection refused by Responses")
    assert f"- GET {OWN} URL does not match" in message
    assert "- https://example.org/" in message


@pytest.mark.usefixtures("no_network")
@pytest.mark.parametrize("passed", [None, "https://sts.amazonaws.com/", "https://"])
def test_aws_is_blocked_in_a_mock_and_in_its_pass_through(
    passed: str | None, both: tuple[FakeDms, RequestsMock]
) -> None:
    dms, mock = both
    if passed:
        mock.add_passthru(passed)

    with pytest.raises(BlockedAwsCall, match=r"GET / to sts\.amazonaws\.com"):
        requests.get("https://sts.amazonaws.com/", timeout=5)

    assert len(dms.service.blocked) == 1


def test_pass_through_by_prefix_keeps_passing(
    other_server: str, both: tuple[FakeDms, RequestsMock]
) -> None:
    both[1].add_passthru(other_server)

    assert requests.get(f"{other_server}/there", timeout=5).json()["asked"] == "/there"


def test_pass_through_by_url_keeps_passing(
    other_server: str, both: tuple[FakeDms, RequestsMock]
) -> None:
    both[1].add(PassthroughResponse("GET", f"{other_server}/there"))

    assert requests.get(f"{other_server}/there", timeout=5).json()["asked"] == "/there"


def test_a_request_that_a_mock_passes_to_another_mock_is_answered_there(
    both: tuple[FakeDms, RequestsMock],
) -> None:
    other = RequestsMock(assert_all_requests_are_fired=False)
    other.get("https://sts.amazonaws.com/", json={"own": True})
    passing = RequestsMock(real_adapter_send=other.unbound_on_send())
    passing.add_passthru("https://")

    with passing:
        assert requests.get("https://sts.amazonaws.com/", timeout=5).json() == {"own": True}

    assert both[0].service.blocked == []


def test_a_registered_url_that_was_not_requested_still_fails_the_test(dmsconn: FakeDms) -> None:
    def test() -> None:
        with RequestsMock() as mock:
            mock.get(OWN)
            describe()

    with pytest.raises(AssertionError, match="Not all requests have been executed"):
        test()
    describe()
    assert len(dmsconn.calls) == 2


def test_calls_of_dms_need_not_be_registered(dmsconn: FakeDms) -> None:
    with RequestsMock() as mock:
        mock.get(OWN)
        requests.get(OWN, timeout=5)
        describe()

    assert len(dmsconn.calls) == 1


def test_calls_of_dms_do_not_disturb_an_ordered_registry(dmsconn: FakeDms) -> None:
    with RequestsMock(registry=OrderedRegistry) as mock:
        for number in range(3):
            mock.get(f"{OWN}/{number}", json=number)
        for number in range(3):
            describe()
            assert requests.get(f"{OWN}/{number}", timeout=5).json() == number

    assert len(dmsconn.calls) == 3


def test_calls_of_dms_are_seen_by_the_mock(both: tuple[FakeDms, RequestsMock]) -> None:
    dms, mock = both
    seen: list[int] = []

    def look(answer: requests.Response) -> requests.Response:
        seen.append(answer.status_code)
        return answer

    mock.response_callback = look
    describe()
    dms.fail("DescribeConnections", "read-timeout")
    with pytest.raises(requests.ReadTimeout):
        describe()

    assert seen == [200]
    assert mock.calls[0].request.url == URL
    assert isinstance(mock.calls[1].response, requests.ReadTimeout)


@pytest.mark.parametrize(
    ("start", "stop"),
    [
        (responses.start, responses.stop),
        (responses.mock.start, responses.mock.stop),
    ],
    ids=["bound before the fake", "method"],
)
def test_a_mock_started_by_hand_ends_before_the_fake(
    start: Callable[[], None], stop: Callable[[], None], dmsconn: FakeDms
) -> None:
    start()
    responses.get(OWN, json={"own": True})
    assert requests.get(OWN, timeout=5).json() == {"own": True}
    describe()
    stop()
    responses.reset()
    describe()

    assert len(dmsconn.calls) == 2


def test_a_mock_may_outlive_the_fake() -> None:
    original = vars(HTTPAdapter)["send"]
    with ExitStack() as mocks:
        with mock_dms() as dms:
            mock = mocks.enter_context(RequestsMock())
            mock.get(OWN, json={"own": True})
            describe()
        assert requests.get(OWN, timeout=5).json() == {"own": True}
        with pytest.raises(requests.ConnectionError, match="Connection refused by Responses"):
            describe()

    assert len(dms.calls) == 1
    assert vars(HTTPAdapter)["send"] is original


def test_the_mock_of_the_module_may_outlive_the_fake() -> None:
    original = vars(HTTPAdapter)["send"]
    with mock_dms():
        responses.start()
        responses.get(OWN, json={"own": True})
    assert requests.get(OWN, timeout=5).json() == {"own": True}
    responses.stop()
    responses.reset()

    assert vars(HTTPAdapter)["send"] is original


def test_a_fake_may_outlive_the_mock_that_was_there_before() -> None:
    original = vars(HTTPAdapter)["send"]
    with ExitStack() as fakes:
        with RequestsMock():
            dms = fakes.enter_context(mock_dms())
        assert describe().json() == {"Connections": []}
        with RequestsMock(), RequestsMock():
            describe()
        describe()
        assert len(dms.calls) == 3

    assert vars(HTTPAdapter)["send"] is original


def test_a_mock_with_another_target_does_not_affect_the_fake(
    monkeypatch: pytest.MonkeyPatch, dmsconn: FakeDms
) -> None:
    monkeypatch.setattr("requests.sessions.Session.unknown", None, raising=False)
    with RequestsMock(target="requests.sessions.Session.unknown"):
        describe()
    describe()

    assert len(dmsconn.calls) == 2
