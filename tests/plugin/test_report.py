"""The report of a failed test that used a fake."""

from __future__ import annotations

import re
import textwrap

import pytest

IMPORTS = """
import asyncio
import boto3
import gc
import pytest
import time
import weakref
from pytest_dmsconn import current, mock_dms

def delete_one(name="orders"):
    connection = current().add_connection(
        endpoint_identifier=name, replication_instance_identifier="nightly"
    )
    boto3.client("dms").delete_connection(**connection.arns)

"""

STORY = """\
Fake DMS in us-east-1, account 123456789012
  start  orders @ nightly  successful
  1      DeleteConnection  orders @ nightly: 200, successful -> deleting
  end    orders @ nightly  deleting
"""


def run(suite: pytest.Pytester, tests: str, *arguments: str) -> str:
    """Run tests, and return what pytest prints."""
    suite.makepyfile(test_it=IMPORTS + textwrap.dedent(tests))
    return suite.runpytest_inprocess(*arguments).stdout.str()


def sections(printed: str) -> list[str]:
    """The titles of the plugin's sections, in order."""
    lines = (line.strip("- ") for line in printed.splitlines() if line.startswith("---"))
    return [line for line in lines if line.startswith("Fake DMS")]


def test_failed_test_shows_what_happened_to_its_fake(suite: pytest.Pytester) -> None:
    printed = run(suite, "def test(dmsconn): delete_one(); assert False")
    assert sections(printed) == ["Fake DMS (call)"]
    assert f" Fake DMS (call) --------------------------------\n{STORY}" in printed


@pytest.mark.parametrize(
    ("tests", "titles"),
    [
        (
            """
            @pytest.fixture
            def broken(dmsconn):
                delete_one()
                raise RuntimeError

            def test(broken): pass
            """,
            ["Fake DMS (setup)"],
        ),
        (
            """
            @pytest.fixture
            def broken(dmsconn):
                yield
                delete_one()
                raise RuntimeError

            def test(broken): pass
            """,
            ["Fake DMS (teardown)"],
        ),
        (
            """
            def test():
                with mock_dms():
                    delete_one()
                    assert False
            """,
            ["Fake DMS (call)"],
        ),
        (
            """
            def test():
                with mock_dms():
                    delete_one()
                assert False
            """,
            ["Fake DMS (call)"],
        ),
        (
            """
            @mock_dms
            def test():
                delete_one()
                assert False
            """,
            ["Fake DMS (call)"],
        ),
        (
            """
            @pytest.fixture(scope="module")
            def dms():
                with mock_dms() as dms:
                    yield dms

            def test(dms):
                delete_one()
                assert False
            """,
            ["Fake DMS (call)"],
        ),
        (
            """
            def test(dmsconn):
                delete_one()
                with mock_dms(region="eu-west-1"):
                    delete_one("inner")
                    assert False
            """,
            [
                "Fake DMS 1 of 2: fixture dmsconn, us-east-1, active (call)",
                "Fake DMS 2 of 2: mock_dms, eu-west-1, ended (call)",
            ],
        ),
        (
            """
            @pytest.mark.xfail(strict=True)
            def test(dmsconn): delete_one()
            """,
            ["Fake DMS (call)"],
        ),
        ("def test(dmsconn): delete_one()", []),
        ("def test(dmsconn): delete_one(); pytest.skip()", []),
        ("def test(dmsconn): delete_one(); pytest.xfail()", []),
        ("def test(): assert False", []),
    ],
    ids=[
        "setup",
        "teardown",
        "mock_dms",
        "mock_dms that has ended",
        "decorator",
        "wider fixture",
        "fake in a fake",
        "unexpected pass",
        "passed",
        "skipped",
        "xfailed",
        "no fake",
    ],
)
def test_fakes_of_a_test_are_shown_in_its_report(
    suite: pytest.Pytester, tests: str, titles: list[str]
) -> None:
    printed = run(suite, tests)
    assert sections(printed) == titles
    assert printed.count(STORY) == min(len(titles), 1)


WIDER = """
@pytest.fixture(scope="module")
def dms():
    with mock_dms(deleting_polls=1) as dms:
        yield dms

def test_before(dms):
    delete_one("old")
    boto3.client("dms").describe_connections()
    dms.add_connection(endpoint_identifier="kept", replication_instance_identifier="nightly")
    dms.set_status(dms.connections[-1], "failed")
"""


def test_fake_of_wider_scope_shows_what_happened_in_this_test(suite: pytest.Pytester) -> None:
    test = """
def test(dms):
    dms.set_status(dms.connections[-1], "successful")
    boto3.client("dms").delete_connection(**dms.connections[-1].arns)
    assert False
"""
    printed = run(suite, WIDER + test)
    assert printed.partition(" Fake DMS (call) --------------------------------\n")[2].startswith(
        """\
Fake DMS in us-east-1, account 123456789012
  ...    2 calls before this test
  start  kept @ nightly  failed
  ~      the test          kept @ nightly: failed -> successful
  3      DeleteConnection  kept @ nightly: 200, successful -> deleting
  end    kept @ nightly  deleting
"""
    )


def test_fake_of_wider_scope_that_the_test_does_not_use_is_not_shown(
    suite: pytest.Pytester,
) -> None:
    assert sections(run(suite, WIDER + "def test(dms): assert False")) == []


def test_fake_of_wider_scope_is_shown_from_its_beginning_after_reset(
    suite: pytest.Pytester,
) -> None:
    printed = run(suite, WIDER + "def test(dms): dms.reset(); delete_one(); assert False")
    assert STORY in printed


