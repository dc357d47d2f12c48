"""Which raw rows a load concerns: all whose fate it may change, and all it takes to tell what becomes of those.

The fate of a row (does it stand, is it rejected, superseded, warned of) depends on its own text, on the patient and the
encounter it names, and on rows of the same key. So a load concerns the patients and encounters that its rows name, the
patients whose rows the moved cut-off judges otherwise, the encounters of these patients and the patients of these
encounters; no further, since a row's own names are all it looks up. Of concerned patients all rows are taken, of
concerned encounters all facts, and besides the patients and encounters that these rows name.

Ids that no patient or no encounter bears link nothing: however many rows share one, only new ones of them are taken.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from data_contracts.contract import Contract
from data_contracts.engine.job import Job
from data_contracts.engine.keys import number_ids
from data_contracts.engine.parse_sql import clean_sql, quote, read_sql, value_sql
from data_contracts.engine.standing import keep, kept
from data_contracts.lake_table import count_fresh_patients

SCHEMA = "concerned"
PATIENT, ENCOUNTER = "core.patient", "core.encounter"
CLOCK = "data_cut_off()"
ID_OF = {PATIENT: "patient_id", ENCOUNTER: "encounter_id"}


def pick_rows(job: Job, before: date, cut_off: date) -> bool:
    """Pick the raw rows that a load concerns, as tables ``raw_<name>`` of the schema ``concerned``.

    ``number_<name>`` there has the keys of all ids that they name; new ones are kept in the core in the making.

    Parameters
    ----------
    job : Job
        Over a standing core.
    before, cut_off : date
        Cut-off of the standing core, and with the load.

    Returns
    -------
    bool
        Whether these are few enough to be worked on apart; if not, nothing is left behind.
    """
    job.con.execute(f"CREATE SCHEMA {SCHEMA}")
    job.con.execute(f"SET search_path = '{SCHEMA},main'")
    picked = _Concerned(job)
    if picked.find_patients(before, cut_off):
        picked.take_facts()
        picked.take_parents()
        return True
    job.con.execute("SET search_path = 'main'")
    job.con.execute(f"DROP SCHEMA {SCHEMA} CASCADE")
    return False


@dataclass(frozen=True)
class _Concerned:
    """Works in tables of the schema ``concerned``: ``patient`` and ``encounter`` (id), ``raw_<name>`` (raw rows)."""

    job: Job

    @property
    def visits(self) -> Contract:
        """Contract of encounters, which tie patients to each other."""
        return self.job.contracts[ENCOUNTER]

    @property
    def facts(self) -> list[Contract]:
        """Contracts of what patients have besides encounters."""
        return [c for c in self.job.landed if c.patient_local and c.table not in ID_OF]

    def find_patients(self, before: date, cut_off: date) -> bool:
        """Find the concerned patients and encounters; false when they are too many."""
        for parent in ID_OF:
            self.open(self.job.contracts[parent])
        self.add(PATIENT, *self.new_ids(PATIENT))
        self.find_judged_otherwise(before, cut_off)
        self.add(PATIENT, "SELECT DISTINCT id FROM judged_otherwise WHERE id IS NOT NULL")
        if self.are_many:
            return False
        self.open_rows(self.visits)
        self.take(self.visits, PATIENT)
        self.add(ENCOUNTER, *self.new_ids(ENCOUNTER), self.ids_sql(self.visits, ENCOUNTER, "raw_encounter"))
        self.take(self.visits, ENCOUNTER)
        others = self.add(PATIENT, self.ids_sql(self.visits, PATIENT, "raw_encounter"))
        for contract in self.facts:
            # A fact of the patient that names an encounter of another: what it says of it may change.
            if contract.references[0].to == PATIENT and (rows := self.old_rows(contract, ENCOUNTER, [ID_OF[PATIENT]])):
                self.job.con.execute(f"CREATE OR REPLACE TEMP TABLE naming AS FROM {rows}")
                others += self.add(PATIENT, self.ids_sql(contract, PATIENT, "naming"))
        if others:
            self.take(self.visits, PATIENT)
            self.add(ENCOUNTER, self.ids_sql(self.visits, ENCOUNTER, "raw_encounter"))
            self.take(self.visits, ENCOUNTER)
        return not self.are_many

    def take_facts(self) -> None:
        """Take all facts of the concerned patients and encounters, by what decides whose they are."""
        for contract in self.facts:
            if self.open_rows(contract):
                self.take(contract, contract.references[0].to)

    def take_parents(self) -> None:
        """Take the encounters and patients that the rows taken name, and their keys."""
        taken = [c for c in self.facts if self.job.raw(c, self.job.parts)]
        named = {
            parent: [self.ids_sql(c, parent, f"raw_{c.name}") for c in taken if _has(c, column)]
            for parent, column in ID_OF.items()
        }
        if self.add(ENCOUNTER, *named[ENCOUNTER]):
            self.take(self.visits, ENCOUNTER)
        self.add(PATIENT, *named[PATIENT], self.ids_sql(self.visits, PATIENT, "raw_encounter"))
        patients = self.job.contracts[PATIENT]
        self.open_rows(patients)
        self.take(patients, PATIENT)
        self.take_nameless(patients)
        for parent, column in ID_OF.items():
            name = _name(parent)
            if self.job.con.execute(f"SELECT count(*) FROM number_{name}").fetchall()[0][0]:
                keep(self.job.con, self.job.core, f"number_{name}", f"number_{name}-{self.job.staged.load_id}")
            known = kept(self.job.standing_core, f"number_{name}*")
            self.job.con.execute(
                f"INSERT INTO number_{name} BY NAME FROM {known} WHERE {column} IN (SELECT id FROM {name})"
            )

    @property
    def are_many(self) -> bool:
        """Whether so many patients are concerned, or fresh already, that building anew costs less."""
        count = "SELECT count(*) FROM"
        concerned, known = (self.job.con.execute(f"{count} {t}").fetchall()[0][0] for t in ("patient", "known_patient"))
        fresh = max(count_fresh_patients(self.job.standing_core / c.name) for c in self.job.landed)
        return bool(concerned + fresh > self.job.settings.largest_share * known)

    def find_judged_otherwise(self, before: date, cut_off: date) -> None:
        """Make ``judged_otherwise``: the patients' rows that a rule judges otherwise by one cut-off than by the other.

        Their columns are ``arrival`` and ``id``, which is missing where the row bears no readable one.
        """
        contract = self.job.contracts[PATIENT]
        raw = self.job.raw(contract, self.job.accepted)
        rules = [rule.when for rule in contract.rules if CLOCK in rule.when]
        self.job.con.execute("CREATE TABLE judged_otherwise (arrival BIGINT, id VARCHAR)")
        if before == cut_off or raw is None or not rules:
            return
        asked = {ID_OF[PATIENT], *re.findall(r"\w+", " ".join(rules))}
        columns = [c for c in contract.landing_columns if c.name in asked]
        cleaned = ", ".join(f"{clean_sql(c)} AS {c.name}" for c in columns)
        read = ", ".join(expression for c in columns for expression in read_sql(c, self.job.settings.in_utc))
        values = ", ".join(f"{value_sql(c, contract.sentinels, self.job.settings.in_utc)} AS {c.name}" for c in columns)
        differ = " OR ".join(
            " IS DISTINCT FROM ".join(
                f"({rule.replace(CLOCK, f'DATE {quote(str(day))}')})" for day in (before, cut_off)
            )
            for rule in rules
        )
        self.job.con.execute(
            f"INSERT INTO judged_otherwise SELECT arrival, {ID_OF[PATIENT]} FROM (SELECT arrival, {values} FROM "
            f"(SELECT *, {read} FROM (SELECT arrival, {cleaned} FROM {raw}))) WHERE {differ}"
        )

    def add(self, parent: str, *selects: str) -> int:
        """Add the ids that a SELECT gives and that a patient or encounter of the lake bears; count the new ones."""
        name, column = _name(parent), ID_OF[parent]
        if not selects:
            return 0
        found = " UNION ".join(f"({select})" for select in selects)
        rows = self.job.con.execute(
            f"INSERT INTO {name} SELECT id FROM ({found}) ANTI JOIN {name} USING (id) "
            f"SEMI JOIN known_{name} ON known_{name}.{column} = id"
        ).fetchall()
        return int(rows[0][0])

    def open(self, contract: Contract) -> None:
        """Give the new ids of a parent their numbers, and make its table of concerned ids."""
        name, con = contract.name, self.job.con
        known = kept(self.job.standing_core, f"number_{name}*")
        coming = self.job.raw(contract, self.job.coming)
        if coming:
            number_ids(con, contract, coming, known)
        else:
            con.execute(f"CREATE TABLE number_{name} AS FROM {known} LIMIT 0")
        con.execute(f"CREATE VIEW known_{name} AS FROM {known} UNION ALL BY NAME FROM number_{name}")
        con.execute(f"CREATE TABLE {name} (id VARCHAR)")

    def new_ids(self, parent: str) -> list[str]:
        """Write the SELECTs of the ids that the rows of the load name."""
        tables = [c for c in self.job.landed if _has(c, ID_OF[parent])]
        raws = [(c, self.job.raw(c, self.job.coming)) for c in tables]
        return [self.ids_sql(c, parent, raw) for c, raw in raws if raw]

    def ids_sql(self, contract: Contract, parent: str, raw: str, where: str = "TRUE") -> str:
        """Write the SELECT of the ids in one column of raw rows, as the scan reads them."""
        column, in_utc = contract.column(ID_OF[parent]), self.job.settings.in_utc
        read = ", ".join(["*", *read_sql(column, in_utc)])
        value = value_sql(column, contract.sentinels, in_utc)
        cleaned = f"SELECT DISTINCT {clean_sql(column)} AS {column.name} FROM {raw} WHERE {where}"
        return f"SELECT id FROM (SELECT {value} AS id FROM (SELECT {read} FROM ({cleaned}))) WHERE id IS NOT NULL"

    def old_rows(self, contract: Contract, parent: str, columns: Sequence[str]) -> str | None:
        """Give the raw rows of earlier loads that name a concerned patient, or encounter."""
        raw, column, ids = self.job.raw(contract, self.job.accepted), ID_OF[parent], _name(parent)
        if raw is None or not _has(contract, column):
            return None
        # Ids are looked for as they are spelled in the files: cleaning all rows costs more than reading them.
        clean = clean_sql(contract.column(column))
        self.job.con.execute(
            f"CREATE OR REPLACE TEMP TABLE spelling AS SELECT id FROM {ids} UNION SELECT {column} FROM {raw} "
            f"WHERE trim({column}) <> {column} AND {clean} IN (SELECT id FROM {ids})"
        )
        return f"(SELECT {', '.join(columns)} FROM {raw} WHERE {column} IN (SELECT id FROM spelling))"

    def take(self, contract: Contract, parent: str) -> None:
        """Take these rows into ``raw_<name>``, once each."""
        if rows := self.old_rows(contract, parent, _columns(contract)):
            self.job.con.execute(
                f"INSERT INTO raw_{contract.name} BY NAME FROM {rows} "
                f"WHERE arrival NOT IN (SELECT arrival FROM raw_{contract.name})"
            )

    def take_nameless(self, patients: Contract) -> None:
        """Take the rows judged otherwise that no id reaches: rejected by either cut-off, for other reasons by each."""
        raw = self.job.raw(patients, self.job.accepted)
        if raw is not None:
            self.job.con.execute(
                f"INSERT INTO raw_patient BY NAME SELECT {', '.join(_columns(patients))} FROM {raw} "
                "WHERE arrival IN (SELECT arrival FROM judged_otherwise WHERE id IS NULL)"
            )

    def open_rows(self, contract: Contract) -> bool:
        """Make ``raw_<name>`` with the rows of the load; no table when no load has brought any."""
        raw, con = self.job.raw(contract, self.job.parts), self.job.con
        if raw is None:
            return False
        coming = self.job.raw(contract, self.job.coming)
        select = f"SELECT {', '.join(_columns(contract))} FROM {coming or f'(FROM {raw} LIMIT 0)'}"
        con.execute(f"CREATE TABLE raw_{contract.name} AS {select}")
        return True


def _name(parent: str) -> str:
    return parent.removeprefix("core.")


def _columns(contract: Contract) -> list[str]:
    """Columns of the raw rows that a scan reads."""
    return ["arrival", *(c.name for c in contract.landing_columns if not c.identifying)]


def _has(contract: Contract, column: str) -> bool:
    return any(c.name == column for c in contract.landing_columns)
