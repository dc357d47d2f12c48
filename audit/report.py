"""The report as one HTML page that needs nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from audit.charts import figures
from audit.charts.hospitals import draw_hospitals
from audit.words import bounds, count, interval_words, number, percent, percent_bounds, plural

TEMPLATES = Path(__file__).parent / "templates"

Document = dict[str, Any]


def render_report(document: Document) -> str:
    """Render report.html.

    Parameters
    ----------
    document : dict
        From `audit.document.build_document`.

    Returns
    -------
    str
        HTML with its style and pictures inside; no script, nothing loaded from outside.
    """
    import jinja2
    from markupsafe import Markup

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters |= {
        "count": count,
        "percent": percent,
        "number": number,
        "with_interval": interval_words,
        "bounds": bounds,
        "percent_bounds": percent_bounds,
        "plural": plural,
    }
    pictures = {name: Markup(svg) for name, svg in draw_figures(document).items()}  # noqa: S704  (our own SVG, escaped)
    style = Markup((TEMPLATES / "report.css").read_text(encoding="utf-8"))  # noqa: S704  (a file of this package)
    return environment.get_template("report.html.j2").render(**document, figures=pictures, style=style) + "\n"


def draw_figures(document: Document) -> dict[str, str]:
    """Draw the pictures that the document has data for; by name."""
    performance = document["performance"]
    pictures: dict[str, str] = {}
    if performance["roc"]:
        pictures["roc"] = figures.draw_roc(performance)
    if any(part["rows"] for part in document["risk_distribution"]):
        pictures["risks"] = figures.draw_distribution(
            document["risk_distribution"], document["evaluation"]["risk_at_capacity"]
        )
    if performance["calibration_curve"]:
        pictures["calibration"] = figures.draw_calibration(performance["calibration_curve"], document["tenths"])
    if performance["decision_curve"]:
        pictures["decision"] = figures.draw_decision_curve(performance["decision_curve"])
        pictures["realised"] = figures.draw_decision_curve(performance["decision_curve"], realised=True)
    if performance["capacity"]:
        labels = {name: performance["scores"][name]["label"] for name in performance["capacity"][0]["lists"]}
        pictures["capacity"] = figures.draw_capacity(performance["capacity"], labels)
    if sum(month["rows"] is not None for month in document["months"]) > 1:
        pictures["months"] = figures.draw_months(document["months"])
    ratios = [entry for entry in document["hospital_ratio"]["hospitals"] if entry["ratio"].low is not None]
    if len(ratios) > 1:
        pictures["hospitals"] = draw_hospitals(ratios)
    return pictures
