"""The tables page says what a contract promises, in words."""

from data_contracts.contract import Contract
from data_contracts.pages import render_tables

VISIT = {
    "table": "core.visit",
    "description": "Visits.",
    "grain": "one row per visit",
    "owner": "data-engineering",
    "source": "visits",
    "required": True,
    "key": ["visit_id"],
    "version": "updated_at",
    "reject_limit": 0.02,
    "columns": [
        {"name": "visit_key", "type": "int", "derived": True, "present": True, "min": 1, "description": "Number."},
        {"name": "visit_id", "type": "id", "required": True, "present": True, "description": "Id."},
        {"name": "site_id", "type": "id", "required": True, "description": "Site."},
        {"name": "kind", "type": "enum", "values": ["a", "b"], "description": "Kind."},
        {"name": "share", "type": "float", "min": 0, "max": 1, "unit": "share", "description": "Share."},
        {"name": "code", "type": "code", "pattern": "A|B", "max": 9, "description": "Code."},
        {"name": "name", "type": "text", "identifying": True, "description": "Name."},
        {"name": "updated_at", "type": "ts", "landing_only": True, "description": "When."},
    ],
    "rules": [
        {"name": "odd", "columns": ["share"], "when": "share >\n 2", "severity": "warn", "sets_missing": "share"},
        {"name": "twice", "columns": ["kind"], "when": "kind = 'a'", "once_per": ["site_id"]},
    ],
    "references": [{"columns": ["site_id"], "to": "core.site", "rule": "orphan_site"}],
}
PAGE = r"""
### core.visit

Visits. Grain: one row per visit. Key: `visit_id`. Owner: data-engineering. Landing table: `visits`, required; limit of rejected rows 2%. The newest `updated_at` of a key counts.

| column | type | landing | promise | meaning |
|---|---|---|---|---|
| `visit_key` | int | · | always there; at least 1 | Number. |
| `visit_id` | id | ! | always there | Id. |
| `site_id` | id | \* |  | Site. |
| `kind` | enum | o | one of a, b | Kind. |
| `share` | float, share | o | 0 to 1 | Share. |
| `code` | code | o | at most 9; `A\|B` | Code. |
| `name` | text | o | *identifying* | Name. |
| `updated_at` | ts | o | read, not stored | When. |

- `odd` (warn, sets `share` to missing): a row is bad when `share > 2`
- `twice` (reject): a row is bad when `kind = 'a'`, from the second per `site_id` on
- `orphan_site` (reject): `site_id` must be in `core.site`
"""  # noqa: E501  a page's lines are as long as they are


def contract(**changes) -> Contract:
    return Contract.model_validate(VISIT | changes)


def test_a_core_table():
    page = render_tables({"core.visit": contract()})
    assert page.endswith("## core\n\nChecked tables. Each is fed by one table of the landing folder.\n" + PAGE)
    assert "| [core](#core) | [visit](#corevisit) |" in page


def test_a_derived_table_has_no_landing():
    derived = contract(
        table="scores.visit", source=None, version=None, key=[], columns=VISIT["columns"][:1], rules=[], references=[]
    )
    page = render_tables({"scores.visit": derived})
    assert "Visits. Grain: one row per visit. No key. Owner: data-engineering.\n" in page
    assert "| column | type | promise | meaning |\n|---|---|---|---|\n" in page
    assert "| `visit_key` | int | always there; at least 1 | Number. |\n" in page


def test_layers_in_the_order_of_the_flow_and_unknown_ones_last():
    tables = {name: contract(table=name) for name in ("later.a", "scores.a", "core.b", "core.a", "cohort.a")}
    found = [line for line in render_tables(tables).splitlines() if line.startswith("##")]
    assert found == [
        "## core",
        "### core.a",
        "### core.b",
        "## cohort",
        "### cohort.a",
        "## scores",
        "### scores.a",
        "## later",
        "### later.a",
    ]
