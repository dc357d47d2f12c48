"""The pages keep their word: links lead somewhere, commands exist, generated pages are current, messages are real."""

import argparse
import re

import pytest
import yaml

from pipelines.cli import build_parser
from tests.docs.commands import PROJECT, commands, name, pages

PAGES = pages()
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
# Where packages and people's files live on one machine or in one company: none of it belongs in a page.
PLACES = re.compile(
    r"/(?:home|root|Users|work|tmp|mnt|srv|opt)/\w|[A-Z]:\\|pyp[i]\.org|python[h]osted|artifactory|index-url\s+\S*://",
    re.IGNORECASE,
)


def anchors(text: str) -> set[str]:
    """Anchors of a page's headings, as GitHub makes them."""
    plain = (re.sub(r"[^\w\- ]", "", title.lower()) for title in HEADING.findall(text))
    return {title.replace(" ", "-") for title in plain}


def broken_links(page) -> list[str]:
    broken = []
    for target in LINK.findall(page.read_text("utf-8")):
        if "://" in target or target.startswith("mailto:"):
            continue
        path, _, anchor = target.partition("#")
        other = (page.parent / path).resolve() if path else page
        is_there = other.exists() and (not anchor or anchor in anchors(other.read_text("utf-8")))
        broken += [] if is_there else [target]
    return broken


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_relative_links_lead_somewhere(page):
    assert broken_links(page) == []


def test_broken_links_are_found(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("# A title\n[here](#a-title) [gone](none.md) [no](#other) [out](https://example.org)", "utf-8")
    assert broken_links(page) == ["none.md", "#other"]


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_names_no_machine_and_no_registry(page):
    assert PLACES.findall(page.read_text("utf-8")) == []


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_homeward_commands_parse(page, capsys):
    for words in commands(page.read_text("utf-8"), "homeward"):
        if words and not {"--help"} & set(words) and len(words) > 1:
            try:
                build_parser().parse_args(words)
            except SystemExit:
                pytest.fail(f"homeward {' '.join(words)}: {capsys.readouterr().err}")


def known_commands() -> set[str]:
    subparsers = next(a for a in build_parser()._actions if isinstance(a, argparse._SubParsersAction))
    return set(subparsers.choices)


def test_every_command_is_in_the_docs():
    shown = {words[0] for page in PAGES for words in commands(page.read_text("utf-8"), "homeward") if words}
    assert known_commands() - shown == set()
    assert shown - known_commands() == {"--help"}


def test_make_targets_exist():
    targets = set(re.findall(r"^([a-z-]+):", (PROJECT / "Makefile").read_text("utf-8"), re.MULTILINE))
    shown = {words[0] for page in PAGES for words in commands(page.read_text("utf-8"), "make") if words}
    assert {"demo", "test", "lint", "serve"} <= shown
    assert shown - targets == set()


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_modules_to_run_exist(page):
    called = [words[1] for words in commands(page.read_text("utf-8"), "python") if words[:1] == ["-m"]]
    paths = [PROJECT.joinpath(*module.split(".")) for module in called]
    assert [p for p in paths if not p.with_suffix(".py").exists() and not (p / "__main__.py").exists()] == []


def test_settings_shown_exist():
    from pipelines.settings import load_settings

    calls = [words for page in PAGES for words in commands(page.read_text("utf-8"), "homeward")]
    shown = [
        w for words in calls for before, w in zip(words, words[1:], strict=False) if before == "--set" and "=" in w
    ]
    assert len(shown) >= 4
    load_settings(dict(pair.split("=", 1) for pair in shown))
    policy = yaml.safe_load((PROJECT / "config" / "policy.yaml").read_text("utf-8"))
    text = (PROJECT / "docs" / "how-to" / "settings-and-policy.md").read_text("utf-8")
    for path in {*re.findall(r"policy\.([\w.]+)", " ".join(shown)), *re.findall(r"`policy\.(\w+)`", text)}:
        found = policy
        for key in path.split("."):
            found = found[key]


def test_tables_page_is_current():
    from data_contracts.contract import load_contracts
    from data_contracts.pages import render_tables

    page = PROJECT / "docs" / "reference" / "tables.md"
    assert page.read_text("utf-8") == render_tables(load_contracts(PROJECT / "data_contracts")), (
        "run `python -m data_contracts.pages`"
    )


def test_features_page_is_current():
    from features.catalogue import load_catalogue, render_catalogue

    page = PROJECT / "docs" / "reference" / "features.md"
    assert page.read_text("utf-8") == render_catalogue(load_catalogue()), "run `python -m features.catalogue`"


def test_landing_columns_of_the_how_to_are_those_of_the_contracts():
    from data_contracts.contract import load_contracts

    contracts = load_contracts(PROJECT / "data_contracts" / "core").values()
    expected = {
        c.source: [column.name for column in c.landing_columns if column.must_exist] for c in contracts if c.required
    }
    text = (PROJECT / "docs" / "how-to" / "own-data.md").read_text("utf-8")
    rows = re.findall(r"^\| `(\w+)` \| (.+) \|$", text, re.MULTILINE)
    assert {table: re.findall(r"`(\w+)`", columns) for table, columns in rows} == expected


def test_the_index_names_every_page():
    index = (PROJECT / "docs" / "README.md").read_text("utf-8")
    shown = {(PROJECT / "docs" / link.split("#")[0]).resolve() for link in LINK.findall(index)}
    decisions = PROJECT / "docs" / "adr"
    wanted = {p for p in (PROJECT / "docs").rglob("*.md") if decisions not in p.parents} - {
        PROJECT / "docs" / "README.md"
    }
    assert {name(page) for page in wanted - shown} == set()


def test_readme_fits_three_screens():
    assert len((PROJECT / "README.md").read_text("utf-8").splitlines()) <= 120


@pytest.mark.parametrize("picture", ["worklist.png", "report.png"])
def test_pictures_are_small(picture):
    path = PROJECT / "docs" / "images" / picture
    assert path.read_bytes()[:4] == b"\x89PNG"
    assert path.stat().st_size < 300_000
