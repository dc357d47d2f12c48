"""Mutants of a SQL statement: one comparison, boundary or choice changed at a time, by rule."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

TOKEN = re.compile(
    r"(?P<space>\s+|--[^\n]*)|(?P<text>'(?:[^']|'')*')|(?P<number>\d+(?:\.\d+)?)|(?P<name>\$?[A-Za-z_]\w*)"
    r"|(?P<mark><=|>=|<>|!=|::|\|\||<<|>>|:=|.)",
    re.DOTALL,
)
COMPARISONS = {"<": "<=", "<=": "<", ">": ">=", ">=": ">", "=": "<>", "<>": "="}
OTHER_WORDS = {
    "min": "max", "max": "min", "arg_min": "arg_max", "arg_max": "arg_min", "min_by": "max_by", "max_by": "min_by",
    "least": "greatest", "greatest": "least", "bool_or": "bool_and", "bool_and": "bool_or", "lead": "lag",
    "lag": "lead", "true": "false", "false": "true", "desc": "asc", "asc": "desc", "preceding": "following",
}  # fmt: skip
OTHER_TEXTS = {"'infinity'": "'-infinity'", "'-infinity'": "'infinity'"}
ENDS_OF_CLAUSE = {
    "and", "or", ")", ",", "]", "as", "then", "else", "end", "group", "order", "where", "join", "left", "cross", "anti",
    "qualify", "having", "union", "limit", "window", "when",
}  # fmt: skip
YES_OR_NO = {"exists", "list_contains", "starts_with", "contains", "regexp_matches"}
CONDITION_STARTS = {"where", "when", "having", "qualify"}
FLAG = re.compile(r"^(is|has|was|needs)_")
LARGEST_NUMBER = 100_000
"""Numbers above stand for "no limit"."""


@dataclass(frozen=True)
class Token:
    """A word, number, text or mark of a statement, and where it stands."""

    kind: str
    text: str
    start: int

    @property
    def end(self) -> int:
        """Where the next one begins at the earliest."""
        return self.start + len(self.text)

    @property
    def word(self) -> str:
        """The word in lower case."""
        return self.text.lower()


@dataclass(frozen=True)
class Mutant:
    """A statement with one thing changed."""

    line: int
    was: str
    now: str
    text: str
    code: str
    """The line that was changed, for people."""
    number: int = 1
    """Which of those that read the same."""

    @property
    def name(self) -> str:
        """What tells it from the other mutants of its file even when lines move."""
        again = f" (number {self.number})" if self.number > 1 else ""
        return f"{self.was} -> {self.now} in: {self.code}{again}"


class Statement:
    """The tokens of a statement, and what stands around them."""

    def __init__(self, text: str) -> None:
        self.text = text
        found = [Token(str(match.lastgroup), match.group(), match.start()) for match in TOKEN.finditer(text)]
        self.tokens = [token for token in found if token.kind != "space"]

    def word(self, at: int) -> str:
        """The word at a place, "" outside the statement."""
        return self.tokens[at].word if 0 <= at < len(self.tokens) else ""

    def change(self, first: int, last: int, now: str) -> Mutant:
        """Replace the tokens from first to last."""
        start, end = self.tokens[first].start, self.tokens[last].end
        line_start = self.text.rfind("\n", 0, start) + 1
        code = self.text[line_start:].split("\n", 1)[0].strip()
        was = " ".join(self.text[start:end].split())
        changed = f"{self.text[:start]}{now}{self.text[end:]}"
        return Mutant(self.text.count("\n", 0, start) + 1, was, " ".join(now.split()), changed, code)

    def clause(self, at: int) -> int:
        """The last token of the expression that begins at a place."""
        depth = 0
        while at < len(self.tokens):
            word = self.word(at)
            if depth == 0 and word in ENDS_OF_CLAUSE:
                break
            depth += (word in "([{") - (word in ")]}")
            at += 1
        return at - 1

    def operand(self, at: int) -> int:
        """The first token of the name or call that ends at a place."""
        if self.word(at) == ")":
            depth = 1
            while depth:
                at -= 1
                depth += (self.word(at) == ")") - (self.word(at) == "(")
            return at - 1 if self.tokens[at - 1].kind == "name" else at
        while self.word(at - 1) in (".", "::"):
            at -= 2
        return at


def mutants_of(text: str) -> list[Mutant]:
    """Make all mutants of a statement, in the order of their places.

    Parameters
    ----------
    text : str
        One SELECT.

    Returns
    -------
    list of Mutant
        No two with the same text.
    """
    statement = Statement(text)
    found = {mutant.text: mutant for rule in RULES for mutant in rule(statement)}
    found.pop(text, None)
    seen = Counter[str]()
    numbered = []
    for mutant in sorted(found.values(), key=lambda mutant: (mutant.line, mutant.name)):
        seen[mutant.name] += 1
        numbered.append(replace(mutant, number=seen[mutant.name]))
    return numbered


def change_comparisons(statement: Statement) -> Iterator[Mutant]:
    """Take the other side of a boundary; equality of two columns of one name is a join, not a comparison."""
    for at, token in enumerate(statement.tokens):
        if token.kind == "mark" and token.text in COMPARISONS and not _is_join(statement, at):
            yield statement.change(at, at, COMPARISONS[token.text])


def change_between(statement: Statement) -> Iterator[Mutant]:
    """Leave out the lower or the upper end."""
    for at in range(len(statement.tokens)):
        if statement.word(at) != "between" or statement.word(at - 1) == "rows":
            continue
        first, middle = statement.operand(at - 1), statement.clause(at + 1) + 1
        last = statement.clause(middle + 1)
        value, low, high = (
            statement.text[statement.tokens[a].start : statement.tokens[b].end]
            for a, b in ((first, at - 1), (at + 1, middle - 1), (middle + 1, last))
        )
        yield statement.change(first, last, f"({value} > {low} and {value} <= {high})")
        yield statement.change(first, last, f"({value} >= {low} and {value} < {high})")


def change_logic(statement: Statement) -> Iterator[Mutant]:
    """Turn and into or, or into and, within conditions of rows; drop or add a not."""
    for at, in_condition in _conditions(statement):
        word = statement.word(at)
        if in_condition and word in ("and", "or"):
            yield statement.change(at, at, "or" if word == "and" else "and")
        if word == "not":
            yield statement.change(at, at, "")
        if word == "in" and statement.word(at + 1) == "(":
            yield statement.change(at, at, "not in")
        if word == "is" and statement.word(at + 1) != "not":
            yield statement.change(at, at, "is not")
        if word in YES_OR_NO and statement.word(at + 1) == "(" and statement.word(at - 1) != "not":
            yield statement.change(at, at, f"not {word}")


def change_flags(statement: Statement) -> Iterator[Mutant]:
    """Turn round a yes-or-no column where it decides."""
    for at, token in enumerate(statement.tokens):
        first = statement.operand(at)
        before, after = statement.word(first - 1), statement.word(at + 1)
        decides = before in {"where", "and", "or", "when", "on"} or statement.word(first - 2) == "if"
        if token.kind == "name" and FLAG.match(token.word) and decides and after in ENDS_OF_CLAUSE | {""}:
            yield statement.change(first, at, f"not {statement.text[statement.tokens[first].start : token.end]}")


def change_numbers(statement: Statement) -> Iterator[Mutant]:
    """One more than a whole number; plus for minus and minus for plus."""
    for at, token in enumerate(statement.tokens):
        is_whole = token.kind == "number" and "." not in token.text and int(token.text) < LARGEST_NUMBER
        if is_whole and statement.word(at - 1) not in ("select", "by"):
            yield statement.change(at, at, str(int(token.text) + 1))
        if (
            token.text in "+-"
            and statement.tokens[at - 1].kind in ("name", "number")
            or (token.text in "+-" and statement.word(at - 1) == ")")
        ):
            yield statement.change(at, at, "-" if token.text == "+" else "+")


def change_words(statement: Statement) -> Iterator[Mutant]:
    """Take the other of two words: least and greatest, up and down, true and false; and what left join leaves out."""
    for at, token in enumerate(statement.tokens):
        is_word = token.kind == "name" and token.word in OTHER_WORDS and statement.word(at - 1) not in (".", "as")
        if is_word and not _is_pivot(statement, at):
            yield statement.change(at, at, OTHER_WORDS[token.word])
        if token.text in OTHER_TEXTS:
            yield statement.change(at, at, OTHER_TEXTS[token.text])
        if token.word == "nulls":
            yield statement.change(at + 1, at + 1, "last" if statement.word(at + 1) == "first" else "first")
        if token.word == "distinct" and statement.word(at - 1) == "(":
            yield statement.change(at, at, "")
        if token.word == "left" and statement.word(at + 1) == "join":
            yield statement.change(at, at, "")


def change_lists(statement: Statement) -> Iterator[Mutant]:
    """Keep only the first or only the last of what coalesce tries; leave one out of what in lists."""
    for at in range(len(statement.tokens) - 1):
        if statement.word(at + 1) != "(" or statement.word(at) not in ("coalesce", "in"):
            continue
        parts = _parts(statement, at + 2)
        if len(parts) == 1:
            continue
        texts = [statement.text[statement.tokens[a].start : statement.tokens[b].end] for a, b in parts]
        if statement.word(at) == "coalesce":
            yield statement.change(parts[0][0], parts[-1][1], texts[0])
            yield statement.change(parts[0][0], parts[-1][1], texts[-1])
        elif all(statement.tokens[a].kind in ("text", "number") for a, _ in parts):
            for number in range(len(texts)):
                kept = texts[:number] + texts[number + 1 :]
                yield statement.change(parts[0][0], parts[-1][1], ", ".join(kept))


RULES = (
    change_comparisons, change_between, change_logic, change_flags, change_numbers, change_words, change_lists,
)  # fmt: skip


def _is_pivot(statement: Statement, at: int) -> bool:
    """Say whether ``max(x) filter`` stands at a place: it takes the one row of a kind, not the largest of many."""
    if statement.word(at) != "max" or statement.word(at + 1) != "(":
        return False
    return statement.word(statement.clause(at + 2) + 2) == "filter"


def _is_join(statement: Statement, at: int) -> bool:
    """Say whether ``a.x = b.x`` stands at a place."""
    is_equal = statement.word(at) == "=" and statement.word(at + 2) == "." and statement.word(at - 2) == "."
    return is_equal and statement.word(at - 1) == statement.word(at + 3)


def _conditions(statement: Statement) -> Iterator[tuple[int, bool]]:
    """Give every place with whether it stands in a where, when, having or qualify; between's and does not count."""
    inside = [False]
    is_between = False
    for at in range(len(statement.tokens)):
        word = statement.word(at)
        if word in "([{":
            inside.append(inside[-1] and word == "(" and statement.word(at + 1) not in ("select", "from"))
        elif word in ")]}":
            inside.pop()
        elif word in CONDITION_STARTS:
            inside[-1] = True
        elif word in ("then", "group", "order", "union", "select", "from", "join", "on"):
            inside[-1] = False
        is_between = is_between or word == "between"
        yield at, inside[-1] and not (is_between and word == "and")
        if word == "and":
            is_between = False


def _parts(statement: Statement, at: int) -> list[tuple[int, int]]:
    """First and last token of each part of a list that begins at a place."""
    parts, depth, first = [], 0, at
    while True:
        word = statement.word(at)
        if depth == 0 and word in (",", ")"):
            parts.append((first, at - 1))
            first = at + 1
            if word == ")":
                return parts
        depth += (word in "([{") - (word in ")]}")
        at += 1
