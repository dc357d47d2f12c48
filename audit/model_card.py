"""The model card: the source attributes of ONC HTI-1, filled in from the audit where a run can."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from audit.words import count, interval_words, number, percent

TEMPLATE = Path(__file__).parent / "model_card.yaml"
NOT_DONE = ("not done yet", "not filled in yet")

Document = dict[str, Any]


def build_card(document: Document) -> Document:
    """Fill in the model card.

    Parameters
    ----------
    document : dict
        From `audit.document.build_document`.

    Returns
    -------
    dict
        ``model``, ``version``, ``rule``, ``verdict``, ``attributes`` (31 of ``id``, ``section``, ``title``, ``text``,
        ``is_filled``) and ``tripod_ai`` (``item``, ``text``).
    """
    import jinja2
    import yaml

    environment = jinja2.Environment(undefined=jinja2.StrictUndefined, autoescape=False)  # noqa: S701  (plain text)
    environment.filters |= {"count": count, "number": number, "percent": percent, "with_interval": interval_words}

    def filled(text: str) -> str:
        return " ".join(environment.from_string(text).render(**document).split())

    content = yaml.safe_load(TEMPLATE.read_text(encoding="utf-8"))
    attributes = []
    for section in content["sections"]:
        for attribute in section["attributes"]:
            text = filled(attribute["text"])
            is_filled = not any(mark in text.lower() for mark in NOT_DONE)
            attributes.append(
                {
                    "id": attribute["id"],
                    "section": section["title"],
                    "title": attribute["title"],
                    "text": text,
                    "is_filled": is_filled,
                }
            )
    return {
        "schema_version": document["schema_version"],
        "model": document["model"]["name"],
        "version": document["model"]["version"],
        "generated_at": document["provenance"]["generated_at"],
        "rule": content["rule"],
        "verdict": document["verdict"]["sentence"],
        "attributes": attributes,
        "tripod_ai": [{"item": entry["item"], "text": filled(entry["text"])} for entry in content["tripod_ai"]],
    }


def write_card(card: Document) -> str:
    """Write the model card as Markdown."""
    lines = [
        f"# Model card: {card['model']}, version {card['version']}",
        "",
        f"**{card['verdict']}**",
        "",
        f"{sum(entry['is_filled'] for entry in card['attributes'])} of {len(card['attributes'])} source attributes "
        f"({card['rule']}) are filled in. Generated {card['generated_at']}.",
    ]
    section = None
    for attribute in card["attributes"]:
        if attribute["section"] != section:
            section = attribute["section"]
            lines += ["", f"## {section}"]
        lines += ["", f"**{attribute['id']} {attribute['title']}.** {attribute['text']}"]
    lines += ["", "## TRIPOD+AI items a run can fill in"]
    for entry in card["tripod_ai"]:
        lines += ["", f"**{entry['item']}.** {entry['text']}"]
    return "\n".join(lines) + "\n"