def test_section_of_the_teardown_begins_at_the_start_of_the_test(suite: pytest.Pytester) -> None:
    test = """
@pytest.fixture
def careless(dms):
    yield
    delete_one("late")
    raise RuntimeError

def test(dms, careless):
    delete_one()
    assert False
"""
    printed = run(suite, WIDER + test)
    assert sections(printed) == ["Fake DMS (teardown)", "Fake DMS (call)"]
    assert printed.count("  ...    2 calls before this test\n  start  kept @ nightly") == 2


def test_fakes_of_other_tests_are_not_shown(suite: pytest.Pytester) -> None:
    printed = run(
        suite,
        """
        def test_before():
            with mock_dms():
                delete_one("other")

        def test():
            with mock_dms():
                delete_one()
            assert False
        """,
    )
    assert sections(printed) == ["Fake DMS (call)"]
    assert STORY in printed


def test_each_rerun_shows_its_own_fake(suite: pytest.Pytester) -> None:
    printed = run(
        suite,
        """
        def test(dmsconn):
            delete_one()
            assert False
        """,
        *("-p", "pytest_rerunfailures", "--reruns", "2", "-rR"),
    )
    assert "1 failed, 2 rerun" in printed
    assert sections(printed)[-1:] == ["Fake DMS (call)"]
    assert printed.count(STORY) == len(sections(printed)) <= 3


def test_fakes_are_not_kept_alive_for_the_report(suite: pytest.Pytester) -> None:
    suite.makeconftest("""
        import gc

        fakes = []

        def pytest_runtest_logfinish():
            gc.collect()
            print("still there:", [fake() for fake in fakes])
    """)
    printed = run(
        suite,
        """
        from conftest import fakes

        def test(dmsconn):
            fakes.append(weakref.ref(dmsconn))
            with mock_dms() as dms:
                fakes.append(weakref.ref(dms))
        """,
        "-s",
    )
    assert "still there: [None, None]" in printed


def test_report_lists_blocked_calls(suite: pytest.Pytester) -> None:
    printed = run(suite, "def test(dmsconn): boto3.client('s3').list_buckets()")
    assert "\n         blocked call  s3 ListBuckets to s3.amazonaws.com\n" in printed


@pytest.mark.parametrize(
    "tests",
    [
        "def test(dmsconn):\n    dmsconn.assert_deleted(dmsconn.add_connection())",
        "def test(dmsconn):\n    dmsconn.assert_deleted('nonsense')",
        "def test(dmsconn):\n    dmsconn.add_connection(status='nonsense')",
        "def test(dmsconn):\n    dmsconn.add_endpoint(members={'Nonsense': 1})",
        "def test(dmsconn):\n    dmsconn.load('missing.json')",
        "def test(dmsconn):\n    dmsconn.connection('no', 'such')",
        "def test(dmsconn):\n    dmsconn.fail('nonsense', 'nonsense')",
        "def test():\n    mock_dms(regoin='nonsense')",
        "def test():\n    current()",
        "def test():\n    mock_dms(seed='missing.json').__enter__()",
        "@mock_dms\ndef test():\n    current().assert_deleted(current().add_connection())",
        "@mock_dms\nasync def program(): assert 1 == 2\ndef test():\n    asyncio.run(program())",
        "def test(dmsconn):\n    boto3.client('s3').list_buckets()",
        "@pytest.mark.dmsconn(skip_sleep=True)\ndef test(dmsconn):\n    while 1: time.sleep(1)",
        "def test(dms_client):\n    dms_client.describe_connections(MaxRecords=1)",
    ],
)
def test_traceback_hides_frames_of_the_plugin(suite: pytest.Pytester, tests: str) -> None:
    printed = run(suite, tests)
    assert "1 failed" in printed
    assert re.search(rf"^>\s+{re.escape(tests.splitlines()[-1].strip())}$", printed, re.MULTILINE)
    frames = printed.partition(" Fake DMS (call) ")[0]
    assert "pytest_dmsconn/" not in frames
    assert "\ntest_it.py:" in frames


SECRETS = ("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG", "FwoGZXIvYXdzEBYaDNtoken")


@pytest.mark.parametrize(
    ("call", "log_level"),
    [
        # Calls that are not the fake's are signed, and botocore logs their headers when debugged.
        ("boto3.client('s3', **keys()).list_buckets()", "INFO"),
        ("boto3.client('dms', **keys()).describe_replication_tasks()", "INFO"),
        ("boto3.client('dms', **keys()).delete_connection(**dmsconn.connections[0].arns)", "DEBUG"),
        ("boto3.client('dms', **keys()).describe_connections(MaxRecords=1)", "DEBUG"),
    ],
)
def test_secrets_are_not_in_the_report(suite: pytest.Pytester, call: str, log_level: str) -> None:
    (suite.path / "secrets").write_text("\n".join(SECRETS))
    printed = run(
        suite,
        f"""
        import pathlib

        def keys():
            names = ("aws_access_key_id", "aws_secret_access_key", "aws_session_token")
            return dict(zip(names, pathlib.Path("secrets").read_text().splitlines()))

        def test(dmsconn):
            dmsconn.add_connection()
            dmsconn.fail("DeleteConnection", "read-timeout", times=None)
            {call}
        """,
        *("-vv", "-rA", "--showlocals", f"--log-level={log_level}"),
    )
    assert "1 failed" in printed
    assert not [secret for secret in SECRETS if secret in printed]
