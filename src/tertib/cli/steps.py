"""What a command shows while it works: ticks in a terminal, plain lines anywhere else."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape
from rich.status import Status


class Steps:
    """Shows one step after another on standard output; `progress` tells how far a long one is."""

    def __init__(self) -> None:
        self.console = Console(file=sys.stdout, highlight=False)
        self._status: Status | None = None
        self._text = ""
        self._tenth = -1

    @contextmanager
    def step(self, text: str) -> Iterator[None]:
        """A step: begun now, ticked off at the end, crossed out if it fails."""
        self._text, self._tenth = text, -1
        if not self.console.is_terminal:
            self.line(f"{text} …")
            yield
            return
        with self.console.status(escape(text)) as status:
            self._status = status
            try:
                yield
            except BaseException:
                self.console.print(f"[red]✗[/red] {escape(text)}")
                raise
            finally:
                self._status = None
        self.done(text)

    def progress(self, text: str = "", done: int = 0, total: int = 0) -> None:
        """How far the step is: what is being done now, and `done` of `total` where that is known."""
        share = f" {done}/{total}" if total else ""
        if self._status is not None:
            detail = f" [dim]{escape(text)}{share}[/dim]"
            self._status.update(f"{escape(self._text)}{detail}")
            return
        # In a log file every tenth is enough.
        tenth = done * 10 // total if total else -1
        if tenth != self._tenth or not total:
            self._tenth = tenth
            self.line(f"  {text}{share}")

    def done(self, text: str) -> None:
        """A step that is over, for a parent that forks: the spinner's thread must not run then."""
        if self.console.is_terminal:
            self.console.print(f"[green]✓[/green] {escape(text)}")
        else:
            self.line(text)

    def line(self, text: str) -> None:
        """A plain line, never wrapped, at once."""
        print(text, flush=True)  # noqa: T201 (this is the command's output)
