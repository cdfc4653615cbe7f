"""A system with a year of content, and a Chromium that looks at it."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.process.serving import System, redress, system

PICTURES = Path(__file__).parents[2] / "build" / "pictures"
"""What the pages looked like in the last run; not kept in the repository."""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The Chromium of this machine; in CI it must be there."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        reason = "there is no Chromium on this machine: .ci/browser installs it"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """A running system with a small year in it."""
    with system(tmp_path_factory.mktemp("browser")) as running:
        filled = redress("demo", "--url", running.url, "--size", "60", "--data", str(running.data))
        assert filled.returncode == 0, filled.stderr
        for workers, site in enumerate(("Samut Sakhon, plant 2", "Samut Sakhon, plant 2", "Pier 9"), 4):
            body = {"channel": "line", "language": "my", "workers": workers, "site": site, "issues": ["WAG-NON"]}
            opened = running.post("/cases/v1/cases", body)
        running.get("/reporting/v1/reports/volume", wait=opened["position"])
        yield running


@pytest.fixture(scope="module")
def signed_in(chromium: Browser, year: System) -> Iterator[Page]:
    """A page of a browser whose session is open; errors of scripts and refused content fail the test that asks."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB")
    page = context.new_page()
    page.goto(year.url)
    page.fill("#key", year.key)
    page.click("form button")
    page.wait_for_selector(".tiles")
    yield page
    context.close()


@pytest.fixture
def page(signed_in: Page) -> Iterator[Page]:
    """The signed-in page; what it complains of fails the test."""
    complaints: list[str] = []

    def hear(message: object) -> None:
        complaints.append(str(getattr(message, "text", message)))

    signed_in.on("pageerror", hear)
    signed_in.on("console", hear)
    yield signed_in
    signed_in.remove_listener("pageerror", hear)
    signed_in.remove_listener("console", hear)
    assert complaints == []


def picture(page: Page, name: str) -> None:
    """Keep what the page looks like."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / f"{name}.png", full_page=True)
