"""The pages without a browser: what they show, filter, export and refuse."""

import csv
import datetime as dt
import io
import json
import re
import shutil

import pytest

from caseload.manifest import describe_caseload
from caseload.publish import mark_stale, publish
from data_contracts.published import read_current
from tests.unit.caseload.caseload_builder import AS_OF, build, frames, policy, stay
from tests.web.page_client import client_of
from tests.web.published_home import publish_demo

PATIENTS = 120


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    home = tmp_path_factory.mktemp("home")
    publish_demo(home, PATIENTS)
    return home


@pytest.fixture(scope="module")
def page(home):
    return client_of(home)


def patients(html: str) -> list[str]:
    return re.findall(r'<span class="id">([^<]+)</span>', html)


def exported(page, query: str = "") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(page.get(f"/worklist.csv{query}").text)))


def test_the_list_shows_its_day_model_and_counts(page):
    html = page.get("/").text
    assert "Mon 31 Mar 2025" in html
    assert "a LightGBM model (7)" in html
    assert f"{PATIENTS} patients" in html
    counts = [int(count) for count in re.findall(r'<span class="tier-count">(\d+)</span>', html)]
    assert sum(counts[:4]) == PATIENTS


def test_every_page_of_the_list_together_is_the_list_in_rank_order(page):
    shown = [patient for number in (1, 2, 3) for patient in patients(page.get(f"/?page={number}").text)]
    assert shown == [row["patient_id"] for row in exported(page)]
    assert len(shown) == PATIENTS


def test_a_row_says_why_what_is_needed_what_is_due_and_who(page):
    html = page.get("/?size=500").text
    for words in (
        "3 admissions in the last 12 months",
        "raises risk",
        "lowers risk",
        "Arrange meals or a food pantry",
        "PRAPARE screening",
        "Z5941",
        "Food help line",
        "<strong>Not asked:</strong>",
        "<strong>Declined to answer:</strong>",
        "overdue by",
        "does not apply",
        "Ana Ruiz",
        "no active case manager covers facility Harbor",
    ):
        assert words in html, words


@pytest.mark.parametrize(
    ("query", "fits"),
    [
        ("?manager=cm-2", lambda row: row["case_manager_id"] == "cm-2"),
        ("?manager=-", lambda row: row["case_manager_id"] == ""),
        ("?tier=1", lambda row: row["tier"] == "1"),
        ("?facility=Harbor", lambda row: row["facility_id"] == "Harbor"),
        ("?domain=food", lambda row: "food: " in row["needs"]),
        ("?overdue=yes", lambda row: row["overdue"] == "true"),
        ("?q=p0001", lambda row: "P0001" in row["patient_id"]),
        ("?tier=1&facility=North", lambda row: row["tier"] == "1" and row["facility_id"] == "North"),
    ],
)
def test_filters_show_and_export_the_same_rows(page, query, fits):
    expected = [row["patient_id"] for row in exported(page) if fits(row)]
    assert 0 < len(expected) < PATIENTS
    assert patients(page.get(f"/{query}&size=500").text) == expected
    assert [row["patient_id"] for row in exported(page, query)] == expected


@pytest.mark.parametrize("sort", ["rank", "patient", "tier", "risk", "due", "needs", "manager"])
def test_each_order_and_its_reverse_hold_the_same_patients(page, sort):
    one = patients(page.get(f"/?sort={sort}&size=500").text)
    other = patients(page.get(f"/?sort={sort}&dir=desc&size=500").text)
    assert one != other
    assert sorted(one) == sorted(other)
    assert 'aria-sort="descending"' in page.get(f"/?sort={sort}&dir=desc").text


def test_order_by_due_day_begins_with_the_longest_overdue(page):
    html = page.get("/?sort=due&size=500").text
    days = [int(day) for day in re.findall(r'class="due overdue">\w[\w ]* overdue by (\d+) day', html)]
    assert days
    assert days == sorted(days, reverse=True)


@pytest.mark.parametrize(
    "query", ["?page=x&size=7&sort=evil&dir=up&tier=<b>", "?page=999", "?page=-3", "?q=" + "x" * 999]
)
def test_senseless_queries_fall_back(page, query):
    answer = page.get(f"/{query}")
    assert answer.status_code == 200
    assert "<b>" not in answer.text


def test_no_match_says_so_and_offers_the_way_back(page):
    html = page.get("/?q=nobody").text
    assert "No patient matches these filters" in html
    assert patients(html) == []


def test_what_stands_in_the_list_is_escaped(tmp_path):
    rows = [stay("<script>alert(1)</script>", facility_id='"><img src=x>')]
    made = build(rows)
    publish(tmp_path, AS_OF, "r", made.worklist, frames(rows)["scores"], describe_caseload(made, policy()))
    html = client_of(tmp_path).get("/").text
    assert "<script>alert" not in html
    assert "<img src=x>" not in html
    assert "&lt;script&gt;alert(1)" in html


def test_export_is_a_download_named_after_the_day_and_equals_the_published_file(page, home):
    answer = page.get("/worklist.csv")
    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.headers["content-disposition"] == 'attachment; filename="homeward-2025-03-31.csv"'
    assert answer.content == read_current(home).read("worklist.csv")


