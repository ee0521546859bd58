"""How long commands say what they do: bars on a terminal, plain lines otherwise."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

Advance = Callable[[int], None]
"""Hears how much of the step was done since the last time."""


class Steps:
    """The steps of one command; `console` is where people read."""

    def __init__(self, console: Console) -> None:
        self.console = console

    @contextmanager
    def step(self, name: str, total: int | None = None) -> Iterator[Advance]:
        """One step: shown while it runs on a terminal, and as a line with its time afterwards."""
        began = time.perf_counter()
        if self.console.is_terminal:
            with self._bar() as bar:
                task = bar.add_task(name, total=total)
                yield lambda done: bar.advance(task, done)
        else:
            yield lambda _done: None
        self.say(f"{name}: {time.perf_counter() - began:.1f} s")

    def say(self, line: str) -> None:
        self.console.print(line)

    def _bar(self) -> Progress:
        return Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=self.console,
            transient=True,
        )


def speaker(*, to_stderr: bool) -> Console:
    """A console for people, beside the JSON that may go to standard output."""
    return Console(stderr=to_stderr, highlight=False, markup=False, soft_wrap=True)
