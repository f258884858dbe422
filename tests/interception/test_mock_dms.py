"""`mock_dms` outside the fixtures: a context manager, and a decorator."""

from __future__ import annotations

import functools
import inspect
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from pytest_dmsconn import FakeDms, UsageError, current, mock_dms
from pytest_dmsconn.text import quoted

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator


def delete_one() -> FakeDms:
    """Delete a connection, as code under test does; return the fake."""
    dms = current()
    boto3.client("dms").delete_connection(**dms.add_connection().arns)
    return dms


def test_block_has_an_active_fake() -> None:
    with mock_dms() as dms:
        assert isinstance(dms, FakeDms)
        assert delete_one() is dms
    assert len(dms.deletions) == 1


def test_fake_can_be_looked_at_after_its_end() -> None:
    with mock_dms() as dms:
        delete_one()
    dms.assert_only_deleted(*dms.connections)
    assert "DeleteConnection" in dms.story()


def test_mock_that_is_entered_again_has_a_new_fake() -> None:
    mock = mock_dms(region="eu-west-1")
    with mock as first:
        delete_one()
    with mock as second:
        assert second is not first
        assert second.region == "eu-west-1"
        assert second.connections == ()
        assert second.calls == ()


def test_mock_that_is_active_cannot_be_entered_again() -> None:
    mock = mock_dms()
    with mock as dms:
        with pytest.raises(UsageError) as raised:
            mock.__enter__()
        assert current() is dms
    assert str(raised.value) == (
        "This mock_dms() object is active already. Call mock_dms() for each 'with', "
        "or decorate a function: each of its calls has a fake of its own."
    )
    with pytest.raises(UsageError):
        current()


def test_decorator_without_parentheses() -> None:
    @mock_dms
    def program() -> FakeDms:
        return delete_one()

    assert len(program().deletions) == 1


def test_decorator_with_parentheses_and_options() -> None:
    @mock_dms(region="eu-west-1")
    def program() -> FakeDms:
        return delete_one()

    assert program().calls[0].region == "eu-west-1"


def test_decorated_function_keeps_its_arguments_its_result_and_its_name() -> None:
    @mock_dms
    def program(number: int, *, word: str) -> tuple[int, str]:
        """What it says."""
        return number, word

    assert program(1, word="one") == (1, "one")
    assert program.__name__ == "program"
    assert program.__doc__ == "What it says."


def test_every_call_of_a_decorated_function_has_a_fake_of_its_own() -> None:
    @mock_dms
    def program() -> FakeDms:
        return delete_one()

    first, second = program(), program()
    assert first is not second
    assert len(second.deletions) == 1


def test_decorated_method_gets_its_instance() -> None:
    class Case:
        @mock_dms
        def test(self) -> Case:
            delete_one()
            return self

    case = Case()
    assert case.test() is case


def test_exception_passes_through_a_decorated_function() -> None:
    @mock_dms()
    def program() -> None:
        raise KeyError

    with pytest.raises(KeyError):
        program()


@pytest.mark.parametrize("decorate", [mock_dms, mock_dms()], ids=["plain", "parentheses"])
def test_decorated_coroutine_function_stays_a_coroutine_function(
    decorate: Callable[[Any], Any],
) -> None:
    @decorate
    async def program() -> FakeDms:
        return delete_one()

    assert inspect.iscoroutinefunction(program)
    coroutine = program()
    with pytest.raises(UsageError):
        current()  # only a call that runs has a fake
    with pytest.raises(StopIteration) as stopped:
        coroutine.send(None)
    assert len(stopped.value.value.deletions) == 1


class Case:
    """A class that somebody tries to decorate."""


def generator() -> Iterator[None]:
    yield


async def async_generator() -> AsyncIterator[None]:
    yield


PARTIAL = functools.partial(generator)

FOR_A_CLASS = """
mock_dms cannot decorate the class Case. Keep a fake active for its tests with an autouse \
fixture in it:

    @pytest.fixture(autouse=True)
    def _dms(self, dmsconn):
        self.dms = dmsconn
"""

FOR_A_GENERATOR = """
mock_dms cannot decorate the generator function {}: the fake would end before the generator is \
run. Enter it inside:

    with mock_dms() as dms:
        yield dms
"""


