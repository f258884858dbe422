"""The plugin beside libraries that also fake or replace something."""

from __future__ import annotations

import asyncio
import time
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

import aiobotocore.session
import boto3
import freezegun
import httpx
import pytest
import requests
import respx
import time_machine
import vcr
from aiobotocore.config import AioConfig
from aiobotocore.httpxsession import HttpxSession
from botocore.exceptions import ClientError
from botocore.stub import Stubber
from support.describe_calls import by_endpoint

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_dmsconn import FakeDms

REGION = "us-east-1"
LONG_AGO = datetime(2011, 5, 1, 12, 0, tzinfo=timezone.utc)


def test_stubber_answers_in_place_of_the_fake_while_it_is_active(
    dmsconn: FakeDms, dms_client: Any
) -> None:
    connection = dmsconn.add_connection()
    with Stubber(dms_client) as stubber:
        stubber.add_client_error("delete_connection", "AccessDeniedFault")
        with pytest.raises(ClientError, match="AccessDeniedFault"):
            dms_client.delete_connection(**connection.arns)
        # Another client is not stubbed.
        boto3.client("dms", region_name=REGION).describe_connections()
        stubber.assert_no_pending_responses()
    dmsconn.assert_no_calls("DeleteConnection")

    dms_client.delete_connection(**connection.arns)

    dmsconn.assert_only_deleted(connection)


# aiobotocore prefers a fork of httpx that respx does not know.
@pytest.mark.filterwarnings("ignore:aiobotocore's httpx backend:DeprecationWarning")
def test_respx_and_the_fake_each_answer_their_own_calls_of_httpx(dmsconn: FakeDms) -> None:
    connection = dmsconn.add_connection()

    async def delete() -> None:
        config: Any = AioConfig(http_session_cls=HttpxSession)
        session = aiobotocore.session.get_session()
        async with session.create_client("dms", region_name=REGION, config=config) as client:
            await client.delete_connection(**connection.arns)

    with respx.mock:
        route = respx.get("https://status.example/").respond(json={"ok": True})
        asyncio.run(delete())
        assert httpx.get("https://status.example/").json() == {"ok": True}

    assert route.call_count == 1
    dmsconn.assert_only_deleted(connection)


CASSETTE = """
version: 1
interactions:
- request: {method: GET, uri: "https://status.example/", body: null, headers: {}}
  response: {status: {code: 200, message: OK}, headers: {}, body: {string: recorded}}
"""


def test_vcrpy_plays_back_and_neither_records_nor_refuses_calls_of_dms(
    dmsconn: FakeDms, dms_client: Any, tmp_path: Path
) -> None:
    file = tmp_path / "cassette.yaml"
    file.write_text(CASSETTE)
    connection = dmsconn.add_connection()

    with vcr.use_cassette(str(file)) as cassette:  # what is not on it is refused
        dms_client.delete_connection(**connection.arns)
        url = f"https://dms.{REGION}.amazonaws.com/"
        target = {"X-Amz-Target": "AmazonDMSv20160101.DescribeConnections"}
        assert requests.post(url, json={}, headers=target, timeout=5).status_code == 200
        assert requests.get("https://status.example/", timeout=5).text == "recorded"

    assert cassette.play_count == 1
    assert file.read_text() == CASSETTE
    dmsconn.assert_only_deleted(connection)


def tear_down(dmsconn: FakeDms, client: Any) -> float:
    """Delete what takes a while and wait for it; return how long the fake says it took."""
    connection = dmsconn.add_connection()
    client.delete_connection(**connection.arns)
    client.delete_endpoint(EndpointArn=connection.endpoint_arn)
    client.get_waiter("endpoint_deleted").wait(Filters=[by_endpoint(connection)])
    assert dmsconn.endpoints == ()
    return dmsconn.now


@pytest.mark.dmsconn(deleting_seconds=40)
def test_time_machine_keeps_its_time_while_the_fake_s_goes_on(
    dmsconn: FakeDms, dms_client: Any
) -> None:
    with time_machine.travel(LONG_AGO, tick=False):
        assert tear_down(dmsconn, dms_client) >= 40
        assert time.time() == LONG_AGO.timestamp()


@pytest.mark.dmsconn(deleting_seconds=40)
def test_freezegun_keeps_its_time_while_the_fake_s_goes_on(
    dmsconn: FakeDms, dms_client: Any
) -> None:
    with freezegun.freeze_time(LONG_AGO):
        assert tear_down(dmsconn, dms_client) >= 40
        assert time.time() == LONG_AGO.timestamp()
    assert time.time() > LONG_AGO.timestamp()


@pytest.mark.parametrize(
    "fixtures", ["dmsconn, dms_client, fs", "fs, dmsconn", "fs, dmsconn, dms_client"]
)
@pytest.mark.slow
def test_pyfakefs_may_hide_the_files_of_botocore(pytester: pytest.Pytester, fixtures: str) -> None:
    pytester.makepyfile(
        f"""
        import botocore.session
        import botocore.data
        import os
        import pytest

        client = botocore.session.Session().create_client("dms", region_name="eu-west-1")

        def test({fixtures}):
            assert not os.path.exists(list(botocore.data.__path__)[0])
            connection = dmsconn.add_connection(region="eu-west-1")
            client.delete_connection(**connection.arns)
            dmsconn.assert_only_deleted(connection)
            with pytest.raises(client.exceptions.InvalidResourceStateFault):
                client.delete_connection(**connection.arns)
            fs.create_file("/seed.json", contents='{{"Connections": []}}')
            assert dmsconn.load("/seed.json") == []
            if "dms_client" in "{fixtures}":
                dms_client.get_paginator("describe_connections").paginate().build_full_result()
        """
    )
    pytester.runpytest_subprocess().assert_outcomes(passed=1)


