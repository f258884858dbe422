"""Options of markers and ini files: names, precedence, and error messages."""

from __future__ import annotations

import re
from dataclasses import fields
from typing import TYPE_CHECKING, Any

import pytest

from pytest_dmsconn import FakeDms, UsageError, mock_dms
from pytest_dmsconn.options import Options
from pytest_dmsconn.text import quoted

if TYPE_CHECKING:
    from pathlib import Path

# For each option another value than the default one, as Python and as ini have it.
OTHERS: dict[str, tuple[Any, str]] = {
    "region": ("eu-west-1", "eu-west-1"),
    "account_id": ("210987654321", "210987654321"),
    "testing_polls": (3, "3"),
    "deleting_polls": (0, "0"),
    "testing_seconds": (1.5, "1.5"),
    "deleting_seconds": (60.0, "60"),
    "test_result": ("failed", "failed"),
    "unmatched_filters": ("empty", "empty"),
    "strict": (False, "false"),
    "block_aws": (False, "no"),
    "skip_sleep": (True, "1"),
}

every_other_option: pytest.MarkDecorator = pytest.mark.dmsconn(
    **{name: value for name, (value, _) in OTHERS.items()}
)

BAD: dict[str, tuple[Any, ...]] = {
    "region": ("", "us_east_1", "US-EAST-1", "us-east", None, 1),
    "account_id": (
        "",
        "12345678901",
        "1234567890123",
        "abcdefghijkl",
        123456789012,
        "१२३४५६७८९०१२",
    ),
    "testing_polls": (-1, 1.0, "1", None, True),
    "deleting_polls": (-1, 1.0, "1", None, True),
    "testing_seconds": (-1, "1", float("nan"), float("inf"), True),
    "deleting_seconds": (-1, "1", float("nan"), float("inf"), True),
    "test_result": ("", "success", "testing", None, True),
    "unmatched_filters": ("", "error", None, True),
    "strict": ("yes", 1, None),
    "block_aws": ("no", 0, None),
    "skip_sleep": ("yes", 1, None),
}
BAD_IN_INI = {
    "region": "nowhere",
    "account_id": "12",
    "testing_polls": "many",
    "deleting_polls": "1.5",
    "testing_seconds": "long",
    "deleting_seconds": "-1",
    "test_result": "success",
    "unmatched_filters": "error",
    "strict": "maybe",
    "block_aws": "maybe",
    "skip_sleep": "maybe",
    "seed": "missing.json",
}


def test_names_of_all_options() -> None:
    names = {field.name for field in fields(Options)}
    assert names == OTHERS.keys() | {"seed"} == BAD.keys() | {"seed"} == BAD_IN_INI.keys()


def test_defaults(dmsconn: FakeDms) -> None:
    assert dmsconn.options == Options(
        region="us-east-1",
        account_id="123456789012",
        testing_polls=1,
        deleting_polls=1,
        testing_seconds=None,
        deleting_seconds=None,
        test_result="successful",
        unmatched_filters="fault",
        seed=None,
        strict=True,
        block_aws=True,
        skip_sleep=False,
    )


@every_other_option
def test_every_option_can_be_set_by_a_marker(dmsconn: FakeDms) -> None:
    for name, (value, _) in OTHERS.items():
        assert getattr(dmsconn.options, name) == value


PRINT = """
def test(dmsconn):
    print(dmsconn.options)
"""


@pytest.mark.parametrize("name", OTHERS)
def test_every_option_can_be_set_in_an_ini_file(suite: pytest.Pytester, name: str) -> None:
    value, text = OTHERS[name]
    suite.makeini(f"[pytest]\ndmsconn_{name} = {text}\n")
    suite.makepyfile(PRINT)
    result = suite.runpytest_inprocess("-s", "--strict-config")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines([f"*{name}={value!r}*"])


@pytest.mark.parametrize(
    "table",
    [
        "[tool.pytest.ini_options]\n{region}\ndmsconn_testing_polls = '2'\ndmsconn_strict = 'no'\n",
        "[tool.pytest.ini_options]\n{region}\ndmsconn_testing_polls = 2\ndmsconn_strict = false\n",
        pytest.param(
            "[tool.pytest]\n{region}\ndmsconn_testing_polls = 2\ndmsconn_strict = false\n",
            marks=pytest.mark.skipif(pytest.version_tuple < (9,), reason="new in pytest 9"),
        ),
    ],
    ids=["texts", "values", "typed values"],
)
def test_options_can_be_set_in_pyproject(suite: pytest.Pytester, table: str) -> None:
    suite.makepyprojecttoml(table.format(region="dmsconn_region = 'eu-west-1'"))
    suite.makepyfile(PRINT)
    result = suite.runpytest_inprocess("-s", "--strict-config")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["*region='eu-west-1'*testing_polls=2*strict=False*"])


def test_options_can_be_set_on_the_command_line(suite: pytest.Pytester) -> None:
    suite.makepyfile(PRINT)
    result = suite.runpytest_inprocess("-s", "-o", "dmsconn_region=eu-west-1")
    result.stdout.fnmatch_lines(["*region='eu-west-1'*"])


def test_closest_marker_wins_option_by_option_before_ini(suite: pytest.Pytester) -> None:
    suite.makeini(
        "[pytest]\ndmsconn_region = eu-west-4\ndmsconn_deleting_polls = 4\n"
        "dmsconn_testing_polls = 4\ndmsconn_strict = false\n"
    )
    suite.makepyfile("""
        import pytest

        pytestmark = pytest.mark.dmsconn(
            region="eu-west-3", deleting_polls=3, testing_polls=3
        )

        @pytest.mark.dmsconn(region="eu-west-2", deleting_polls=2)
        class TestIt:
            @pytest.mark.dmsconn(region="eu-west-1")
            def test(self, dmsconn):
                options = dmsconn.options
                assert options.region == "eu-west-1"
                assert options.deleting_polls == 2
                assert options.testing_polls == 3
                assert options.strict is False
                assert options.account_id == "123456789012"

            def test_without_a_marker_of_its_own(self, dmsconn):
                assert dmsconn.region == "eu-west-2"
    """)
    suite.runpytest_inprocess().assert_outcomes(passed=2)


