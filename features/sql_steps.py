"""The steps of a stage: its SQL files, in the order in which they need one another."""

import re
from collections.abc import Collection, Iterable, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

from data_contracts.errors import HomewardError

COMMENT = re.compile(r"--[^\n]*")
PARAMETER = re.compile(r"\$([a-z_][a-z0-9_]*)")
VALUE_SET = re.compile(r"\breference\.([a-z_0-9]+)")
TABLE = re.compile(r"\b((?:core|cohort|features)\.[a-z_0-9]+)\b")
COMMENT_OR_TABLE = re.compile(f"{COMMENT.pattern}|{TABLE.pattern}")
STAR = re.compile(r"(?:\bselect|\bdistinct|,)\s+\*|(?:^|\(|\ball\b|\bas\b)\s*(?=from\b)")
NAMING = r"(?<!\bas )(?<!\bfrom )(?<!\bjoin )"
IN_PLACE = "in_place"


def read_steps(folder: Path, schema: str) -> dict[str, str]:
    """Read every ``<entity>.sql`` of a folder as the step that makes ``schema.entity``.

    Files in its folder ``in_place`` make no table: each reader gets their SELECT in the place of the name, and so
    pays only for the columns it takes. That is for large rows that every reader boils down at once.

    Parameters
    ----------
    folder : Path
        SQL files, one SELECT each; other folders in it are left alone.
    schema : str
        Layer of the tables.

    Returns
    -------
    dict
        Table name to statement, each after those it reads; names decide where the order is free.

    Raises
    ------
    HomewardError
        Files read one another in a circle.
    """
    in_place = _read_texts(folder / IN_PLACE, schema)
    return order_steps({step: _expand(text, in_place) for step, text in _read_texts(folder, schema).items()})


def _read_texts(folder: Path, schema: str) -> dict[str, str]:
    return {f"{schema}.{path.stem}": path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.sql"))}


def _expand(text: str, in_place: Mapping[str, str]) -> str:
    def replace(found: re.Match[str]) -> str:
        return f"(\n{in_place[found[1]]})" if found[1] in in_place else found[0]

    return COMMENT_OR_TABLE.sub(replace, text)


def order_steps(texts: Mapping[str, str]) -> dict[str, str]:
    """Put statements into the order in which they need one another; see `read_steps`."""
    sorter = TopologicalSorter({step: sorted(tables_read(text) & texts.keys()) for step, text in texts.items()})
    try:
        return {step: texts[step] for step in sorter.static_order()}
    except CycleError as error:
        circle = " -> ".join(error.args[1])
        raise HomewardError(f"SQL files read one another: {circle}", next_step="break the circle") from error


def closure(steps: Mapping[str, str], wanted: Iterable[str]) -> dict[str, str]:
    """Choose the wanted steps and those they need, in order."""
    needed, waiting = set(), [step for step in wanted if step in steps]
    while waiting:
        step = waiting.pop()
        if step not in needed:
            needed.add(step)
            waiting += tables_read(steps[step]) & steps.keys()
    return {step: text for step, text in steps.items() if step in needed}


def tables_read(text: str) -> set[str]:
    """Tables of the lake that a statement mentions."""
    return set(TABLE.findall(COMMENT.sub("", text)))


def upstream_of(steps: Mapping[str, str]) -> set[str]:
    """Tables that the statements of some steps mention and do not make."""
    return {table for text in steps.values() for table in tables_read(text)} - steps.keys()


def columns_read(texts: Iterable[str], table: str) -> set[str] | None:
    """Names of columns of a table that statements may read: never too few.

    Parameters
    ----------
    texts : iterable of str
        Statements.
    table : str
        ``schema.entity``, with or without an alias in the statements.

    Returns
    -------
    set of str, or None
        Every word that occurs under one of the table's names or under none; None, if a star may mean all columns.
    """
    words: set[str] = set()
    for text in texts:
        found = _words_read(COMMENT.sub("", text), table)
        if found is None:
            return None
        words |= found
    return words


def _words_read(text: str, table: str) -> set[str] | None:
    if table not in text or table not in TABLE.findall(text):
        return set()
    names = {table, table.split(".")[1], *re.findall(rf"\b{re.escape(table)} as (\w+)", text)}
    qualifiers = "|".join(re.escape(f"{name}.") for name in names)
    if re.search(rf"(?<![\w.])(?:{qualifiers})\*", text) or any(
        table in TABLE.findall(_rest_of_select(text, star.end())) for star in STAR.finditer(text)
    ):
        return None
    # A word that names a table or an alias is no column.
    return set(re.findall(rf"{NAMING}(?<![\w.])(?:{qualifiers})?(\w+)(?![\w.]| as \(| as materialized)", text))


def narrow(steps: Mapping[str, str], transient: Collection[str]) -> dict[str, str]:
    """Leave out the columns of transient steps that no other step may read; keys stay.

    Parameters
    ----------
    steps : mapping
        Statements of a stage.
    transient : collection of str
        Steps that nobody outside the stage reads.

    Returns
    -------
    dict
        Steps as they were; the transient ones with a SELECT of some of their columns around them.
    """
    readers: dict[str, list[str]] = {step: [] for step in steps}
    for step, text in steps.items():
        for table in tables_read(text) & steps.keys() - {step}:
            readers[table].append(text)
    return {
        step: _choose(columns_read(readers[step], step), text) if step in transient else text
        for step, text in steps.items()
    }


def _choose(names: Collection[str] | None, statement: str) -> str:
    if names is None:
        return statement
    listed = ", ".join(f"'{name}'" for name in sorted(names))
    chosen = f"lambda name: ends_with(name, '_key') or list_contains([{listed}], name)"
    return f"select columns({chosen}) from (\n{statement}\n)"  # noqa: S608  our own names


def _rest_of_select(text: str, start: int) -> str:
    """Text from a place in a SELECT to its end, without what stands in brackets."""
    depth, kept = 0, []
    for letter in text[start:]:
        depth += (letter == "(") - (letter == ")")
        if depth < 0:
            break
        kept.append(letter if depth == 0 else " ")
    return "".join(kept)


def finished_after(steps: Mapping[str, str], tables: Collection[str]) -> dict[str, list[str]]:
    """Say after which step each of some tables is read no more.

    Parameters
    ----------
    steps : mapping
        Statements in order of creation.
    tables : collection of str
        Names; those that are no step are left out.

    Returns
    -------
    dict
        Tables by the step that reads them last; by the step that makes them, when none reads them.
    """
    ours = steps.keys() & set(tables)
    last = {table: step for step, text in steps.items() for table in ours & (tables_read(text) | {step})}
    finished: dict[str, list[str]] = {}
    for table, step in last.items():
        finished.setdefault(step, []).append(table)
    return finished


def parameters_of(text: str) -> set[str]:
    """Names of the parameters that a statement mentions."""
    return set(PARAMETER.findall(COMMENT.sub("", text)))


def value_sets_of(texts: Iterable[str]) -> set[str]:
    """Names of the ``reference.*`` tables that statements mention."""
    return {name for text in texts for name in VALUE_SET.findall(COMMENT.sub("", text))}


def sources_of(steps: Mapping[str, str], step: str, kept: Collection[str]) -> set[str]:
    """Tables that a step is made from: those of other layers and kept steps, seen through steps that are not kept."""
    found: set[str] = set()
    for table in tables_read(steps[step]):
        found |= {table} if table in kept or table not in steps else sources_of(steps, table, kept)
    return found
