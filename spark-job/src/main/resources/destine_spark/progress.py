"""Shows the progress of a fit: an updated line in a terminal or notebook, lines elsewhere."""

import importlib
import shutil
import sys
import threading
from typing import Any, Optional


class _Lines:
    """A line for each epoch."""

    def show(self, lines: str, state: str) -> None:
        if lines:
            print(lines, end="", file=sys.stderr, flush=True)


class _Terminal:
    """A line for each epoch, and below them the state in a line that is updated."""

    def show(self, lines: str, state: str) -> None:
        width = shutil.get_terminal_size().columns - 1
        print(f"\r\033[K{lines}{state[:width]}", end="", file=sys.stderr, flush=True)


class _Notebook:
    """The same lines, as one output of a cell."""

    def __init__(self) -> None:
        self._lines = ""
        self._shown: Optional[str] = None
        self._output: Any = None

    def show(self, lines: str, state: str) -> None:
        self._lines += lines
        text = self._lines + state
        if text == self._shown:
            return
        self._shown = text
        content = {"text/plain": text.rstrip("\n")}
        if self._output is None:
            display = importlib.import_module("IPython.display").display
            self._output = display(content, raw=True, display_id=True)
        else:
            self._output.update(content, raw=True)


class Progress:
    """Shows the progress of a Java estimator's fit, on standard error or below the cell."""

    _SECONDS = 0.5

    # If several fits run at the same time, one of them shows its state.
    _line = threading.Lock()

    def __init__(self, estimator: Any) -> None:
        self._estimator = estimator
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._show_until_done, daemon=True)
        self._has_line = False
        self._view: Any
        if type(sys.stderr).__module__.startswith("ipykernel"):
            self._view = _Notebook()
        else:
            self._view = _Terminal() if sys.stderr.isatty() else _Lines()

    def __enter__(self) -> "Progress":
        self._has_line = Progress._line.acquire(blocking=False)
        self._thread.start()
        return self

    def __exit__(self, *_: Any) -> None:
        self._done.set()
        self._thread.join()
        self._view.show(self._estimator.takeProgress(), "")
        if self._has_line:
            Progress._line.release()

    def _show_until_done(self) -> None:
        while not self._done.wait(self._SECONDS):
            lines = self._estimator.takeProgress()
            self._view.show(lines, self._estimator.progressLine() if self._has_line else "")