@pytest.mark.parametrize("first", ["fs, dmsconn", "fs, dmsconn, dms_client"])
@pytest.mark.slow
def test_pyfakefs_may_forget_what_was_imported_in_a_test(
    pytester: pytest.Pytester, first: str
) -> None:
    pytester.makepyfile(
        f"""
        import botocore

        def delete_one(dms):
            from botocore.session import Session

            client = Session().create_client("dms", region_name="us-east-1")
            connection = dms.add_connection()
            client.delete_connection(**connection.arns)
            dms.assert_only_deleted(connection)

            import requests

            url = "https://dms.us-east-1.amazonaws.com/"
            target = "AmazonDMSv20160101.DescribeEndpoints"
            answer = requests.post(url, data="{{}}", headers={{"X-Amz-Target": target}})
            assert len(answer.json()["Endpoints"]) == 1

        def test_first({first}):
            fs.add_real_directory(botocore.__path__[0])
            delete_one(dmsconn)

        def test_second(dmsconn, dms_client):
            delete_one(dmsconn)
            assert dms_client.describe_connections()["Connections"] == []
        """
    )
    pytester.runpytest_subprocess("-p", "no:randomly").assert_outcomes(passed=2)


@pytest.mark.slow
def test_waits_are_skipped_after_pyfakefs_has_forgotten_aiobotocore(
    pytester: pytest.Pytester,
) -> None:
    pytester.makepyfile(
        """
        import asyncio

        import botocore

        async def retry():
            from aiobotocore.session import AioSession

            async with AioSession().create_client("dms", region_name="us-east-1") as client:
                await client.describe_connections()

        def test_first(dmsconn, fs):
            fs.add_real_directory(botocore.__path__[0])
            asyncio.run(retry())

        def test_second(dmsconn):
            dmsconn.fail("DescribeConnections", "ThrottlingException", times=2)
            asyncio.run(retry())
            assert dmsconn.now > 0
        """
    )
    pytester.runpytest_subprocess("-p", "no:randomly").assert_outcomes(passed=2)


@pytest.mark.slow
def test_clocks_move_together_after_a_test_run_in_the_process(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import asyncio

        import pytest
        from aiobotocore.session import AioSession

        pytest_plugins = ["pytester"]

        async def delete(connections):
            async with AioSession().create_client("dms") as client:
                calls = (client.delete_connection(**one.arns) for one in connections)
                await asyncio.gather(*calls)

        def test_first(pytester):  # pytester forgets what is imported in its runs
            pytester.makepyfile("def test(dmsconn): pass")
            pytester.runpytest_inprocess().assert_outcomes(passed=1)

        @pytest.mark.dmsconn(skip_sleep=True)
        def test_second(dmsconn):
            dmsconn.delay("DeleteConnection", 45, times=None)
            asyncio.run(delete(dmsconn.add_connections(3)))
            assert dmsconn.now == 45
        """
    )
    pytester.runpytest_subprocess("-p", "no:randomly").assert_outcomes(passed=2)


@pytest.mark.slow
def test_xdist_runs_tests_in_workers_with_fakes_of_their_own(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import boto3
        import pytest
        from pytest_dmsconn import DELETE_OUTCOMES

        @pytest.mark.parametrize("outcome", DELETE_OUTCOMES)
        def test(dmsconn, outcome):
            connection = dmsconn.add_connection(endpoint_identifier="orders")
            outcome.arm(dmsconn, connection)
            try:
                boto3.client("dms").delete_connection(**connection.arns)
            except Exception:
                pass
            assert {call.operation for call in dmsconn.calls} == {"DeleteConnection"}
        """
    )
    from pytest_dmsconn import DELETE_OUTCOMES

    result = pytester.runpytest_subprocess("-n", "2")

    result.assert_outcomes(passed=len(list(DELETE_OUTCOMES)))


@pytest.mark.slow
def test_randomly_neither_changes_generated_values_nor_has_its_random_numbers_changed(
    pytester: pytest.Pytester,
) -> None:
    pytester.makepyfile(
        """
        import random

        import boto3
        import pytest

        @pytest.mark.parametrize("number", range(4))
        def test(dmsconn, number):
            state = random.getstate()
            first, second = dmsconn.add_connections(2)
            boto3.client("dms").delete_connection(**first.arns)
            assert random.getstate() == state
            print(f"\\n{number}: {first.endpoint_arn} {second.name}")
        """
    )
    values = []
    for seed in ("1", "2"):
        result = pytester.runpytest_subprocess("-s", f"--randomly-seed={seed}")
        result.assert_outcomes(passed=4)
        values.append(sorted(line.strip(".") for line in result.outlines if ": arn:" in line))
    assert len(values[0]) == 4
    assert values[0] == values[1]


@pytest.mark.slow
def test_rerun_begins_with_a_fake_of_its_own(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import boto3
        import pytest

        runs = []

        @pytest.mark.flaky(reruns=2)
        def test(dmsconn):
            runs.append(dmsconn)
            assert dmsconn.connections == dmsconn.calls == ()
            boto3.client("dms").delete_connection(**dmsconn.add_connection().arns)
            if len(runs) == 1:
                try:
                    boto3.client("s3").list_buckets()  # what strict fails the test for
                except RuntimeError:
                    pass
            assert len(runs) != 2
        """
    )
    result = pytester.runpytest_subprocess()

    assert result.parseoutcomes() == {"passed": 1, "rerun": 2}
