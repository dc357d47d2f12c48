"""Try mutants with the real tests, collected once, in one process: each mutant until the first test fails."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
from _pytest.runner import runtestprotocol

import tests.naive
from features import cohort, features
from features.sql_steps import COMMENT, IN_PLACE, TABLE, tables_read
from tests.generative import naive_points, sql_stage, strategies
from tests.mutation.mutate import Mutant, mutants_of
from tests.mutation.step_cache import StepCache

ROOT = Path(__file__).parents[2]
TESTS = ("tests/spec", "tests/generative/test_cohort_sql.py", "tests/generative/test_features_sql.py",
         "tests/generative/test_prediction_points.py")  # fmt: skip
OTHERS = (
    "test_loops_follow", "test_example_is_complete", "rows_turned_round", "test_rule_book", "test_every_drop_rule",
    "test_a_wrong_table", "test_made_up_", "test_scores_agree_with_the_loops", "test_row_order",
    "test_sql_agrees_with_the_loops", "test_facts_recorded", "test_points_agree_with_the_loops",
)  # fmt: skip
"""Tests that do not run the SQL, whose examples shrink for minutes when they fail, or that others stand in for."""
NEEDED = ("many_patients", "every_measure")
MOST_PATIENTS = 450
MOST_SECONDS = 5
"""CPU seconds of a file of specs that is asked about every step, not only about those that share a word with it."""
STAGES = 2
"""A test that runs more than the two stages once has more than one hospital: it is never skipped as unchanged."""


@dataclass
class Outcome:
    """What became of the mutants of one SQL file."""

    step: str
    killed_by: Counter[str] = field(default_factory=Counter)
    survivors: list[Mutant] = field(default_factory=list)
    stillborn: int = 0
    equivalent: int = 0

    @property
    def mutants(self) -> int:
        """Those that are valid SQL and can be noticed."""
        return self.killed_by.total() + len(self.survivors)


def sql_files() -> dict[str, str]:
    """Read the text of every SQL file by the name of its table, or of what is put in the place of that name."""
    return {
        f"{stage.SQL_FOLDER.name}.{path.stem}": path.read_text(encoding="utf-8")
        for stage in (cohort, features)
        for path in sorted(stage.SQL_FOLDER.rglob("*.sql"))
    }


def changed_steps(file: str, text: str) -> dict[str, str]:
    """Give each step that another text of a file changes, with its own other text."""
    files = sql_files()
    folder = features.SQL_FOLDER / IN_PLACE
    in_place = {f"features.{path.stem}": files[f"features.{path.stem}"] for path in folder.glob("*.sql")}
    if file not in in_place:
        return {file: _put_in_place(text, in_place)}
    readers = [step for step, own in files.items() if file in tables_read(own)]
    return {step: _put_in_place(files[step], in_place | {file: text}) for step in readers}


def _put_in_place(text: str, in_place: Mapping[str, str]) -> str:
    return TABLE.sub(
        lambda found: f"(\n{in_place[found[1]]})" if found[1] in in_place else found[0], COMMENT.sub("", text)
    )


@contextmanager
def changed(steps: Mapping[str, str]) -> Iterator[Mapping[str, str]]:
    """Let the tests run other texts of some steps; give the right ones."""
    stages = (cohort.STEPS, cohort.ACROSS, features.STEPS, features.ACROSS)
    holders = {step: stage for stage in stages for step in stage if step in steps}
    right = {step: holders[step][step] for step in steps}
    for step, stage in holders.items():
        stage[step] = steps[step]
    try:
        yield right
    finally:
        for step, stage in holders.items():
            stage[step] = right[step]


class MutationRun:
    """A pytest plugin that runs the collected tests once on the right SQL, then on each mutant."""

    def __init__(
        self,
        steps: list[str],
        equivalent: Mapping[str, set[str]],
        say: Callable[[str], None],
        keep: Callable[[Outcome], None],
    ) -> None:
        self.steps, self.equivalent, self.say, self.keep = steps, equivalent, say, keep
        self.cache = StepCache()
        self.outcomes: list[Outcome] = []
        self.runs_of: dict[str, int] = {}
        self.seconds: dict[str, float] = {}
        self.found: Counter[str] = Counter()

    def run(self) -> list[Outcome]:
        """Run pytest with this plugin in place of its loop."""
        sql_stage.connect, sql_stage.run_steps = self.cache.connect, self.cache.run_steps
        sql_stage.load_core = self.cache.loading(
            sql_stage.load_core, lambda *given, **named: (given[1], {name: repr(one) for name, one in named.items()})
        )
        sql_stage.load_measure = cache(sql_stage.load_measure)
        strategies.seeded_case = cache(_smaller(strategies.seeded_case))
        naive_points.answer_points = cache(naive_points.answer_points)
        tests.naive.answer, tests.naive.read_value_sets = cache(tests.naive.answer), cache(tests.naive.read_value_sets)
        quick = ["-p", "no:cacheprovider", "--assert=plain", "--tb=line", "--no-summary", f"--rootdir={ROOT}"]
        pytest.main([*quick, *(str(ROOT / path) for path in TESTS)], plugins=[self])
        return self.outcomes

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Keep the tests that can tell mutants apart, and quickly."""
        from tests.spec.feature_hospital import Hospital  # only now: it takes over what was put into sql_stage

        Hospital.load = self.cache.loading(Hospital.load, lambda *given: (vars(given[0]),))
        items[:] = [
            item
            for item in items
            if any(one in item.name for one in NEEDED) or not any(one in item.name for one in OTHERS)
        ]

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Take the place of pytest's own loop."""
        if session.testsfailed:
            raise session.Interrupted("errors during collection")
        for file, items in groupby(list(session.items), key=_file):
            began = time.process_time()
            of_file = list(items)
            while failing := self._first_failing(of_file):
                self.say(f"left out, for it fails without a mutant: {failing.nodeid}")
                session.items.remove(failing)
                of_file.remove(failing)
            self.seconds[file] = time.process_time() - began
            self.say(f"{file}: {self.seconds[file]:.1f} CPU s")
        for step in self.steps:
            self.outcomes.append(self._try_all(step, session.items))
            self.keep(self.outcomes[-1])
        return True

    def _try_all(self, step: str, items: list[pytest.Item]) -> Outcome:
        """Try the mutants of one step.

        Tests that found mutants of it come first, then those that found others, then the cheapest files.
        """
        outcome, killers = Outcome(step), Counter[str]()
        able = [item for item in items if self._is_able(step, item)]
        kept = set(self.cache.content)
        for mutant in mutants_of(sql_files()[step]):
            if mutant.name in self.equivalent.get(step, set()):
                outcome.equivalent += 1
                continue
            able.sort(key=lambda item: (-killers[item.nodeid], -self.found[item.nodeid], self.seconds[_file(item)]))
            with changed(changed_steps(step, mutant.text)) as right:
                self.cache.mutated = right
                killer = self._first_failing(able)
            self.cache.mutated = {}
            is_stillborn = self.cache.is_stillborn
            self.cache.forget(kept)
            if is_stillborn:
                outcome.stillborn += 1
            elif killer is None:
                outcome.survivors.append(mutant)
                self.say(f"  survives, line {mutant.line}: {mutant.name}")
            else:
                killers[killer.nodeid] += 1
                self.found[killer.nodeid] += 1
                outcome.killed_by[_file(killer)] += 1
        self.say(f"{step}: {outcome.mutants} mutants, {len(outcome.survivors)} survive")
        return outcome

    def _is_able(self, step: str, item: pytest.Item) -> bool:
        """Say whether a test is asked about a step: one of the cohort only about those, a dear one about its own."""
        file = _file(item)
        if "cohort" in file and not step.startswith("cohort."):
            return False
        own = set(step.split(".")[1].split("_")) & set(item.path.stem.split("_"))
        return self.seconds[file] < MOST_SECONDS or "generative" in file or "cohort" in file or bool(own)

    def _first_failing(self, items: list[pytest.Item]) -> pytest.Item | None:
        """Run tests until one fails; nothing of them is left, so the next run starts anew."""
        if not items:
            return None
        try:
            for item, following in zip(items, [*items[1:], None], strict=True):
                self.cache.runs, self.cache.may_skip = 0, self.runs_of.get(item.nodeid, 0) <= STAGES
                reports = runtestprotocol(item, log=False, nextitem=following)
                self.runs_of.setdefault(item.nodeid, self.cache.runs)
                if any(report.failed for report in reports):
                    return item
            return None
        finally:
            items[0].session._setupstate.teardown_exact(None)


def _smaller(seeded_case: Callable[..., Any]) -> Callable[..., Any]:
    """Make fewer patients: most mutants show in the first few."""
    return lambda seed, n_patients, *more: seeded_case(seed, min(n_patients, MOST_PATIENTS), *more)


def _file(item: pytest.Item) -> str:
    return item.path.relative_to(ROOT).as_posix()
