"""The option `strict` fails a passed test with unmet faults."""

from __future__ import annotations

from typing import Any

import boto3
import pytest

from pytest_dmsconn import current, mock_dms


def test_unmet_fault_fails_the_test_and_is_named(suite: pytest.Pytester) -> None:
    suite.makepyfile(
        test_program="""
        def test_unmet(dmsconn):
            connection = dmsconn.add_connection()
            dmsconn.fail("DeleteConnection", "read-timeout", connection=connection)
            dmsconn.fail("*", "ThrottlingException", after=2)

        def test_fine(dmsconn):
            pass
        """
    )

    result = suite.runpytest()

    result.assert_outcomes(failed=1, passed=1)
    result.stdout.fnmatch_lines(
        [
            (
                "Never met: read-timeout for DeleteConnection of endpoint-1 @ instance-1, "
                "armed at test_program.py:3"
            ),
            (
                "Never met: ThrottlingException for any operation after 2 such calls, "
                "armed at test_program.py:4"
            ),
            "The option strict=False lets such a test pass.",
        ],
        consecutive=True,
    )


def test_fault_met_once_counts_as_met(suite: pytest.Pytester) -> None:
    suite.makepyfile(
        """
        import boto3, pytest

        def test_met(dmsconn):
            dmsconn.fail("DescribeConnections", "ThrottlingException", times=100)
            dmsconn.fail("DescribeEndpoints", "ResourceNotFoundFault", times=None)
            client = boto3.client("dms")
            with pytest.raises(client.exceptions.ResourceNotFoundFault):
                client.describe_endpoints()
            with pytest.raises(client.exceptions.ClientError):
                client.describe_connections()
        """
    )

    suite.runpytest().assert_outcomes(passed=1)


def test_message_names_the_fixture_that_armed_a_fault(suite: pytest.Pytester) -> None:
    suite.makepyfile(
        test_program="""
        import pytest

        @pytest.fixture
        def unreachable(dmsconn):
            dmsconn.fail("*", "endpoint-unreachable")

        def test_unmet(unreachable):
            pass
        """
    )

    result = suite.runpytest()

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["Never met: *, armed at test_program.py:5"])


def test_message_names_another_file_that_armed_a_fault(suite: pytest.Pytester) -> None:
    suite.makepyfile(
        elsewhere="""
        def arm(dms):
            dms.fail("*", "endpoint-unreachable")
        """,
        test_program="""
        from elsewhere import arm

        def test_unmet(dmsconn):
            arm(dmsconn)
        """,
    )

    result = suite.runpytest()

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["Never met: *, armed at elsewhere.py:2"])


@pytest.mark.parametrize(
    ("marks", "expected"),
    [
        ("@pytest.mark.dmsconn(strict=False)", {"passed": 1}),
        ("@pytest.mark.dmsconn(strict=True)", {"failed": 1}),
        ("@pytest.mark.xfail(raises=AssertionError, strict=True)", {"xfailed": 1}),
    ],
)
def test_option_strict_decides(
    suite: pytest.Pytester, marks: str, expected: dict[str, int]
) -> None:
    suite.makepyfile(
        f"""
        import pytest

        {marks}
        def test_unmet(dmsconn):
            dmsconn.fail("*", "ThrottlingException")
        """
    )

    suite.runpytest().assert_outcomes(**expected)


def test_strict_option_of_the_ini_file(suite: pytest.Pytester) -> None:
    suite.makeini("[pytest]\ndmsconn_strict = false")
    suite.makepyfile(
        """
        def test_unmet(dmsconn):
            dmsconn.fail("*", "ThrottlingException")
        """
    )

    suite.runpytest().assert_outcomes(passed=1)


