"""What people see while a command works: one line a stage, with its progress, on standard error."""

import contextlib
from collections.abc import Iterator

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from pipelines.progress import Step, listening

STAGE_NAMES = {
    "simulate": "Simulate a hospital",
    "ingest": "Read and check the extract",
    "cohort": "Stays, index stays, labels",
    "features": "Features",
    "scores": "Risk models",
    "caseload": "Caseload and publishing",
    "audit": "Audit",
}

console = Console(stderr=True, highlight=False)


@contextlib.contextmanager
def progress_bars() -> Iterator[None]:
    """Show the stages of a run; on a terminal as live bars, elsewhere as one line when a stage begins and ends."""
    if not console.is_terminal:
        with listening(_print_plainly):
            yield
        return
    columns = (
        SpinnerColumn(finished_text="[green]✓"),
        TextColumn("{task.fields[name]:<28}"),
        BarColumn(bar_width=24),
        TimeElapsedColumn(),
        TextColumn("[dim]{task.description}"),
    )
    with Progress(*columns, console=console) as bars:
        tasks: dict[str, int] = {}

        def show(step: Step) -> None:
            if step.stage not in tasks:
                tasks[step.stage] = bars.add_task(step.words, total=None, name=STAGE_NAMES.get(step.stage, step.stage))
            done = None if step.fraction is None else round(step.fraction * 100)
            bars.update(
                tasks[step.stage], description=step.words, total=100 if done is not None else None, completed=done
            )

        with listening(show):
            yield


def _print_plainly(step: Step) -> None:
    if step.fraction is None or step.fraction >= 1.0:
        console.print(f"{STAGE_NAMES.get(step.stage, step.stage)}: {step.words}")
