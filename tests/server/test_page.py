"""The page of the server, as it is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.request import urlopen

if TYPE_CHECKING:
    from pytest_dmsconn import DmsServer


def test_content_security_policy_forbids_the_page_to_load_anything(
    dmsconn_server: DmsServer,
) -> None:
    with urlopen(f"{dmsconn_server.url}/_dmsconn/") as response:
        policy = response.headers["Content-Security-Policy"]
        page = response.read().decode()

    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe" not in policy
    assert "innerHTML" not in page
    assert "://" not in page
