"""The page of the server in Chromium: what a person sees, and does by mouse or keyboard.

`UPDATE_DOCUMENTS=1 pytest tests/server/test_page_in_a_browser.py` makes the picture in the
documentation anew.
"""

from __future__ import annotations

import os
import shutil
import threading
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import ClientError

from pytest_dmsconn.server.dms_server import start_server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytest_dmsconn import FakeDms

pytestmark = pytest.mark.slow

PICTURE = Path(__file__).parents[2] / "docs" / "pictures" / "server-page.png"
LISTING = Path(__file__).parents[2] / "examples" / "cleanup" / "connections.json"
ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

CONTRASTS = """
const luminance = color => {
  const [r, g, b] = color.match(/[\\d.]+/g).slice(0, 3).map(Number).map(value => value / 255)
    .map(value => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
document.documentElement.style.backgroundColor = "Canvas";
const background = element => {
  const color = getComputedStyle(element).backgroundColor;
  return color === "rgba(0, 0, 0, 0)" ? background(element.parentElement) : color;
};
return [...document.querySelectorAll("body *:not(script)")]
  .filter(one => one.value || [...one.childNodes].some(node => node.data && node.data.trim()))
  .map(one => {
    const pair = [luminance(getComputedStyle(one).color), luminance(background(one))];
    return [one.outerHTML, (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05)];
  });
"""
"""The contrast of each text with what is behind it, as WCAG 2 defines it."""


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    webdriver = pytest.importorskip(
        "selenium.webdriver", reason="needs selenium, the dependency group browser"
    )
    binary, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if not (binary and driver):
        pytest.skip("needs the programs chromium and chromedriver")
    options = webdriver.ChromeOptions()
    options.binary_location = binary
    for argument in (*ARGUMENTS, f"--user-data-dir={tmp_path_factory.mktemp('chromium')}"):
        options.add_argument(argument)
    started = webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))
    yield started
    started.quit()


class Page:
    """The page, and what a person does to it."""

    def __init__(self, chromium: Any, url: str) -> None:
        """Open the page of the server at this URL."""
        self.chromium = chromium
        self.emulate(width=1000, scheme="light")
        chromium.get_log("browser")  # forget what an earlier page has logged
        chromium.get(f"{url}/_dmsconn/")

    def emulate(self, *, width: int, scheme: str, height: int = 900) -> None:
        """Set the size in pixels, and the colours that the person prefers: light or dark."""
        feature = {"name": "prefers-color-scheme", "value": scheme}
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500}
        self.chromium.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [feature]})
        self.chromium.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)

    def find(self, selector: str) -> Any:
        return self.chromium.find_element("css selector", selector)

    def seed(self, press: Callable[[str], None]) -> None:
        # The dialog that chooses a file belongs to the operating system: no test can use it.
        self.find("#seed input").send_keys(str(LISTING))
        press("#seed button")

    def click(self, selector: str) -> None:
        self.find(selector).click()

    def press(self, selector: str) -> None:
        """Reach an element by the Tab key alone, and press Enter there."""
        webdriver = pytest.importorskip("selenium.webdriver")
        for _ in range(20):
            focused = self.chromium.switch_to.active_element
            if focused == self.find(selector):
                assert focused.value_of_css_property("outline-style") == "solid"
                focused.send_keys(webdriver.Keys.ENTER)
                return
            webdriver.ActionChains(self.chromium).send_keys(webdriver.Keys.TAB).perform()
        pytest.fail(f"no Tab key leads to {selector}")

    def wait_for(self, element: str, words: str) -> None:
        wait: Any = pytest.importorskip("selenium.webdriver.support.ui").WebDriverWait
        wait(self.chromium, 20).until(
            lambda _: words in self.find(f"#{element}").text, f"{words} in {element}"
        )

    def errors(self) -> list[str]:
        return [one["message"] for one in self.chromium.get_log("browser")]


@pytest.fixture
def url(dmsconn: FakeDms) -> Iterator[str]:  # noqa: ARG001 - what the server shows
    """A server for one test, so that it closes the connections that Chromium keeps open."""
    server = start_server()
    yield server.url
    server.stop()


@pytest.fixture
def page(url: str, chromium: Any) -> Page:
    return Page(chromium, url)


@pytest.fixture
def client(url: str) -> Iterator[Any]:
    with closing(boto3.client("dms", endpoint_url=url)) as client:
        yield client


@pytest.mark.parametrize("means", ["click", "press"])
def test_person_seeds_sees_a_deletion_arms_a_fault_advances_and_resets(
    dmsconn: FakeDms, page: Page, client: Any, means: str
) -> None:
    use = getattr(page, means)
    page.seed(use)
    page.wait_for("message", "Seeded 12 connections.")
    page.wait_for("connections-total", "12")

    client.delete_connection(**dmsconn.connections[0].arns)
    page.wait_for("connections", "deleting")
    page.wait_for("calls", "DeleteConnection")

    use("#fault button")
    page.wait_for("faults", "ThrottlingException")
    use("#advance button")
    page.wait_for("now", "60")
    assert dmsconn.now == 60
    if means == "click" and "UPDATE_DOCUMENTS" in os.environ:
        page.emulate(width=720, scheme="light", height=1200)
        page.chromium.save_screenshot(str(PICTURE))

    use("#reset button")
    page.wait_for("message", "The fake is empty.")
    page.wait_for("connections-total", "0")
    assert dmsconn.connections == ()
    assert page.errors() == []


