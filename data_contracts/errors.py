"""Errors meant for people: what, where, how many, what next; never a patient's value."""


class HomewardError(Exception):
    """A contract or a gate said no; shown without a traceback.

    Parameters
    ----------
    what : str
        The problem in one sentence: counts, table and column names only.
    where : str
        The table, file name or setting it concerns.
    next_step : str
        What the reader can do about it.
    """

    exit_code = 1

    def __init__(self, what: str, *, where: str = "", next_step: str = "") -> None:
        self.what, self.where, self.next_step = what, where, next_step
        super().__init__(self.message)

    @property
    def message(self) -> str:
        """The whole message, one line per part."""
        head = f"{self.where}: {self.what}" if self.where else self.what
        return f"{head}\n  next: {self.next_step}" if self.next_step else head


class UsageError(HomewardError):
    """The command or a setting was used wrongly."""

    exit_code = 2
