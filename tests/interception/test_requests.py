"""Calls that a program makes by hand, with the library requests, are answered."""

from __future__ import annotations

import io
import itertools
import json
import socket
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest
import requests
from botocore.auth import SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.endpoint_provider import EndpointProvider
from botocore.exceptions import EndpointProviderError
from botocore.loaders import Loader
from requests.adapters import HTTPAdapter
from support.requests_posts import URL, delete, describe, post, target
from urllib3.util import Retry, Timeout

from pytest_dmsconn import ErrorName, mock_dms

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytest_dmsconn import FakeDms

pytestmark = pytest.mark.usefixtures("no_network")

made_at_import = requests.Session()


def regions_with_hosts() -> Iterator[Any]:
    """A region of each partition, with each of its hosts, as botocore resolves them."""
    loader = Loader()
    partitions = loader.load_data("partitions")
    rules = loader.load_service_model("dms", "endpoint-rule-set-1")
    provider = EndpointProvider(rules, partitions)
    urls = {}
    for partition in partitions["partitions"]:
        region = next(name for name in partition["regions"] if not name.endswith("-global"))
        for fips, dual_stack in itertools.product((False, True), repeat=2):
            with suppress(EndpointProviderError):  # not every partition has all variants
                found = provider.resolve_endpoint(
                    Region=region, UseFIPS=fips, UseDualStack=dual_stack
                )
                urls[found.url] = region
    return (pytest.param(region, url, id=url) for url, region in urls.items())


@pytest.mark.parametrize(("region", "url"), list(regions_with_hosts()))
def test_every_host_of_dms_answers(region: str, url: str, dmsconn: FakeDms) -> None:
    connection = dmsconn.add_connection(region=region)

    assert delete(connection, url=url).status_code == 200

    assert dmsconn.deletions[0].call.region == region
    dmsconn.assert_only_deleted(connection)


@pytest.mark.parametrize(
    "url",
    [
        "https://vpce-0a1b2c3d-4e5f.dms.us-east-1.vpce.amazonaws.com/",
        "https://DMS.US-EAST-1.AMAZONAWS.COM/",
        "https://dms.us-east-1.amazonaws.com.:443",
        "http://dms.us-east-1.amazonaws.com/?a=b",
    ],
)
def test_every_way_to_write_a_host_of_dms_answers(url: str, dmsconn: FakeDms) -> None:
    assert delete(dmsconn.add_connection(), url=url).status_code == 200


def test_an_answer_is_that_of_aws(dmsconn: FakeDms) -> None:
    connection = dmsconn.add_connection(status="failed")

    answer = delete(connection)

    assert answer.json()["Connection"]["Status"] == "deleting"
    assert answer.headers["Content-Type"] == "application/x-amz-json-1.1"
    assert answer.headers["x-amzn-requestid"]
    assert answer.reason == "OK"
    assert answer.url == URL


def test_length_of_an_answer_is_in_its_headers(dmsconn: FakeDms) -> None:
    answer = delete(dmsconn.add_connection())

    assert answer.headers["Content-Length"] == str(len(answer.content))


def test_a_call_records_its_transport_and_its_caller(dmsconn: FakeDms) -> None:
    describe()

    (call,) = dmsconn.calls
    assert (call.operation, call.transport) == ("DescribeConnections", "requests")
    assert (call.region, call.account_id) == (dmsconn.region, dmsconn.account_id)


@pytest.mark.parametrize(
    "content_type", ["application/x-amz-json-1.1", "application/json", "text/plain", "x/y", None]
)
def test_the_content_type_does_not_matter(content_type: str | None, dmsconn: FakeDms) -> None:
    headers: Any = {**target("DescribeConnections"), "Content-Type": content_type}

    answer = requests.post(URL, data=b"{}", headers=headers, timeout=1)

    assert answer.json() == {"Connections": list(dmsconn.connections)}


