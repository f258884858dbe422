"""Sections in the report of a failed test, one for each fake that it used."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, NamedTuple

from pytest_dmsconn.interception import stack

if TYPE_CHECKING:
    import pytest

    from pytest_dmsconn.fake.fake_dms import FakeDms
    from pytest_dmsconn.protocol.dispatch import FakeService
    from pytest_dmsconn.report.events import Position


class State(NamedTuple):
    """The length of the history of a fake. It shows whether anything has happened."""

    service: FakeService
    """`reset` makes a new one."""
    newest_number: int
    changes: int
    position: Position


_at_start: dict[FakeDms, State] = {}
"""The states of the fakes that were active when the test began."""
_shown: dict[FakeDms, State] = {}
"""The states of the fakes when the test last got a section about them."""


def remember_older_fakes() -> None:
    """Record the states of the fakes that are active when a test begins."""
    _at_start.update((fake, _state_of(fake)) for fake in stack.active_fakes())


def end_test() -> None:
    """Forget the fakes of the test."""
    _at_start.clear()
    _shown.clear()


def add_stories(item: pytest.Item, report: pytest.TestReport, own: FakeDms | None) -> None:
    """Add a section for each used fake: those active, and those that ended last."""
    active, ended = stack.active_fakes(), [*(stack.ended_fakes or ())]
    used = [fake for fake in [*active, *ended] if _is_used(fake)]
    for number, fake in enumerate(used, 1):
        which = ""
        if len(used) > 1:
            words = "fixture dmsconn" if fake is own else "mock_dms"
            state = "ended" if fake in ended else "active"
            which = f" {number} of {len(used)}: {words}, {fake.region}, {state}"
        _add_section(item, report, f"Fake DMS{which} ({report.when})", _story_of(fake))
        _shown[fake] = _state_of(fake)


def hide_plugin_frames(call: pytest.CallInfo[None]) -> None:
    """Hide the frames of the plugin: from pytest by a global variable, from pdb by a local one."""
    for name, module in [*sys.modules.items()]:
        if name.startswith("pytest_dmsconn."):
            vars(module)["__tracebackhide__"] = True
    for entry in call.excinfo.traceback if call.excinfo else ():
        frame = entry.frame.raw
        if frame.f_globals.get("__tracebackhide__") is True:
            frame.f_locals["__tracebackhide__"] = True


def _add_section(item: pytest.Item, report: pytest.TestReport, title: str, text: str) -> None:
    """Add a section to the representation of the failure, which JUnit XML and Allure also show."""
    longrepr: Any = report.longrepr
    # pytest-rich prints the sections of the report, but not those of the representation.
    is_rich = item.config.getoption("rich", default=False)
    if hasattr(longrepr, "addsection") and not is_rich:
        longrepr.addsection(title, text)
    else:
        report.sections.append((title, text))


def _story_of(fake: FakeDms) -> str:
    """The story of a fake in this test."""
    from pytest_dmsconn.report.story import story

    before = _at_start.get(fake)
    if before is None or before.service is not fake.service:
        return story(fake.service)
    return story(fake.service, before.position)


def _is_used(fake: FakeDms) -> bool:
    """Whether anything has happened to a fake in this test since it was shown."""
    from pytest_dmsconn.report.events import BEGINNING

    unused = State(fake.service, 0, 0, BEGINNING)
    return _state_of(fake) != (_shown.get(fake) or _at_start.get(fake) or unused)


def _state_of(fake: FakeDms) -> State:
    from pytest_dmsconn.report.events import Position

    service = fake.service
    number, changes = service.registry.newest_number, service.lifecycle.changes
    return State(service, number, changes, Position.of(service))