def test_staff_page_shows_load_and_who_waits(page, home):
    html = page.get("/staff").text
    for one in read_current(home).manifest["managers"]:
        assert one["case_manager_name"] in html
        assert f"/?manager={one['case_manager_id']}" in html
    assert "Tiers 1 and 2 without a case manager" in html
    assert "no active case manager covers facility Harbor" in html


def test_about_page_names_run_policy_and_who_was_left_out(page):
    html = page.get("/about").text
    for words in ("run-demo", policy().policy_version, "Discharged to hospice", "In hospital"):
        assert words in html


def test_health_is_ok_stale_missing_or_broken(tmp_path):
    client = client_of(tmp_path)
    assert (client.get("/health").status_code, client.get("/health").json()) == (503, {"status": "no_list"})
    folder = publish_demo(tmp_path, 5)
    assert client.get("/health").json() == {"status": "ok", "as_of": "2025-03-31", "run_id": "run-demo"}
    mark_stale(tmp_path, "contract_failed", "core.encounter is empty", AS_OF + dt.timedelta(days=1))
    assert client.get("/health").json()["reason_code"] == "contract_failed"
    shutil.rmtree(folder)
    assert (client.get("/health").status_code, client.get("/health").json()) == (503, {"status": "broken"})


def test_no_list_yet_is_a_friendly_page_and_the_first_list_shows_without_a_restart(tmp_path):
    client = client_of(tmp_path)
    answer = client.get("/")
    assert answer.status_code == 503
    assert "No list yet" in answer.text
    assert "homeward demo" in answer.text
    publish_demo(tmp_path, 5)
    assert client.get("/").status_code == 200
    publish_demo(tmp_path, 7, AS_OF + dt.timedelta(days=1), "run-next")
    assert len(patients(client.get("/").text)) == 7


def test_a_stale_list_says_what_was_wrong(tmp_path):
    publish_demo(tmp_path, 5)
    assert 'role="alert"' not in client_of(tmp_path).get("/").text
    mark_stale(tmp_path, "contract_failed", "core.encounter: 12 of 80 rows rejected", AS_OF + dt.timedelta(days=1))
    for address in ("/", "/staff", "/about"):
        html = client_of(tmp_path).get(address).text
        assert "This list is not up to date." in html
        assert "core.encounter: 12 of 80 rows rejected" in html
        assert "Tue 1 Apr 2025" in html


def test_a_changed_file_is_not_shown(tmp_path):
    folder = publish_demo(tmp_path, 5)
    (folder / "worklist.parquet").write_bytes(b"PAR1")
    answer = client_of(tmp_path).get("/")
    assert answer.status_code == 503
    assert "differs from its SHA-256" in answer.text


def test_an_empty_list_is_not_a_failure(tmp_path):
    rows = [stay("a", discharge_date=None, is_scorable=False, risk=None)]
    made = build(rows)
    publish(tmp_path, AS_OF, "r", made.worklist, frames(rows)["scores"], describe_caseload(made, policy()))
    answer = client_of(tmp_path).get("/")
    assert answer.status_code == 200
    assert "No patient is on today&#39;s list" in answer.text or "No patient is on today's list" in answer.text
    assert "No case manager is on this list" in client_of(tmp_path).get("/staff").text


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "", "127.0.0.1:80:90", "localhost.evil:8000"]
)
def test_other_hosts_are_refused(page, host):
    answer = page.get("/", headers={"host": host})
    assert answer.status_code == 421
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.1:9999", "localhost:8000", "[::1]:8000", "LOCALHOST"])
def test_this_machine_is_answered(page, host):
    assert page.get("/health", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "address", ["/", "/staff", "/about", "/worklist.csv", "/health", "/static/style.css", "/nowhere"]
)
def test_every_answer_carries_the_security_headers(page, address):
    headers = page.get(address).headers
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "no-referrer"
    rules = headers["content-security-policy"]
    assert "default-src 'none'" in rules
    assert "unsafe" not in rules
    assert "http" not in rules


def test_pages_load_nothing_from_outside_and_carry_no_inline_code(page):
    for address in ("/", "/staff", "/about", "/nowhere"):
        html = page.get(address).text
        assert not re.findall(r'(?:src|href|action)="(?:https?:)?//', html)
        assert not re.findall(r"<style|<script(?![^>]*src=)|\son\w+=|\sstyle=", html)


def test_unknown_pages_and_methods_are_refused_kindly(page):
    assert page.get("/nowhere").status_code == 404
    assert "There is no such page" in page.get("/nowhere").text
    assert page.post("/").status_code == 405
    assert page.get("/docs").status_code == 404
    assert page.get("/static/../app.py").status_code == 404


def test_an_unforeseen_error_shows_nothing_of_itself(tmp_path):
    folder = publish_demo(tmp_path, 5)
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["managers"] = [{"case_manager_id": "SECRET-VALUE"}]
    (folder / "manifest.json").write_text(json.dumps(manifest))
    answer = client_of(tmp_path).get("/staff")
    assert answer.status_code == 500
    assert "Something went wrong here" in answer.text
    assert "SECRET-VALUE" not in answer.text