@pytest.mark.parametrize(
    "sent",
    [
        lambda text: {"data": text},
        lambda text: {"data": text.encode()},
        lambda text: {"data": io.BytesIO(text.encode())},
        lambda text: {"data": io.StringIO(text)},
        lambda text: {"data": iter([text[:9].encode(), text[9:].encode()])},
        lambda text: {"data": bytearray(text.encode())},
        lambda text: {"json": json.loads(text)},
    ],
    ids=["text", "bytes", "file", "text file", "pieces", "bytearray", "json"],
)
def test_a_body_may_be_sent_in_any_way(sent: Callable[[str], Any], dmsconn: FakeDms) -> None:
    connection = dmsconn.add_connection()
    body = sent(json.dumps(connection.arns))

    requests.post(URL, headers=target("DeleteConnection"), timeout=1, **body).raise_for_status()

    dmsconn.assert_only_deleted(connection)


@pytest.mark.parametrize("auth", [SigV4Auth, SigV4QueryAuth])
def test_the_signature_names_region_and_account(auth: Any, dmsconn: FakeDms) -> None:
    connection = dmsconn.add_connection(region="eu-west-3", account_id="210987654321")
    keys = dmsconn.credentials("210987654321")
    credentials = Credentials(keys["aws_access_key_id"], keys["aws_secret_access_key"])
    body = json.dumps(connection.arns)
    signed = AWSRequest("POST", URL, target("DeleteConnection"), body)
    auth(credentials, "dms", "eu-west-3").add_auth(signed)
    prepared = signed.prepare()

    answer = requests.post(
        prepared.url, data=body, headers=dict(prepared.headers.items()), timeout=1
    )

    assert answer.status_code == 200
    assert (dmsconn.calls[0].region, dmsconn.calls[0].account_id) == ("eu-west-3", "210987654321")
    dmsconn.assert_only_deleted(connection)


def test_a_session_from_before_the_fake_is_answered(dmsconn: FakeDms) -> None:
    made_at_import.post(URL, data="{}", headers=target("DescribeConnections"))

    assert len(dmsconn.calls) == 1


def test_an_adapter_of_the_program_is_answered(dmsconn: FakeDms) -> None:
    class Positional(HTTPAdapter):
        def send(self, request: Any, *_: Any, **more: Any) -> requests.Response:
            return super().send(request, more["stream"], more["timeout"], more["verify"])

    session = requests.Session()
    session.mount("https://", Positional())

    session.post(URL, data="{}", headers=target("DescribeConnections"), timeout=1)

    assert len(dmsconn.calls) == 1


def test_hooks_and_streaming_of_a_session_work(dmsconn: FakeDms) -> None:
    seen: list[int] = []
    session = requests.Session()
    session.hooks["response"].append(lambda answer, **_: seen.append(answer.status_code))

    with session.post(URL, data="{}", headers=target("DescribeConnections"), stream=True) as answer:
        content = b"".join(answer.iter_content(3))

    assert json.loads(content) == {"Connections": []}
    assert seen == [200]
    assert len(dmsconn.calls) == 1


def test_a_fault_is_an_answer(dmsconn: FakeDms) -> None:
    connection = dmsconn.add_connection(status="testing")

    answer = delete(connection)

    assert answer.status_code == 400
    assert answer.json()["__type"] == "InvalidResourceStateFault"
    dmsconn.assert_delete_refused(connection, "InvalidResourceStateFault")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("", "SerializationException"),
        ("{", "SerializationException"),
        ("[]", "SerializationException"),
        (b"\xff", "SerializationException"),
        ("{}", "InvalidParameterValueException"),
        ('{"EndpointArn": 1, "ReplicationInstanceArn": "a"}', "InvalidParameterValueException"),
    ],
)
def test_a_malformed_call_is_refused_as_by_aws(
    body: str | bytes, code: str, dmsconn: FakeDms
) -> None:
    answer = post("DeleteConnection", body)

    assert (answer.status_code, answer.json()["__type"]) == (400, code)
    assert dmsconn.calls[0].error_code == code


@pytest.mark.parametrize(
    "headers",
    [{}, target("DropConnection"), {"X-Amz-Target": "DeleteConnection"}, {"X-Amz-Target": ""}],
    ids=["none", "unknown", "without prefix", "empty"],
)
def test_a_target_that_dms_does_not_have_is_refused_as_by_aws(
    headers: dict[str, str], dmsconn: FakeDms
) -> None:
    answer = requests.post(URL, data="{}", headers=headers, timeout=1)

    assert (answer.status_code, answer.json()["__type"]) == (400, "UnknownOperationException")
    assert answer.headers["x-amzn-requestid"]
    assert dmsconn.calls == ()


