"""Every page as a person sees it: numbers as in the API, readable by everybody, light, with and without scripts."""

import re
from decimal import Decimal

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]  # the kit brings no types
from playwright.sync_api import Browser, Page

from services.reporting.api.leaves import LEAVES
from services.reporting.api.wording import LANGUAGES
from tests.browser.conftest import picture
from tests.process.serving import System

pytestmark = [pytest.mark.browser, pytest.mark.process]

PAGES = ("/", *(f"/figures/{name}" for name in LEAVES))
ENOUGH_CONTRAST = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]}


def number(text: str) -> Decimal:
    return Decimal(re.sub(r"[^0-9.]", "", text))


def shown(page: Page, section: str) -> list[list[str]]:
    """Return the cells of a section's table."""
    rows = page.locator(f"#{section} tbody tr")
    return [
        [cell.strip() for cell in rows.nth(place).locator("th, td").all_text_contents()]
        for place in range(rows.count())
    ]


def test_the_tiles_say_what_the_api_says(page: Page, year: System) -> None:
    page.goto(f"{year.url}/?lang=en")
    volume = year.get("/reporting/v1/reports/volume?group_by=total")["rows"][0]

    tiles = page.locator(".tiles b").all_text_contents()

    assert number(tiles[0]) == volume["contacts"]
    assert number(tiles[1]) == volume["cases"]


@pytest.mark.parametrize(
    "told",
    [
        ("/figures/intake", "languages", "volume", "language", ("contacts", "cases", "workers")),
        ("/figures/clocks", "deadlines", "deadlines", "duty", ("duties", "in_time", "late", "unmet")),
        ("/figures/money", "workers", "workers", "year", ("cases", "affected", "promised")),
        ("/figures/recruitment", "reprisals", "retaliation", "year", ("cases", "disclosed", "reprisals")),
        ("/figures/clocks", "followed", "deadlines", "owed_by", ("duties", "escalated", "alerted")),
        ("/figures/quality", "missing", "data-quality", "field", ("records", "missing")),
        ("/figures/sites", "sites", "workers", "site", ("cases", "affected")),
    ],
)
def test_the_tables_say_what_the_api_says(
    page: Page, year: System, told: tuple[str, str, str, str, tuple[str, ...]]
) -> None:
    path, section, report, group_by, measures = told
    page.goto(f"{year.url}{path}?lang=en")
    figure = year.get(f"/reporting/v1/reports/{report}?group_by={group_by}")
    expected = sorted([row[name] for name in measures] for row in figure["rows"])

    places = [figure["columns"].index(name) for name in measures]
    cells = shown(page, section)

    assert sorted([int(number(row[place])) for place in places] for row in cells) == expected


def test_an_organisation_and_a_site_are_found_by_their_links(page: Page, year: System) -> None:
    page.goto(f"{year.url}/figures/organisations?lang=en")
    link = page.locator("#scores tbody a").first
    name = (link.text_content() or "").strip()
    link.click()

    assert page.locator("h1").text_content() == name
    assert page.locator(".tiles dt").first.text_content() == "Score"
    picture(page, "organisation")

    page.goto(f"{year.url}/figures/sites?lang=en")
    page.locator("#sites tbody a").first.click()

    assert page.locator("#its_issues tbody tr").count() > 0
    assert re.search(r"/figures/sites/[0-9a-f]{16}$", page.url)
    picture(page, "site")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_readable_by_everybody_and_light(page: Page, year: System, path: str, language: str) -> None:
    answer = page.goto(f"{year.url}{path}?lang={language}")
    assert answer is not None
    assert answer.status == 200
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true })")
    picture(page, f"{path.rpartition('/')[2] or 'overview'}-{language}")

    found = Axe().run(page, options=ENOUGH_CONTRAST)

    assert found.violations_count == 0, found.generate_report()
    assert page.locator("html").get_attribute("lang") == language
    sizes = page.evaluate("performance.getEntries().map((one) => one.encodedBodySize || 0)")
    assert sum(sizes) < 300_000


def test_a_kept_question_is_a_report_that_everybody_can_read(page: Page, year: System) -> None:
    question = {"name": "by-issue", "title": "What it is about", "report": "issues", "group_by": "issue"}
    year.post("/reporting/v1/questions", question)
    figure = year.get("/reporting/v1/questions/by-issue")

    answer = page.goto(f"{year.url}/reporting/v1/questions/by-issue?format=html")

    assert answer is not None
    assert answer.status == 200
    picture(page, "question")
    assert page.locator("h1").text_content() == "What it is about"
    cells = page.locator("tbody tr").first.locator("td").all_text_contents()
    assert [cell.strip() for cell in cells] == [str(value) for value in figure["rows"][0].values()]
    found = Axe().run(page, options=ENOUGH_CONTRAST)
    assert found.violations_count == 0, found.generate_report()


def test_a_chart_is_read_with_the_keyboard(page: Page, year: System) -> None:
    page.goto(f"{year.url}/?lang=en")
    chart = page.locator("#volume svg.chart").first
    chart.focus()
    page.keyboard.press("ArrowRight")

    first = page.locator("#volume .reading").text_content()
    page.keyboard.press("ArrowRight")

    assert first
    assert page.locator("#volume .reading").text_content() != first
    page.keyboard.press("Escape")
    assert page.locator("#volume .reading").text_content() == ""


def test_a_series_is_put_out_of_the_way_and_a_table_is_sorted(page: Page, year: System) -> None:
    page.goto(f"{year.url}/?lang=en")
    button = page.locator("#volume .legend button").first
    button.click()
    assert button.get_attribute("aria-pressed") == "false"
    assert page.locator("#volume svg.chart rect.away").count() > 0

    page.locator("#issues summary").click()
    page.locator("#issues thead button").nth(3).click()

    counts = [number(row[3]) for row in shown(page, "issues")]
    assert counts == sorted(counts, reverse=True)


def test_without_scripts_everything_is_there(chromium: Browser, signed_in: Page, year: System) -> None:
    context = chromium.new_context(java_script_enabled=False)
    context.add_cookies(signed_in.context.cookies())  # type: ignore[arg-type]  # what one context says another takes
    bare = context.new_page()
    for path in PAGES:
        bare.goto(f"{year.url}{path}?lang=en")
        assert bare.locator("svg.chart").count() == bare.locator("table").count() > 0
        assert bare.locator("svg.chart title").first.text_content()
    context.close()


def test_a_phone_shows_no_page_wider_than_itself(chromium: Browser, signed_in: Page, year: System) -> None:
    context = chromium.new_context(viewport={"width": 360, "height": 740})
    context.add_cookies(signed_in.context.cookies())  # type: ignore[arg-type]  # what one context says another takes
    phone = context.new_page()
    for path in PAGES:
        phone.goto(f"{year.url}{path}?lang=my")
        assert phone.evaluate("document.documentElement.scrollWidth") <= 360, path
    picture(phone, "phone")
    context.close()
