"""Make each table once for the same content behind it, so that a mutant costs only what it changes."""

from __future__ import annotations

import hashlib
import pickle
import re
import threading
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import duckdb
import pytest

from features.sql_steps import order_steps, parameters_of, tables_read
from tests.generative import sql_stage
from tests.naive import History

NOT_A_STATEMENT = (duckdb.ParserException, duckdb.BinderException, duckdb.CatalogException)
LONGEST_SECONDS = 60.0
"""A run of steps that takes longer (a join without its condition) is broken off and counts as noticed."""
LONG_HISTORY = 500
COMMENT = re.compile(r"--[^\n]*")
TABLE_AND_ALIAS = re.compile(r"\b((?:core|cohort|features)\.[a-z_0-9]+)\b(\s+as\b)?")


class Unchanged(pytest.skip.Exception):
    """The test at hand would see what it has passed on."""


class StepCache:
    """Stands in for what the tests do with a database while mutants are tried.

    All tests share one database. Every table that was ever made stands in the schema ``made`` under a hash of what made
    it, and is shown under its own name as a view. A step is made again only when its text, its parameters or the
    content of a table that it reads is new, and a test on a hospital in which a mutant changes nothing is skipped.
    """

    def __init__(self) -> None:
        self.database = sql_stage.connect()
        self.database.execute("create schema made; create schema cohort; create schema features")
        self.content: dict[str, str] = {}
        """Of every made table, what it holds."""
        self.holder: dict[str, str] = {}
        """Of every content, the table that holds it."""
        self.current: dict[str, str] = {}
        """Of every step and core table, the content it has now."""
        self.shown: dict[str, str] = {}
        """And the content that its view shows."""
        self.hashes: dict[int, tuple[object, str]] = {}
        self.loads: dict[str, dict[str, str]] = {}
        self.mutated: Mapping[str, str] = {}
        """The right texts of the steps that are changed."""
        self.may_skip = False
        self.runs = 0
        """How often steps were run to their end."""
        self.is_stillborn = False
        """Whether a changed text was no valid SQL: no mutant, whatever the tests say."""

    def connect(self) -> duckdb.DuckDBPyConnection:
        """Open the shared database once more."""
        return self.database.cursor()

    def run_steps(
        self,
        con: duckdb.DuckDBPyConnection,
        steps: Mapping[str, str],
        parameters: Mapping[str, object],
        change: sql_stage.ChangeSql = sql_stage.leave_alone,
    ) -> None:
        """Show each step's table, made now or before.

        Raises
        ------
        Unchanged
            The mutant gives in this hospital what the right text gives.
        """
        timer = threading.Timer(LONGEST_SECONDS, con.interrupt)
        timer.start()
        try:
            self._settle(con, _in_order(tuple(steps.items())), parameters, change)
        finally:
            timer.cancel()
        for step in steps:
            self._show(con, step)

    def _settle(
        self,
        con: duckdb.DuckDBPyConnection,
        steps: Mapping[str, str],
        parameters: Mapping[str, object],
        change: sql_stage.ChangeSql,
    ) -> None:
        may_differ = set(self.mutated) if self.may_skip else set()
        for step, unchanged in steps.items():
            text = change(step, unchanged)
            reads, needs = _inputs(text)
            named = {name: parameters[name] for name in needs}
            inputs = {table: self.current[table] for table in reads if table != step}
            key = _hash((step, text, sorted(named.items()), inputs))
            if key not in self.content:
                self._make(con, step, key, self._with_holders(text), named)
            self.current[step] = self.content[key]
            if step in may_differ:
                right = _hash((step, self.mutated[step], sorted(named.items()), inputs))
                if self.content.get(right) == self.content[key]:
                    may_differ.remove(step)
                if not may_differ:
                    raise Unchanged
        self.runs += 1

    def _with_holders(self, text: str) -> str:
        """Read the tables that hold the current contents instead of views of them."""

        def holder(found: re.Match[str]) -> str:
            table = f"made.t_{self.holder[self.current[found[1]]]}"
            return f"{table}{found[2]}" if found[2] else f"{table} as {found[1].split('.')[1]}"

        return TABLE_AND_ALIAS.sub(holder, COMMENT.sub("", text))

    def loading(self, load: Callable[..., None], rows_of: Callable[..., tuple[object, ...]]) -> Callable[..., None]:
        """Wrap a function that creates core tables: rows seen before are shown again."""

        def load_or_show(*arguments: Any, **named: Any) -> None:
            con = next(one for one in arguments if isinstance(one, duckdb.DuckDBPyConnection))
            key = self._hash_rows(rows_of(*arguments, **named))
            if key not in self.loads:
                con.execute("drop schema if exists core cascade")
                load(*arguments, **named)
                self.loads[key] = {}
                for (table,) in con.execute(
                    "select table_name from duckdb_tables() where schema_name = 'core'"
                ).fetchall():
                    made = _hash((key, table))
                    self._make(con, f"core.{table}", made, f"from core.{table}", {})
                    self.loads[key][f"core.{table}"] = self.content[made]
                con.execute("drop schema core cascade; create schema core")
                self.shown = {table: content for table, content in self.shown.items() if not table.startswith("core.")}
            self.current |= self.loads[key]
            for table in self.loads[key]:
                self._show(con, table)

        return load_or_show

    def forget(self, kept: set[str]) -> None:
        """Drop the tables that are not among the kept; their views are replaced by whoever runs next."""
        for key in self.content.keys() - kept:
            content = self.content.pop(key)
            if self.holder.get(content) == key:
                self.database.execute(f"drop table made.t_{key}")
                del self.holder[content]
        self.shown = {table: content for table, content in self.shown.items() if content in self.holder}
        self.current = {table: content for table, content in self.current.items() if content in self.holder}
        self.is_stillborn = False

    def _hash_rows(self, rows: tuple[object, ...]) -> str:
        """Hash the rows to load; of a long history, which comes again and again, only once."""
        first, *others = rows
        if not isinstance(first, History) or len(first.encounters) < LONG_HISTORY:
            return _hash(rows)
        if id(first) not in self.hashes:
            self.hashes[id(first)] = first, _hash(first)
        return _hash((self.hashes[id(first)][1], others))

    def _make(
        self, con: duckdb.DuckDBPyConnection, table: str, key: str, text: str, named: Mapping[str, object]
    ) -> None:
        try:
            con.execute(f"create table made.t_{key} as {text}", dict(named))
        except NOT_A_STATEMENT:
            self.is_stillborn = True
            raise
        found = con.execute(f"select count(*), sum(hash(t)) from made.t_{key} as t").fetchall()[0]
        content = f"{table} {found}"
        self.content[key] = content
        if self.holder.setdefault(content, key) != key:
            con.execute(f"drop table made.t_{key}")

    def _show(self, con: duckdb.DuckDBPyConnection, table: str) -> None:
        content = self.current[table]
        if self.shown.get(table) != content:
            con.execute(f"create or replace view {table} as from made.t_{self.holder[content]}")
            self.shown[table] = content


@cache
def _in_order(steps: tuple[tuple[str, str], ...]) -> dict[str, str]:
    return order_steps(dict(steps))


@cache
def _inputs(text: str) -> tuple[list[str], set[str]]:
    """Tables and parameters that a statement mentions."""
    return sorted(tables_read(text)), parameters_of(text)


def _hash(what: object) -> str:
    return hashlib.sha256(pickle.dumps(what)).hexdigest()[:24]
