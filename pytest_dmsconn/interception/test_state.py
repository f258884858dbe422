"""What fakes know of the test that runs. The plugin writes it; outside pytest it is empty."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

    from pytest_dmsconn.fake.fake_dms import FakeDms

monkeypatch: pytest.MonkeyPatch | None = None
"""Its fixture of that name, while there is one."""

ended_fakes: list[FakeDms] | None = None
"""The fakes that have ended during the test, kept for its report."""
