"""The pages in a real browser: accessible (axe), usable by keyboard, quiet (nothing from outside, no console error)."""

import datetime as dt
import socket
import threading
import time
from pathlib import Path

import pytest

from caseload.publish import mark_stale
from tests.unit.caseload.caseload_builder import AS_OF
from tests.web.published_home import publish_demo
from worklist.app import create_app

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
ARGUMENTS += " --disable-component-update --disable-sync"

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="chromium is not installed at /usr/bin/chromium"),
]


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    home = tmp_path_factory.mktemp("home")
    publish_demo(home, 30)
    mark_stale(home, "contract_failed", "core.encounter: 12 of 80 rows rejected", AS_OF + dt.timedelta(days=1))
    return home


@pytest.fixture(scope="module")
def address(home):
    import uvicorn

    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(create_app(home), access_log=False, log_level="error"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [door]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.02)
        yield f"http://127.0.0.1:{door.getsockname()[1]}"
        server.should_exit = True
        thread.join(10)


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS.split())
        yield browser
        browser.close()


@pytest.fixture
def page(browser, address):
    page = browser.new_page(viewport={"width": 1320, "height": 900}, base_url=address)
    trouble: list[str] = []
    page.on("console", lambda message: trouble.append(message.text) if message.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.on("request", lambda request: None if request.url.startswith(address) else trouble.append(request.url))
    yield page
    page.close()
    assert trouble == []


def find_violations(page) -> list[str]:
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]})
    return [
        f"{one['id']}: {node['target']} {node['failureSummary']}"
        for one in found.response["violations"]
        for node in one["nodes"][:3]
    ]


@pytest.mark.parametrize(
    "path", ["/?size=25", "/?overdue=yes&tier=1&sort=due&dir=desc", "/?q=nobody", "/staff", "/about"]
)
def test_axe_finds_nothing(page, path):
    page.goto(path)
    if page.locator("[data-toggle-all]").count():
        page.click("[data-toggle-all]")
    assert find_violations(page) == []


def test_axe_finds_nothing_on_a_narrow_screen(page):
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto("/")
    assert find_violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_a_row_opens_by_keyboard_and_by_click(page):
    page.goto("/")
    toggle, detail = page.locator(".toggle").first, page.locator("tr.detail").first
    assert detail.is_hidden()
    toggle.focus()
    page.keyboard.press("Enter")
    assert detail.is_visible()
    assert toggle.get_attribute("aria-expanded") == "true"
    assert detail.get_by_text("Why on the list").is_visible()
    page.keyboard.press("Space")
    assert detail.is_hidden()
    page.locator("tr.head .c-tier").first.click()
    assert detail.is_visible()


def test_the_first_tab_skips_to_the_content(page):
    page.goto("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_filters_work_as_a_person_uses_them(page):
    page.goto("/")
    page.get_by_label("Case manager").select_option("cm-2")
    page.get_by_label("Overdue only").check()
    page.get_by_role("button", name="Show").click()
    assert "manager=cm-2" in page.url
    assert "overdue=yes" in page.url
    assert set(page.locator("td.c-manager").all_inner_texts()) == {"Ben Okafor"}
    assert page.locator("tbody.patient").count() == page.locator("tbody.is-late").count()
    page.get_by_role("link", name="Clear filters").click()
    assert page.locator("tbody.patient").count() == 30
    page.get_by_label("Per page").select_option("25")
    page.get_by_role("button", name="Show").click()
    page.get_by_role("link", name="Next", exact=True).click()
    assert page.locator("tbody.patient").count() == 5


def test_export_downloads_the_filtered_view(page):
    page.goto("/?tier=1")
    with page.expect_download() as started:
        page.get_by_role("link", name="Export CSV").click()
    lines = Path(started.value.path()).read_text(encoding="utf-8").splitlines()
    assert len(lines) - 1 == page.locator("tbody.patient").count()


def test_paper_shows_every_detail_and_no_controls(page):
    page.goto("/")
    page.emulate_media(media="print")
    assert page.locator("tr.detail").first.is_visible()
    assert page.locator("form.filters").is_hidden()


def test_without_scripts_nothing_is_hidden(browser, address):
    context = browser.new_context(java_script_enabled=False, base_url=address)
    page = context.new_page()
    page.goto("/")
    assert page.locator("tr.detail").first.is_visible()
    assert page.locator(".toggle").first.is_hidden()
    context.close()
