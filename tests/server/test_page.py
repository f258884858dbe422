"""The page of the server, in a real browser."""

from __future__ import annotations

import shutil
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.request import urlopen

import boto3
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_dmsconn import DmsServer, FakeDms

LISTING = Path(__file__).parents[2] / "examples" / "cleanup" / "connections.json"


def test_the_policy_lets_the_page_load_nothing(dmsconn_server: DmsServer) -> None:
    with urlopen(f"{dmsconn_server.url}/_dmsconn/") as response:
        policy = response.headers["Content-Security-Policy"]
        page = response.read().decode()

    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe" not in policy
    assert "innerHTML" not in page
    assert "://" not in page


@pytest.fixture
def browser() -> Iterator[Any]:
    """Chromium without a window, as wide as a phone."""
    webdriver = pytest.importorskip("selenium.webdriver")
    chromium, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if not (chromium and driver):
        pytest.skip("Chromium and its driver are not installed")
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for argument in ("--headless=new", "--no-sandbox", "--window-size=500,900"):
        options.add_argument(argument)
    started = webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))
    yield started
    started.quit()


@pytest.mark.slow
def test_a_person_seeds_deletes_and_resets(
    dmsconn: FakeDms, dmsconn_server: DmsServer, browser: Any, tmp_path: Path
) -> None:
    wait: Any = pytest.importorskip("selenium.webdriver.support.ui").WebDriverWait

    def wait_for(element: str, words: str) -> None:
        wait(browser, 20).until(
            lambda _: words in browser.find_element("id", element).text, f"{words} in {element}"
        )

    def press(form: str) -> None:
        browser.find_element("css selector", f"#{form} button").click()

    browser.get(f"{dmsconn_server.url}/_dmsconn/")
    browser.find_element("css selector", "#seed input").send_keys(str(LISTING))
    press("seed")
    wait_for("message", "Seeded")
    wait_for("connections", "successful")

    first = dmsconn.connections[0]
    with closing(boto3.client("dms", **dmsconn_server.client_kwargs)) as client:
        client.delete_connection(**first.arns)
    wait_for("connections", "deleting")
    wait_for("calls", "DeleteConnection")

    press("fault")
    wait_for("faults", "ThrottlingException")
    press("advance")
    wait_for("now", "60")
    browser.save_screenshot(str(tmp_path / "page.png"))
    width = "return document.documentElement.scrollWidth <= window.innerWidth"
    assert browser.execute_script(width)

    press("reset")
    wait_for("message", "The fake is empty.")
    wait_for("connections-total", "0")
    assert dmsconn.connections == ()
    assert not [entry for entry in browser.get_log("browser") if entry["level"] == "SEVERE"]
