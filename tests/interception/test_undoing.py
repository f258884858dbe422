"""The end of a fake undoes everything, in any order of undoing, and after any failure."""

from __future__ import annotations

import botocore.httpsession
import pytest
from botocore.signers import RequestSigner

from pytest_dmsconn import mock_dms
from pytest_dmsconn.interception.patching import Patch


def test_if_one_undo_fails_the_others_are_done(monkeypatch: pytest.MonkeyPatch) -> None:
    send, sign = botocore.httpsession.URLLib3Session.send, RequestSigner.sign
    undo = Patch.undo

    def fail_for_signing(patch: Patch) -> None:
        if patch.original is sign:
            undo(patch)
            raise RuntimeError("no undo")
        undo(patch)

    with monkeypatch.context() as patches:
        patches.setattr(Patch, "undo", fail_for_signing)
        with pytest.raises(RuntimeError, match="no undo"), mock_dms():
            assert botocore.httpsession.URLLib3Session.send is not send

    assert botocore.httpsession.URLLib3Session.send is send
    with mock_dms() as dms:
        assert dms.connections == ()


ORDERS = {
    "patch.dict around dmsconn": "def test_edits(patched, dmsconn): pass",
    "dmsconn around patch.dict": "def test_edits(dmsconn, patched): pass",
    "monkeypatch around dmsconn": "def test_edits(monkeypatch, dmsconn): edit(monkeypatch)",
    "dmsconn around monkeypatch": "def test_edits(dmsconn, monkeypatch): edit(monkeypatch)",
}


@pytest.mark.parametrize("test", ORDERS.values(), ids=ORDERS)
def test_environment_is_restored_in_any_order_of_undoing(
    suite: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, test: str
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "mine")
    monkeypatch.delenv("AWS_ACCESS_KEY_ID", raising=False)
    suite.makepyfile(f"""
        import os
        from unittest import mock
        import pytest

        before = dict(os.environ)

        def without_pytest(environment):
            return {{name: environment[name] for name in environment if "PYTEST" not in name}}

        @pytest.fixture
        def patched():
            with mock.patch.dict(os.environ, {{"AWS_REGION": "eu-west-1", "STAGE": "test"}}):
                yield

        def edit(monkeypatch):
            monkeypatch.setenv("AWS_REGION", "eu-west-1")
            monkeypatch.setenv("STAGE", "test")

        {test}

        def test_afterwards():
            assert without_pytest(os.environ) == without_pytest(before)
    """)

    suite.runpytest_inprocess().assert_outcomes(passed=2)