@pytest.mark.parametrize(
    ("what", "message"),
    [
        (Case, FOR_A_CLASS),
        (generator, FOR_A_GENERATOR.format("generator")),
        (async_generator, FOR_A_GENERATOR.format("async_generator")),
        (PARTIAL, FOR_A_GENERATOR.format(quoted(PARTIAL))),
        ("eu-west-1", "mock_dms decorates functions, not 'eu-west-1'. Options are given by name."),
    ],
    ids=["class", "generator", "async generator", "partial", "text"],
)
@pytest.mark.parametrize("decorate", [mock_dms, mock_dms()], ids=["plain", "parentheses"])
def test_refusal_of_a_decorated_object_says_what_to_write(
    decorate: Callable[[Any], Any], what: object, message: str
) -> None:
    with pytest.raises(UsageError) as raised:
        decorate(what)
    assert str(raised.value).strip() == message.strip()


def test_lines_to_write_for_a_class_work(suite: pytest.Pytester) -> None:
    fixture = FOR_A_CLASS.partition(":\n\n")[2]
    suite.makepyfile(
        "import unittest\nimport boto3\nimport pytest\n\n"
        f"class TestCase(unittest.TestCase):\n{fixture}\n"
        "    def test(self):\n"
        "        boto3.client('dms').delete_connection(**self.dms.add_connection().arns)\n"
        "        assert len(self.dms.deletions) == 1\n"
    )
    suite.runpytest_inprocess().assert_outcomes(passed=1)


def test_unknown_option_is_refused_at_once() -> None:
    with pytest.raises(UsageError) as raised:
        mock_dms(regoin="eu-west-1")  # type: ignore[call-overload]
    assert str(raised.value) == (
        "'regoin' is not an option of the fake. Did you mean 'region'? The options are region, "
        "account_id, testing_polls, deleting_polls, testing_seconds, deleting_seconds, "
        "test_result, unmatched_filters, seed, strict, block_aws, skip_sleep."
    )


def test_seed_that_fails_is_an_error_on_entering() -> None:
    with pytest.raises(UsageError, match=r"missing\.json"), mock_dms(seed="missing.json"):
        pytest.fail("was entered")
    with pytest.raises(UsageError):
        current()


def test_ini_options_do_not_apply(suite: pytest.Pytester) -> None:
    suite.makeini("[pytest]\ndmsconn_region = eu-west-1\n")
    suite.makepyfile(
        "from pytest_dmsconn import mock_dms\n"
        "def test(dmsconn):\n"
        "    assert dmsconn.region == 'eu-west-1'\n"
        "    with mock_dms() as dms:\n"
        "        assert dms.region == 'us-east-1'\n"
    )
    suite.runpytest_inprocess().assert_outcomes(passed=1)


def test_current_is_the_newest_fake(dmsconn: FakeDms) -> None:
    assert current() is dmsconn
    with mock_dms() as dms:
        assert current() is dms
    assert current() is dmsconn


def test_current_without_a_fake_says_what_to_do() -> None:
    with pytest.raises(UsageError) as raised:
        current()
    assert str(raised.value) == (
        "No fake of DMS is active. Request the fixture 'dmsconn', "
        "or enter 'with mock_dms() as dms:'."
    )


@pytest.mark.parametrize("scope", ["class", "module", "package", "session"])
def test_fixture_of_a_wider_scope_keeps_one_fake(suite: pytest.Pytester, scope: str) -> None:
    suite.makepyfile(f"""
        import boto3, pytest
        from pytest_dmsconn import mock_dms

        @pytest.fixture(scope="{scope}")
        def dms():
            with mock_dms() as dms:
                dms.add_connections(2)
                yield dms

        class Test:
            @pytest.mark.parametrize("number", range(2))
            def test_delete(self, dms, number):
                connection = dms.connections[0]
                client = boto3.client("dms")
                client.delete_connection(**connection.arns)
                client.describe_connections()

            def test_all_are_gone(self, dms):
                assert dms.connections == ()
                assert len(dms.deletions) == 2
    """)
    suite.runpytest_inprocess().assert_outcomes(passed=3)


def test_decorated_test_function_is_given_its_fixtures(suite: pytest.Pytester) -> None:
    suite.makepyfile("""
        import boto3, pytest
        from pytest_dmsconn import current, mock_dms

        @mock_dms(region="eu-west-1")
        @pytest.mark.parametrize("count", [2])
        def test(count, tmp_path):
            assert len(current().add_connections(count)) == 2
            assert boto3.client("dms").describe_connections()["Connections"]
    """)
    suite.runpytest_inprocess().assert_outcomes(passed=1)