@pytest.mark.parametrize(
    ("ending", "expected", "shown"),
    [
        ("pytest.skip('not today')", {"skipped": 1}, "not today"),
        ("pytest.xfail('known')", {"xfailed": 1}, "known"),
        ("assert 1 == 2", {"failed": 1}, "assert 1 == 2"),
        ("pytest.fail('of its own')", {"failed": 1}, "of its own"),
    ],
)
def test_skipped_and_failed_tests_keep_their_outcome(
    suite: pytest.Pytester, ending: str, expected: dict[str, int], shown: str
) -> None:
    suite.makepyfile(
        f"""
        import pytest

        def test_ends_early(dmsconn):
            dmsconn.fail("*", "ThrottlingException")
            with dmsconn.fail("*", "AccessDeniedException"):
                {ending}
        """
    )

    result = suite.runpytest("-rA")

    result.assert_outcomes(**expected)
    result.stdout.fnmatch_lines([f"*{shown}*"])
    result.stdout.no_fnmatch_line("Never met: *")


def test_other_kinds_of_tests_fail_too(suite: pytest.Pytester) -> None:
    suite.makepyfile(
        """
        import pytest, unittest

        class TestCase(unittest.TestCase):
            @pytest.fixture(autouse=True)
            def _dms(self, dmsconn):
                self.dms = dmsconn

            def test_unmet(self):
                self.dms.fail("*", "ThrottlingException")

            def test_skipped(self):
                self.dms.fail("*", "ThrottlingException")
                self.skipTest("not today")

        @pytest.mark.anyio
        async def test_unmet(dmsconn):
            dmsconn.fail("*", "ThrottlingException")

        @pytest.fixture
        def anyio_backend():
            return "asyncio"
        """
    )

    result = suite.runpytest("-p", "anyio")

    result.assert_outcomes(failed=2, skipped=1)


def test_fault_armed_in_the_teardown_is_ignored(suite: pytest.Pytester) -> None:
    suite.makepyfile(
        """
        import pytest

        @pytest.fixture
        def careless(dmsconn):
            yield
            dmsconn.fail("*", "ThrottlingException")

        def test_fine(careless):
            pass
        """
    )

    suite.runpytest().assert_outcomes(passed=1)


# `with`, reset, and `mock_dms`


def test_unmet_fault_fails_at_the_end_of_its_block() -> None:
    with mock_dms() as dms:
        fault = dms.fail("DescribeConnections", "ThrottlingException")
        with pytest.raises(AssertionError) as judged, fault:
            pass
        boto3.client("dms").describe_connections()

    assert str(judged.value).splitlines() == [
        f"Never met: ThrottlingException for DescribeConnections, armed at {fault.armed_at}",
        "The option strict=False lets such a test pass.",
    ]


def test_met_fault_passes_at_the_end_of_its_block() -> None:
    with mock_dms() as dms, dms.fail("DescribeConnections", "ResourceNotFoundFault"):
        client = boto3.client("dms")
        with pytest.raises(client.exceptions.ResourceNotFoundFault):
            client.describe_connections()


def test_exception_of_the_block_is_kept() -> None:
    with mock_dms() as dms, pytest.raises(ZeroDivisionError), dms.fail("*", "InternalFailure"):
        _ = 1 / 0


def test_blocks_are_not_checked_without_strict() -> None:
    with mock_dms(strict=False) as dms, dms.fail("*", "ThrottlingException"):
        pass


def test_reset_removes_unmet_faults() -> None:
    with mock_dms() as dms, dms.fail("*", "AccessDeniedException"):
        dms.fail("*", "ThrottlingException")
        dms.reset()


def test_mock_dms_checks_faults_at_its_end() -> None:
    with pytest.raises(AssertionError, match="Never met"), mock_dms() as dms:
        dms.fail("*", "ThrottlingException")


def test_mock_dms_checks_nothing_after_an_exception() -> None:
    with pytest.raises(ZeroDivisionError), mock_dms() as dms:
        _ = dms.fail("*", "ThrottlingException").met / 0


def test_decorated_function_checks_faults() -> None:
    @mock_dms
    def program() -> None:
        current().fail("*", "ThrottlingException")

    with pytest.raises(AssertionError, match="Never met"):
        program()


def test_message_names_a_script_that_armed_a_fault() -> None:
    namespace: dict[str, Any] = {"__name__": "__main__", "__package__": None}
    program = "with mock_dms() as dms:\n    dms.fail('*', 'ThrottlingException')"

    with pytest.raises(AssertionError, match=r"armed at script\.py:2"):
        exec(compile(program, "script.py", "exec"), {"mock_dms": mock_dms, **namespace})  # noqa: S102