@pytest.mark.parametrize(
    ("failure", "exception"),
    [
        ("connect-timeout", requests.ConnectTimeout),
        ("read-timeout", requests.ReadTimeout),
        ("connection-closed", requests.ConnectionError),
        ("endpoint-unreachable", requests.ConnectionError),
    ],
)
def test_a_transport_failure_raises_the_exception_of_requests(
    failure: ErrorName, exception: type[Exception], dmsconn: FakeDms
) -> None:
    connection = dmsconn.add_connection()
    dmsconn.fail("DeleteConnection", failure, applied=True)

    with pytest.raises(requests.RequestException) as raised:
        delete(connection)

    assert type(raised.value) is exception
    assert raised.value.request is not None
    assert dmsconn.calls[0].error_code == failure
    dmsconn.assert_deleted(connection)


@pytest.fixture
def sockets_with_timeout() -> Iterator[None]:
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(7)
    yield
    socket.setdefaulttimeout(before)


@pytest.mark.usefixtures("sockets_with_timeout")
@pytest.mark.parametrize(
    ("timeout", "connect", "read"),
    [
        (5, 5, 5),
        (2.5, 2.5, 2.5),
        (None, 0, 0),
        ((2, 5), 2, 5),
        ((None, 5), 0, 5),
        (Timeout(total=5), 5, 5),
        (Timeout(connect=2, read=4), 2, 4),
        (Timeout(total=3, connect=2, read=4), 2, 3),
        (Timeout(total=3, connect=None, read=None), 3, 3),
        (Timeout(read=4), 7, 4),
        (Timeout(connect=2), 2, 7),
        (Timeout.DEFAULT_TIMEOUT, 7, 7),
        ((Timeout.DEFAULT_TIMEOUT, 4), 7, 4),
    ],
    ids=str,
)
def test_a_timeout_takes_its_seconds_of_virtual_time(
    timeout: Any, connect: float, read: float, dmsconn: FakeDms
) -> None:
    dmsconn.fail("DescribeConnections", "connect-timeout")
    dmsconn.fail("DescribeConnections", "read-timeout")

    for exception, seconds in ((requests.ConnectTimeout, connect), (requests.ReadTimeout, read)):
        before = dmsconn.now
        with pytest.raises(exception):
            requests.post(URL, data="{}", headers=target("DescribeConnections"), timeout=timeout)
        assert dmsconn.now - before == seconds


def test_a_broken_answer_arrives_as_it_is(dmsconn: FakeDms) -> None:
    dmsconn.fail("DescribeConnections", "truncated")
    dmsconn.fail("DescribeConnections", "html-502")

    with pytest.raises(requests.JSONDecodeError):
        describe().json()
    with pytest.raises(requests.HTTPError, match="502 Server Error: Bad Gateway"):
        describe().raise_for_status()


def test_an_adapter_retries_as_configured(dmsconn: FakeDms) -> None:
    connection = dmsconn.add_connection()
    dmsconn.fail("DeleteConnection", "ServiceUnavailable", times=2)
    session = requests.Session()
    retry = Retry(2, status_forcelist=[503], allowed_methods=None)
    session.mount("https://", HTTPAdapter(max_retries=retry))
    body = io.BytesIO(json.dumps(connection.arns).encode())

    session.post(URL, data=body, headers=target("DeleteConnection")).raise_for_status()

    assert [call.status_code for call in dmsconn.calls] == [503, 503, 200]


def test_calls_of_many_threads_are_answered(dmsconn: FakeDms) -> None:
    connections = dmsconn.add_connections(40)

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(delete, connections))

    assert {answer.status_code for answer in answers} == {200}
    dmsconn.assert_only_deleted(*connections)


def test_the_newest_fake_answers() -> None:
    with mock_dms() as below:
        with mock_dms() as above:
            describe()
        describe()

    assert (len(below.calls), len(above.calls)) == (1, 1)