@pytest.mark.dmsconn(strict=False)
def test_attempts_blocked_calls_and_other_accounts_are_shown(
    dmsconn: FakeDms, page: Page, client: Any
) -> None:
    connection = dmsconn.add_connection(region="eu-west-1", account_id="111122223333")
    page.wait_for("connections", "eu-west-1, 111122223333")

    dmsconn.fail("DeleteConnection", "ThrottlingException")
    with pytest.raises(ClientError):
        client.delete_connection(**connection.arns)
    page.wait_for("calls", "ResourceNotFoundFault (attempt 2)")
    page.wait_for("calls", "us-east-1, 123456789012")

    with pytest.raises(ClientError):
        client.describe_replication_tasks()
    page.wait_for("blocked", "DescribeReplicationTasks")


def test_wrong_input_is_explained(page: Page) -> None:
    page.find("[name=error]").send_keys("x")
    page.click("#fault button")

    page.wait_for("message", "ThrottlingExceptionx")


@pytest.mark.dmsconn(strict=False)
def test_phone_needs_no_horizontal_scrolling(dmsconn: FakeDms, page: Page, client: Any) -> None:
    longest = dmsconn.add_connection(
        endpoint_identifier="e" * 255, replication_instance_identifier="i" * 63
    )
    client.delete_connection(**longest.arns)
    dmsconn.fail("DeleteReplicationInstance", "InvalidParameterValueException", times=None)
    page.emulate(width=375, scheme="light")
    page.wait_for("calls", "DeleteConnection")
    page.wait_for("faults", "InvalidParameterValueException")

    assert page.chromium.execute_script("return document.documentElement.scrollWidth") == 375


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_has_enough_contrast(dmsconn: FakeDms, page: Page, scheme: str) -> None:
    dmsconn.add_connection(status="failed")
    page.emulate(width=1000, scheme=scheme)
    page.wait_for("connections", "failed")

    contrasts = page.chromium.execute_script(CONTRASTS)

    assert len(contrasts) > 20
    assert [(text, ratio) for text, ratio in contrasts if ratio < 4.5] == []
    assert page.chromium.execute_script(
        "return matchMedia('(prefers-color-scheme: dark)').matches"
    ) is (scheme == "dark")


def test_hostile_text_is_shown_and_does_nothing(page: Page, client: Any, tmp_path: Path) -> None:
    hostile = "<img src=x onerror=document.title='attacked'>"
    with pytest.raises(ClientError):
        client.delete_connection(
            EndpointArn=hostile,
            ReplicationInstanceArn="arn:aws:dms:us-east-1:123456789012:rep:NIGHTLY",
        )
    page.wait_for("calls", hostile)
    seed = tmp_path / "seed.json"
    seed.write_text('{"Connections": [{"' + hostile + '": 1}]}', encoding="utf-8")
    page.find("#seed input").send_keys(str(seed))
    page.click("#seed button")

    page.wait_for("message", hostile)
    assert page.chromium.find_elements("tag name", "img") == []
    assert page.chromium.title == "Fake DMS"


def test_ten_thousand_connections_are_counted_and_the_first_are_shown(
    dmsconn: FakeDms, page: Page, client: Any
) -> None:
    connections = dmsconn.add_connections(10_000)
    page.wait_for("connections-total", "10000")
    client.delete_connection(**connections[0].arns)

    page.wait_for("connections", "deleting")
    page.wait_for("calls", "DeleteConnection")
    assert page.find("#connections-note").text == "The first 200 are shown."
    assert page.chromium.execute_script("return document.querySelectorAll('tr').length") < 250


def test_reload_while_calls_arrive(dmsconn: FakeDms, page: Page, client: Any) -> None:
    connections = dmsconn.add_connections(100)
    caller = threading.Thread(
        target=lambda: [client.delete_connection(**one.arns) for one in connections]
    )
    caller.start()
    for _ in range(5):
        page.chromium.refresh()
    caller.join()

    page.wait_for("calls-total", "100")
    assert page.errors() == []


def test_stopped_server_is_reported_until_it_answers_again(dmsconn: FakeDms, chromium: Any) -> None:
    server = start_server()
    page = Page(chromium, server.url)
    dmsconn.add_connection()
    page.wait_for("connections-total", "1")

    server.stop()
    page.wait_for("failure", "The server does not answer.")
    assert page.find("#connections-total").text == "1"

    server = start_server(int(server.url.rpartition(":")[2]))
    try:
        dmsconn.add_connection()
        page.wait_for("connections-total", "2")
        assert page.find("#failure").text == ""
    finally:
        server.stop()