@pytest.mark.parametrize(
    "region", [pytest.param("eu-west-1", marks=pytest.mark.dmsconn(region="eu-west-1"))]
)
def test_marker_of_a_parameter_counts(dmsconn: FakeDms, region: str) -> None:
    assert dmsconn.region == region


def complaint(suite: pytest.Pytester) -> str:
    """Run one test that fails at its setup, and return what pytest says of it."""
    result = suite.runpytest_inprocess()
    assert result.parseoutcomes() == {"errors": 1}
    result.stdout.fnmatch_lines(["*ERROR at setup of test*"])
    result.stdout.no_fnmatch_line("*.py:*: UsageError")  # no frame that is not the user's
    return result.stdout.str()


@pytest.mark.parametrize("name", BAD_IN_INI)
def test_bad_ini_value_is_one_error_of_the_session_naming_the_option(
    suite: pytest.Pytester, name: str
) -> None:
    suite.makeini(f"[pytest]\ndmsconn_{name} = {BAD_IN_INI[name]}\n")
    suite.makepyfile(PRINT)
    result = suite.runpytest_inprocess()
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert re.fullmatch(f"ERROR: .*dmsconn_.*{name}.*", result.stderr.str().strip())


@pytest.mark.parametrize(
    ("marker", "message"),
    [
        (
            "regoin='eu-west-1'",
            "'regoin' is not an option of the fake. Did you mean 'region'? The options are ",
        ),
        ("region='nowhere'", "region='nowhere' is not an AWS region; "),
        ("testing_polls='1'", "testing_polls='1' is not allowed; it must be a whole number"),
        ("'eu-west-1'", "@pytest.mark.dmsconn was given 'eu-west-1' without a name. "),
        ("seed='missing.json'", "seed: missing.json: cannot be read (No such file or directory)"),
        ("seed=1", "seed: 1 is neither a path to a JSON file nor a mapping"),
        ("seed=[{'endpoint': 1}]", "seed[0]: 'endpoint' is not a keyword of add_connection."),
    ],
)
def test_bad_marker_is_an_error_at_setup(suite: pytest.Pytester, marker: str, message: str) -> None:
    suite.makepyfile(test_it=f"import pytest\npytestmark = pytest.mark.dmsconn({marker})\n{PRINT}")
    assert f"UsageError: {message}" in complaint(suite).replace(f"{suite.path}/", "")


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, values in BAD.items() for value in values]
)
def test_bad_value_is_refused_naming_option_and_value(name: str, value: object) -> None:
    with pytest.raises(UsageError) as raised:
        mock_dms(**{name: value})  # type: ignore[call-overload]
    assert str(raised.value).startswith(f"{name}={quoted(value)} ")


def test_unknown_ini_name_is_a_warning(suite: pytest.Pytester) -> None:
    suite.makeini("[pytest]\ndmsconn_regoin = eu-west-1\n")
    suite.makepyfile(PRINT)
    result = suite.runpytest_inprocess()
    result.assert_outcomes(passed=1, warnings=1)
    result.stdout.fnmatch_lines(["*Unknown config option: dmsconn_regoin*"])


def test_unknown_ini_name_is_an_error_under_strict_config(suite: pytest.Pytester) -> None:
    suite.makeini("[pytest]\ndmsconn_regoin = eu-west-1\n")
    suite.makepyfile(PRINT)
    result = suite.runpytest_inprocess("--strict-config")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*Unknown config option: dmsconn_regoin*"])


SEED = '{"Connections": [{"EndpointArn": "arn:aws:dms:us-east-1:123456789012:endpoint:A", \
"ReplicationInstanceArn": "arn:aws:dms:us-east-1:123456789012:rep:B"}]}'
COUNT = "def test(dmsconn): assert len(dmsconn.connections) == 1"


def test_seed_of_a_marker_is_relative_to_the_test_file(suite: pytest.Pytester) -> None:
    folder = suite.mkdir("below")
    (folder / "seed.json").write_text(SEED)
    marker = "pytestmark = pytest.mark.dmsconn(seed='seed.json')"
    (folder / "test_seed.py").write_text(f"import pytest\n{marker}\n{COUNT}\n")
    suite.makeini("[pytest]\n")
    suite.runpytest_inprocess().assert_outcomes(passed=1)


def test_seed_of_an_ini_file_is_relative_to_it(
    suite: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    suite.makeini("[pytest]\ndmsconn_seed = seed.json\n")
    (suite.path / "seed.json").write_text(SEED)
    folder = suite.mkdir("below")
    (folder / "test_seed.py").write_text(COUNT)
    monkeypatch.chdir(folder)
    suite.runpytest_inprocess().assert_outcomes(passed=1)


def test_seed_of_mock_dms_is_relative_to_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "seed.json").write_text(SEED)
    monkeypatch.chdir(tmp_path)
    with mock_dms(seed="seed.json") as dms:
        assert len(dms.connections) == 1


@pytest.mark.dmsconn(seed=[{"status": "failed"}, {"endpoint_identifier": "orders"}])
def test_seed_can_be_a_list_of_keywords(dmsconn: FakeDms) -> None:
    assert [str(one.status) for one in dmsconn.connections] == ["failed", "successful"]
    assert dmsconn.connections[1].endpoint_identifier == "orders"
