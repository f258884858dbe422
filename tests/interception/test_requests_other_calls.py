"""Other requests are sent as they are without the fake, except requests to AWS."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest
import requests
import responses
from requests.adapters import HTTPAdapter
from support.requests_posts import URL, describe, post, target

from pytest_dmsconn import BlockedAwsCall, mock_dms

if TYPE_CHECKING:
    from pytest_dmsconn import FakeDms


@pytest.mark.usefixtures("no_network")
def test_an_operation_that_the_fake_lacks_is_blocked() -> None:
    with mock_dms(strict=False), pytest.raises(BlockedAwsCall, match="DescribeReplicationTasks"):
        post("DescribeReplicationTasks", "{}")


@pytest.mark.usefixtures("no_network")
@pytest.mark.parametrize(
    "url",
    [
        URL,
        "https://sts.amazonaws.com/",
        "https://s3.cn-north-1.amazonaws.com.cn/bucket",
        "https://sqs.us-east-1.api.aws/",
        "https://dms.us-east-1.s3.amazonaws.com/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[fd00:ec2::254]/latest/meta-data/",
    ],
)
def test_other_calls_to_aws_are_blocked(url: str) -> None:
    with mock_dms(strict=False), pytest.raises(BlockedAwsCall, match=r"GET /.* to "):
        requests.get(url, timeout=1)


@pytest.mark.usefixtures("no_network")
def test_a_swallowed_blocked_call_fails_the_test() -> None:
    def test() -> None:
        with mock_dms(), pytest.raises(BlockedAwsCall):
            requests.get("https://sts.amazonaws.com/", timeout=1)

    with pytest.raises(AssertionError, match=r"^Blocked: "):
        test()


@pytest.mark.parametrize("operation", ["DescribeReplicationTasks", "DropConnection"])
def test_calls_to_aws_are_sent_without_blocking(operation: str, other_server: str) -> None:
    proxies = {"http": other_server}
    with mock_dms(block_aws=False):
        answer = requests.post(
            "http://sts.amazonaws.com/", headers=target(operation), proxies=proxies, timeout=5
        )

    assert answer.json()["asked"] == "http://sts.amazonaws.com/"


def test_an_operation_that_the_fake_lacks_is_sent_without_blocking(other_server: str) -> None:
    url = "http://dms.us-east-1.amazonaws.com/"
    with mock_dms(block_aws=False):
        answer = requests.post(
            url,
            headers=target("DescribeReplicationTasks"),
            proxies={"http": other_server},
            timeout=5,
        )

    assert answer.json()["asked"] == url


def test_requests_to_other_hosts_go_where_they_were_sent(
    other_server: str, dmsconn: FakeDms
) -> None:
    answer = requests.get(f"{other_server}/path?a=b", timeout=5)

    assert answer.json() == {"asked": "/path?a=b", "body": ""}
    assert dmsconn.calls == ()


@pytest.mark.parametrize("operation", ["DeleteConnection", "DeleteEndpoint", "DropConnection", ""])
def test_a_call_of_dms_to_another_host_goes_where_it_was_sent(
    operation: str, other_server: str, dmsconn: FakeDms
) -> None:
    answer = requests.post(other_server, data="{}", headers=target(operation), timeout=5)

    assert answer.json()["asked"] == "/"
    assert dmsconn.calls == ()


def test_an_operation_that_the_fake_lacks_is_blocked_whatever_the_host(other_server: str) -> None:
    with mock_dms(strict=False), pytest.raises(BlockedAwsCall, match="DescribeReplicationTasks"):
        post("DescribeReplicationTasks", "{}", other_server)
    with mock_dms(block_aws=False):
        answer = post("DescribeReplicationTasks", "{}", other_server)
    assert answer.json()["asked"] == "/"


@pytest.mark.usefixtures("dmsconn")
def test_an_upload_to_another_host_is_not_read_beforehand(other_server: str) -> None:
    class Upload(io.BytesIO):
        sizes: tuple[int, ...] = ()

        def read(self, size: int | None = -1, /) -> bytes:
            self.sizes += (-1 if size is None else size,)
            return super().read(size)

    upload = Upload(b"content")

    assert requests.post(other_server, data=upload, timeout=5).json()["body"] == "content"
    assert -1 not in upload.sizes


def test_all_is_put_back() -> None:
    def found() -> list[object]:
        owners: list[Any] = [requests.Session, HTTPAdapter, responses, responses.RequestsMock]
        return [value for owner in owners for value in vars(owner).values()]

    before = found()
    with mock_dms():
        describe()

    assert all(one is other for one, other in zip(before, found(), strict=True))


def test_the_send_method_of_an_adapter_of_the_program_runs(dmsconn: FakeDms) -> None:
    class Adding(HTTPAdapter):
        def __init__(self, operation: str) -> None:
            super().__init__()
            self.operation = operation

        def send(self, request: Any, *args: Any, **kwargs: Any) -> requests.Response:
            request.headers.update(target(self.operation))
            answer = super().send(request, *args, **kwargs)
            answer.headers["Seen-By"] = type(self).__name__
            return answer

    session = requests.Session()
    session.mount("https://", Adding("DescribeConnections"))

    assert session.post(URL, data="{}", timeout=1).headers["Seen-By"] == "Adding"
    assert isinstance(session.adapters["https://"], Adding)
    assert [call.operation for call in dmsconn.calls] == ["DescribeConnections"]


@pytest.mark.usefixtures("dmsconn")
def test_an_adapter_that_answers_by_itself_is_left_alone() -> None:
    class Answering(HTTPAdapter):
        def send(self, *_: Any, **__: Any) -> requests.Response:
            answer = requests.Response()
            answer.status_code = 418
            return answer

    session = requests.Session()
    session.mount("https://", Answering())

    assert session.get("https://sts.amazonaws.com/", timeout=1).status_code == 418


def test_a_send_that_the_program_replaced_before_the_fake_gets_its_requests(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sent: list[str] = []

    def send(_: HTTPAdapter, request: requests.PreparedRequest, **__: Any) -> requests.Response:
        sent.append(str(request.url))
        return requests.Response()

    monkeypatch.setattr(HTTPAdapter, "send", send)
    with mock_dms() as dms:
        requests.get("https://example.com/", timeout=1)
        describe()

    assert sent == ["https://example.com/"]
    assert len(dms.calls) == 1
    assert vars(HTTPAdapter)["send"] is send
