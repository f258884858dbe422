"""The option `seed`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from support.recorded_answers import CONNECTIONS, EMPTY, INSTANCES

from pytest_dmsconn import UsageError, mock_dms

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_dmsconn import FakeDms


def test_seed_is_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "recorded.json").write_text(json.dumps(CONNECTIONS))
    monkeypatch.chdir(tmp_path)

    for seed in ("recorded.json", tmp_path / "recorded.json"):
        with mock_dms(seed=seed) as dms:
            assert [one.endpoint_identifier for one in dms.connections] == ["orders", "customers"]


def test_seed_is_a_mapping() -> None:
    with mock_dms(seed={**CONNECTIONS, **INSTANCES}) as dms:
        assert [one.status for one in dms.connections] == ["successful", "failed"]
        assert dms.replication_instances[0].status == "modifying"


@pytest.mark.parametrize("kind", [list, tuple])
def test_seed_is_a_list_of_keywords(kind: type) -> None:
    seed = kind(
        [
            {},
            {"status": "failed", "endpoint_identifier": "orders"},
            {"region": "eu-west-1", "account_id": "111122223333"},
        ]
    )

    with mock_dms(seed=seed) as dms:
        assert [one.status for one in dms.connections] == ["successful", "failed", "successful"]
        assert dms.connections[1].endpoint_identifier == "orders"
        assert dms.connections[2].region == "eu-west-1"


def test_seed_is_an_empty_list() -> None:
    with mock_dms(seed=[]) as dms:
        assert dms.dump() == EMPTY


@pytest.mark.dmsconn(seed=[{"status": "failed"}, {}])
def test_seed_of_a_marker(dmsconn: FakeDms) -> None:
    assert [one.status for one in dmsconn.connections] == ["failed", "successful"]


def test_each_fake_is_seeded() -> None:
    with mock_dms(seed=[{}]) as outer:
        boto3.client("dms").delete_connection(**outer.connections[0].arns)
        with mock_dms(seed=[{}]) as inner:
            assert inner.connections[0].status == "successful"
        assert outer.connections[0].status == "deleting"


@pytest.mark.parametrize(
    ("seed", "words"),
    [
        pytest.param(7, ["7"], id="number"),
        pytest.param("no-such-file.json", ["no-such-file.json", "cannot be read"], id="missing"),
        pytest.param({"Conections": []}, ["'Conections'"], id="misspelt"),
        pytest.param([{}, 7], ["seed[1]"], id="number-inside"),
        pytest.param([{}, {"stauts": "failed"}], ["seed[1]", "'status'?"], id="misspelt-keyword"),
        pytest.param([{}, {"status": "broken"}], ["seed[1]", "'broken'"], id="bad-value"),
        pytest.param([{}, {"EndpointArn": "x"}], ["seed[1]", "'EndpointArn'"], id="aws-name"),
        pytest.param(
            {"Connections": [CONNECTIONS["Connections"][0], {"Status": "broken"}]},
            ["Connections[1]", "EndpointArn is missing"],
            id="bad-entry",
        ),
    ],
)
def test_error_of_a_bad_seed_names_the_option(seed: Any, words: list[str]) -> None:
    with pytest.raises(UsageError) as refused, mock_dms(seed=seed):
        pass

    assert "seed" in str(refused.value)
    for word in words:
        assert word in str(refused.value)
