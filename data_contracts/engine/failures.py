"""What stops a load: one line per table, counts and names only."""

from collections.abc import Iterable
from dataclasses import dataclass

from data_contracts.errors import HomewardError


@dataclass(frozen=True, order=True)
class TableFailure:
    """One reason why one table cannot be taken.

    ``rows`` of ``of`` rows are concerned, where that means anything; ``rule`` and ``column`` name the commonest cause.
    """

    table: str
    what: str
    next_step: str
    file: str = ""
    rule: str = ""
    column: str = ""
    rows: int | None = None
    of: int | None = None

    @property
    def line(self) -> str:
        """The failure in one line: what, where, how many, which rule, what next."""
        where = f"{self.table} ({self.file})" if self.file else self.table
        count = f"{self.rows:,} of {self.of:,} rows: " if self.rows is not None and self.of is not None else ""
        cause = f"; most of them {self.rule} in {self.column}" if self.rule else ""
        return f"{where}: {count}{self.what}{cause}; next: {self.next_step}"


class ContractFailure(HomewardError):  # noqa: N818 - the name other engineers know it by
    """The landing folder breaks its contract; lists every table concerned, so that one look is enough."""

    def __init__(self, failures: Iterable[TableFailure]) -> None:
        self.failures = tuple(sorted(failures, key=lambda f: (f.table, f.file, f.what)))
        tables = len({f.table for f in self.failures})
        super().__init__(f"{tables} table{'s' if tables > 1 else ''} cannot be loaded; nothing was taken in")

    @property
    def message(self) -> str:
        """The headline and one line per failure."""
        return "\n".join([self.what, *(f"  {failure.line}" for failure in self.failures)])
