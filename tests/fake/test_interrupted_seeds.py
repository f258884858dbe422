"""An interrupted seed takes effect as a whole or not at all."""

from __future__ import annotations

import contextlib
import gc
import itertools
import sys
from typing import TYPE_CHECKING, Any

import pytest
from support.recorded_answers import CONNECTIONS, ENDPOINTS, INSTANCES

from pytest_dmsconn import UsageError, mock_dms
from pytest_dmsconn.dms import rollback

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

    from pytest_dmsconn import FakeDms

EVERYTHING = {**CONNECTIONS, **ENDPOINTS, **INSTANCES}


def interrupted(act: Callable[[], object], line: int) -> bool:
    """Whether `act` was interrupted at its n-th line of the package; else it has ended."""
    lines = itertools.count(1)

    def trace(frame: FrameType, event: str, _: object) -> Any:
        if "pytest_dmsconn" not in frame.f_code.co_filename:
            return None
        if event == "line" and next(lines) == line:
            raise KeyboardInterrupt
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        act()
    except KeyboardInterrupt:
        return True
    finally:
        sys.settrace(before)
    return False


def prepare(dms: FakeDms) -> None:
    """Connect ends that the seeds below connect again, or describe anew."""
    dms.add_connection(endpoint_identifier="kept", replication_instance_identifier="kept")
    dms.load(ENDPOINTS)
    dms.add_endpoint("leaving", members={"Status": "deleting"})


def state(dms: FakeDms) -> dict[str, Any]:
    """All that a seed can change, and whether garbage is collected, which pauses during a seed."""
    registry = dms.service.registry
    return {
        "dump": dms.dump(),
        "connections": [
            [one.name for one in end.connections]
            for end in (*dms.endpoints, *dms.replication_instances)
        ],
        "pending": [repr(resource) for resource in registry.pending],
        "number": registry.newest_number,
        "changes": len(dms.service.lifecycle.journal),
        "garbage is collected": gc.isenabled(),
    }


SEEDS: dict[str, Callable[[FakeDms], object]] = {
    "connections": lambda dms: dms.add_connections(2, status="testing"),
    "shared": lambda dms: dms.add_connections(
        1, endpoint_identifier="kept", replication_instance_identifier="new"
    ),
    "endpoint": lambda dms: dms.add_endpoint("new", members={"EngineName": "s3"}),
    "load": lambda dms: dms.load(
        {
            "Endpoints": [{**one, "Status": "deleting"} for one in ENDPOINTS["Endpoints"]],
            "Connections": CONNECTIONS["Connections"],
        }
    ),
}


@pytest.mark.parametrize("collects", [True, False])
@pytest.mark.parametrize("seed", [{"Connections": []}, {"Connections": [{"Status": "failed"}]}])
def test_a_seed_leaves_garbage_collection_as_it_was(
    seed: dict[str, Any], request: pytest.FixtureRequest, *, collects: bool
) -> None:
    request.addfinalizer(gc.enable)
    (gc.enable if collects else gc.disable)()

    with mock_dms() as dms:
        dms.add_connections(3)
        with contextlib.suppress(UsageError):
            dms.load(seed)

    assert gc.isenabled() is collects


@pytest.mark.slow
@pytest.mark.parametrize("entries_in_a_slice", [1000, 1])
@pytest.mark.parametrize("name", SEEDS)
def test_interrupt_at_any_line_leaves_no_partial_seed(
    name: str, entries_in_a_slice: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rollback, "SLICE", entries_in_a_slice)
    seed = SEEDS[name]
    with mock_dms() as whole:
        prepare(whole)
        nothing = state(whole)
        seed(whole)
        everything = state(whole)

    with mock_dms() as dms:
        for line in itertools.count(1):
            dms.reset()
            prepare(dms)
            if not interrupted(lambda: seed(dms), line):
                break
            found = state(dms)
            assert found in (nothing, everything)
            # Nothing hinders the next seed.
            if found == nothing:
                seed(dms)
                assert state(dms) == everything
        gc.collect()
        assert state(dms) == everything  # nothing is taken back later
    assert line > 40


@pytest.mark.slow
@pytest.mark.parametrize("entries_in_a_slice", [1000, 1])
def test_interrupt_during_the_roll_back_leaves_no_partial_seed(
    entries_in_a_slice: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rollback, "SLICE", entries_in_a_slice)
    broken = {**EVERYTHING, "Connections": [*CONNECTIONS["Connections"], {"Status": "failed"}]}
    with mock_dms() as dms:
        prepare(dms)
        nothing = state(dms)
        for line in itertools.count(1):
            try:
                ended = not interrupted(lambda: dms.load(broken), line)
            except ValueError:
                ended = True
            assert state(dms) == nothing
            if ended:
                break
