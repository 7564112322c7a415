"""Models in MLflow: ``mlflow.pyfunc.load_model("models:/clicks@champion").predict(rows)``.

A loaded model scores rows of pandas with the scorer of the release, which needs no Spark, in a Java
process of its own. The probabilities are identical to those of the command ``predict``, with one
exception: a row whose key of a side table is missing or unknown is scored with its own values of
that table's columns, which ``predict`` ignores. Needs Java 17 or later.
"""

import json
import math
import os
import re
import shutil
import subprocess
import sys
import threading
import weakref
from datetime import datetime, timedelta, timezone, tzinfo
from decimal import Decimal
from functools import lru_cache
from typing import Any, Dict, List, Optional, Set, Tuple

_SCORER = "destine-scorer.jar"
_PROBABILITY = "probability"
_REASON = "_reason"


def _load_pyfunc(path: str) -> "Model":
    """Loads the model in a directory; MLflow calls this."""
    return Model(path)


class Model:
    """A model in a Java process of its own. Thread-safe; after a fork, each process has its own."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._zone = _zone_of(path)
        self._columns, self._numeric = _columns(path)
        # The scorer refuses rows that have a column of this name.
        self._added = _PROBABILITY
        while self._added in self._columns or self._added + _REASON in self._columns:
            self._added += "_"
        self._lock = threading.Lock()
        self._process: "Optional[subprocess.Popen[str]]" = _start(path, self._added)
        _MODELS.add(self)

    def _forked(self) -> None:
        # The Java process belongs to the parent, which may hold the lock.
        self._lock = threading.Lock()
        if self._process is not None:
            _leave(self._process)
            self._process = None

    def predict(self, rows: Any, params: Optional[Dict[str, Any]] = None) -> Any:
        """Scores rows.

        Returns a DataFrame with the index of the rows and the column ``probability``. If a row
        cannot be scored, its value is missing, and a column ``probability_reason`` says why.
        """
        # One column after the other: a row across columns would have one type for all of them.
        columns = {str(name): self._values(rows[name]) for name in rows.columns if self._reads(name)}
        lines = [
            json.dumps({name: _plain(values[n], self._zone) for name, values in columns.items()})
            for n in range(len(rows))
        ]
        with self._lock:
            process = self._process = self._process or _start(self._path, self._added)
            try:
                answers = _ask(process, lines)
            except BaseException:
                # The process may still answer these rows; the next call starts another one.
                self._process = None
                process.kill()
                process.wait()
                raise
        # The scorer writes null for a row that it cannot score.
        found = [a.get(self._added) for a in answers]
        scored = rows[[]].assign(probability=[float("nan" if p is None else p) for p in found])
        reasons = [a.get(self._added + _REASON) for a in answers]
        return scored.assign(probability_reason=reasons) if any(reasons) else scored

    def _reads(self, name: Any) -> bool:
        return str(name) in self._columns

    def _values(self, column: Any) -> List[Any]:
        # The text of a float is as in Spark: a whole number with all digits, otherwise the number
        # with the fewest digits. A numeric field takes the exact value.
        short = str(column.name) not in self._numeric
        if short and str(column.dtype).lower() in ("float32", "float[pyarrow]"):
            column = column.to_numpy(dtype="float32", na_value=float("nan"))
            return [_short(value) for value in column]
        values: List[Any] = column.tolist()
        return [_short(value) for value in values] if short else values

    def __del__(self) -> None:
        process = getattr(self, "_process", None)
        if process is not None and process.stdin is not None:
            try:
                process.stdin.close()
            except OSError:
                pass
            process.terminate()
            process.wait()

    def __getstate__(self) -> Dict[str, str]:
        return {"path": self._path}

    def __setstate__(self, state: Dict[str, str]) -> None:
        self.__init__(state["path"])  # type: ignore[misc]


_MODELS: "weakref.WeakSet[Model]" = weakref.WeakSet()
_PARENTS: "List[subprocess.Popen[str]]" = []


def _after_fork() -> None:
    for model in list(_MODELS):
        model._forked()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


def _leave(process: "subprocess.Popen[str]") -> None:
    """Disconnects a forked process from a Java process of its parent."""
    null = os.open(os.devnull, os.O_RDWR)
    for pipe in (process.stdin, process.stdout, process.stderr):
        if pipe is not None and not pipe.closed:
            # Not closed: buffered rows of the parent would be written to its Java process.
            os.dup2(null, pipe.fileno())
    os.close(null)
    _PARENTS.append(process)


def _short(value: Any) -> Any:
    """float32 numbers as Spark writes them."""
    if value is None or isinstance(value, (str, int, float)):
        return value
    if isinstance(value, (list, tuple)):
        return [_short(element) for element in value]
    if str(getattr(value, "dtype", "")) != "float32":
        return value
    if value.shape:
        return [_short(element) for element in value]
    exact = float(value)
    return exact if exact.is_integer() and abs(exact) <= 2**53 else float(str(value))


def _ask(process: "subprocess.Popen[str]", lines: List[str]) -> List[Dict[str, Any]]:
    assert process.stdout is not None
    # The process answers while it reads: a thread writes, otherwise both sides could block.
    writer = threading.Thread(target=_write, args=(process, lines), daemon=True)
    writer.start()
    answers = []
    for _ in lines:
        line = process.stdout.readline()
        if not line:
            code = process.wait()
            raise RuntimeError(f"{_SCORER} ended with exit code {code}; see standard error")
        answers.append(json.loads(line))
    writer.join()
    return answers


def _write(process: "subprocess.Popen[str]", lines: List[str]) -> None:
    assert process.stdin is not None
    try:
        for line in lines:
            process.stdin.write(line + "\n")
        process.stdin.flush()
    except (OSError, ValueError):
        pass  # The process has ended; the reader reports it.


@lru_cache(maxsize=None)
def _vector_module(java: str) -> List[str]:
    """The options that load the Vector API; none if this Java does not have it."""
    listed = subprocess.run([java, "--list-modules"], capture_output=True, text=True)
    if "jdk.incubator.vector@" not in listed.stdout:
        return []
    return ["--add-modules", "jdk.incubator.vector"]


def _start(path: str, added: str) -> "subprocess.Popen[str]":
    jar = os.environ.get("DESTINE_SCORER_JAR") or os.path.join(path, _SCORER)
    if not os.path.isfile(jar):
        raise RuntimeError(
            f"{jar} is missing: set DESTINE_SCORER_JAR to the {_SCORER} of a release"
        )
    home = os.environ.get("JAVA_HOME")
    java = os.path.join(home, "bin", "java") if home else shutil.which("java")
    if not java:
        raise RuntimeError("no Java: install Java 17 or later, or set JAVA_HOME")
    command = [java, *_vector_module(java), "-jar", jar]
    if added != _PROBABILITY:
        command += ["--probability-column", added]
    process = subprocess.Popen(
        [*command, os.path.join(path, "destine")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    assert process.stderr is not None
    for line in process.stderr:
        if line.startswith("model "):
            break
        # Java's warning about the module is left out; an error in loading the model is shown.
        if not line.startswith("WARNING:"):
            print(line, end="", file=sys.stderr)
    else:
        code = process.wait()
        raise RuntimeError(f"{_SCORER} ended with exit code {code}; see standard error")
    threading.Thread(target=_copy, args=(process.stderr,), daemon=True).start()
    return process


def _copy(stream: Any) -> None:
    for line in stream:
        if " rows in " not in line:
            print(line, end="", file=sys.stderr)


def _zone_of(path: str) -> Optional[str]:
    """The time zone in which the training read timestamps, if the model records it."""
    with open(os.path.join(path, "destine", "manifest.json"), encoding="utf-8") as manifest:
        job = json.load(manifest).get("job") or {}
    zone = (job.get("source") or {}).get("time-zone")
    return None if zone is None else str(zone)


def _columns(path: str) -> Tuple[Set[str], Set[str]]:
    """The columns that the model reads, and those of numeric and vector fields."""
    file = os.path.join(path, "destine", "vocabulary", "_fields.json")
    with open(file, encoding="utf-8") as stored:
        root = json.load(stored)
    fields = [field for field in root["fields"] if field.get("column")]
    keys = {table["key"] for table in root.get("tables", [])}
    numeric = {field["column"] for field in fields if field["kind"] in ("numeric", "vector")}
    return keys | {field["column"] for field in fields}, numeric


@lru_cache(maxsize=None)
def _zone(name: str) -> Optional[tzinfo]:
    """A time zone of Spark: a region or an offset such as +01:00."""
    if name in ("UTC", "UT", "GMT", "Etc/UTC", "Z"):
        return timezone.utc
    offset = re.fullmatch(r"(?:UTC|GMT|UT)?([+-])(\d\d?)(?::?(\d\d))?", name)
    if offset:
        minutes = 60 * int(offset[2]) + int(offset[3] or 0)
        return timezone(timedelta(minutes=-minutes if offset[1] == "-" else minutes))
    from zoneinfo import ZoneInfo  # Python 3.9

    return ZoneInfo(name)


def _plain(value: Any, zone: Optional[str] = None) -> Any:
    """A value of pandas as a value of JSON; missing values are null.

    A time with a zone becomes the local time in ``zone``. Raises ``ValueError`` for bytes and
    dictionaries, which no field has.
    """
    if value is None or isinstance(value, (str, bool, int)):
        return value
    if isinstance(value, float):
        if math.isfinite(value):
            return value
        # JSON has no such numbers; Spark writes them as these texts.
        return None if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, (list, tuple)):
        return [_plain(element, zone) for element in value]
    if isinstance(value, (bytes, bytearray, memoryview, dict)):
        raise ValueError(f"{value!r} must be a text, a number, a time or a list of them")
    if hasattr(value, "tolist"):
        # The nanoseconds of numpy would become whole numbers.
        times = str(getattr(value, "dtype", "")).startswith("datetime64")
        return _plain((value.astype("datetime64[us]") if times else value).tolist(), zone)
    # Missing times and missing whole numbers are recognised by their text.
    text = str(value)
    if text in ("NaT", "<NA>"):
        return None
    # As Spark writes them: a decimal without trailing zeros, a time with a fraction of seconds.
    if isinstance(value, Decimal) and value.is_finite():
        text = format(value, "f")
        text = text.rstrip("0").rstrip(".") if "." in text else text
        return text if value else "0"
    if isinstance(value, datetime):
        if value.tzinfo is not None:
            if zone is None:
                raise ValueError(
                    f"{text} has a time zone, but the model does not record the zone of its times;"
                    " give local times without a zone"
                )
            text = str(value.astimezone(_zone(zone)))
        return text[:19] + "." + (f"{value.microsecond:06d}".rstrip("0") or "0")
    return text
