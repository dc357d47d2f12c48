"""The page: one file, readable, accessible."""

import dataclasses
import html.parser
import re
import shutil
import xml.etree.ElementTree as ET

import pytest

from audit.charts.figures import nice_ticks
from audit.charts.svg import Axis, Key, Plot, clip_line
from tests.unit.audit.synthetic import TRAINED, UNTRAINED

VOID = {"meta", "br", "img", "input", "link", "hr"}
CHROMIUM = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]


class Structure(html.parser.HTMLParser):
    """Collects what the page loads, its ids and links, and checks that tags close."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.tags: set[str] = set()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        values = dict(attrs)
        self.ids += [values["id"]] if "id" in values else []
        self.links += [values[name] for name in ("href", "src", "xlink:href") if name in values]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_the_page_is_one_file_that_loads_nothing(audit):
    page = Structure()
    page.feed(audit.files["report.html"])
    assert page.open == []
    assert not page.tags & {"script", "link", "img", "iframe", "object"}
    assert all(link.startswith("#") for link in page.links)
    assert {link[1:] for link in page.links} <= set(page.ids)
    assert len(page.ids) == len(set(page.ids))
    assert "url(" not in audit.files["report.html"]
    assert "http" not in audit.files["report.html"]


def test_the_verdict_is_the_first_sentence_after_the_title(audit):
    text = re.sub(r"<style>.*?</style>", "", audit.files["report.html"], flags=re.DOTALL)
    words = " ".join(re.sub(r"<[^>]+>", " ", text).split())
    assert words.index(audit.verdict) < words.index("How the verdict was reached")


def test_every_picture_has_a_title_and_a_description(audit):
    pictures = re.findall(r"<svg .*?</svg>", audit.files["report.html"], flags=re.DOTALL)
    named = [ET.fromstring(picture) for picture in pictures if 'role="img"' in picture]
    assert len(named) == 8  # ROC, risks, calibration, months, capacity, two of net benefit, hospitals
    for picture in named:
        title, description = picture.find("title"), picture.find("desc")
        assert title.text
        assert description.text
        assert picture.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"


def test_names_from_the_data_are_escaped(audit_with, frames):
    subgroups = frames[1].assign(race="<b>x</b> & y")
    model = dataclasses.replace(TRAINED, name="<script>alert(1)</script>")
    page = audit_with(subgroups=subgroups, model=model, source_notes=["<i>note</i>"]).files["report.html"]
    for planted in ("<script", "<b>x", "<i>note"):
        assert planted not in page
    assert "&lt;b&gt;x&lt;/b&gt; &amp; y" in page


def test_a_line_is_cut_where_it_leaves_the_picture():
    assert clip_line([(0, -1.0), (1, 1.0), (2, 3.0)], 0.0, 2.0) == [[(0.5, 0.0), (1, 1.0), (1.5, 2.0)]]
    assert clip_line([(0, 5.0), (1, 6.0)], 0.0, 1.0) == []
    assert clip_line([(0, 0.5), (1, 2.0), (2, 0.5)], 0.0, 1.0) == [
        [(0, 0.5), (1 / 3, 1.0)],
        [(pytest.approx(5 / 3), 1.0), (2, 0.5)],
    ]


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (0, 1, [0, 0.2, 0.4, 0.6, 0.8, 1]),
        (0, 0.47, [0, 0.1, 0.2, 0.3, 0.4]),
        (-0.01, 0.05, [-0.01, 0, 0.01, 0.02, 0.03, 0.04, 0.05]),
    ],
)
def test_ticks_are_round(low, high, ticks):
    assert nice_ticks(low, high) == pytest.approx(ticks)


def test_text_in_pictures_is_escaped():
    axis = Axis(0, 1, [0, 1], lambda value: f"<{value}>", "a & b")
    drawn = Plot("p", "<t>", "<d>", axis, axis, keys=[Key("model", "<k>")]).render()
    assert ET.fromstring(drawn).find("title").text == "<t>"
    assert "<k>" not in drawn


@pytest.fixture(scope="module")
def browser():
    """A browser; skips, saying so, where there is none."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("no chromium on this machine: the page is not checked in a browser")
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with playwright.sync_playwright() as started:
        opened = started.chromium.launch(executable_path=chromium, args=CHROMIUM)
        yield opened
        opened.close()


@pytest.mark.browser
@pytest.mark.parametrize("model", [TRAINED, UNTRAINED], ids=["model", "no model"])
def test_the_page_is_accessible_and_fits(browser, audit_with, frames, model, tmp_path):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed")
    made = (
        audit_with(model=model)
        if model.is_trained
        else audit_with(model=model, evaluation=frames[0].drop(columns="risk"))
    )
    path = tmp_path / "report.html"
    path.write_text(made.files["report.html"], encoding="utf-8")
    for width in (390, 1200):
        page = browser.new_page(viewport={"width": width, "height": 900})
        requests: list[str] = []
        page.on("request", lambda request, seen=requests: seen.append(request.url))
        page.goto(path.as_uri())
        assert requests == [path.as_uri()]
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    result = axe.Axe().run(page)
    assert result.violations_count == 0, result.generate_report()
