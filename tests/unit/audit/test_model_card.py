"""The model card: every source attribute of the rule, in its order, and honest about what was not done."""

import json

# 45 CFR 170.315(b)(11)(iv)(B): how many attributes each of its nine parts has.
ATTRIBUTES_OF_PART = {"1": 4, "2": 4, "3": 2, "4": 4, "5": 2, "6": 4, "7": 5, "8": 4, "9": 2}
ROMAN = ["i", "ii", "iii", "iv", "v"]


def test_all_31_source_attributes_in_order(audit):
    card = json.loads(audit.files["model_card.json"])
    expected = [f"{part}.{ROMAN[place]}" for part, count in ATTRIBUTES_OF_PART.items() for place in range(count)]
    assert len(expected) == 31
    assert [entry["id"] for entry in card["attributes"]] == expected
    assert all(entry["text"] for entry in card["attributes"])


def test_what_was_not_done_is_said(audit):
    card = json.loads(audit.files["model_card.json"])
    by_id = {entry["id"]: entry for entry in card["attributes"]}
    for identifier in ("6.i", "6.ii", "6.iii", "6.iv", "7.iii", "7.iv"):
        assert by_id[identifier]["text"] == "Not done yet."
        assert not by_id[identifier]["is_filled"]
    assert "Not filled in yet" in by_id["1.ii"]["text"]


def test_what_the_run_knows_is_filled_in(audit):
    by_id = {entry["id"]: entry["text"] for entry in json.loads(audit.files["model_card.json"])["attributes"]}
    assert "age_under_18: 320 of 5,000 stays left out" in by_id["4.i"]
    assert "Admissions in the last 12 months" in by_id["4.ii"]
    assert "White" in by_id["4.iii"]
    assert "18,204 stays" in by_id["4.iv"]
    assert "auroc 0.7" in by_id["7.i"]
    assert "Race:" in by_id["7.ii"]


def test_the_card_without_a_model_says_so(audit_with, frames):
    from tests.unit.audit.synthetic import UNTRAINED

    made = audit_with(evaluation=frames[0].drop(columns=["risk", "risk_logistic"]), model=UNTRAINED)
    by_id = {entry["id"]: entry["text"] for entry in json.loads(made.files["model_card.json"])["attributes"]}
    assert by_id["1.iii"].startswith("No probability yet.")
    assert by_id["4.iv"] == "Nothing was trained."


def test_markdown_has_every_attribute(audit):
    text = audit.files["model_card.md"]
    for entry in json.loads(audit.files["model_card.json"])["attributes"]:
        assert f"**{entry['id']} {entry['title']}.** {entry['text']}" in text
    assert text.startswith("# Model card: readmission-30d, version 12\n")
