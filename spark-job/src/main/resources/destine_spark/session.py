"""What a Spark session in Python needs for a fit: the JVM's Vector API, and lines of progress."""

import os
import shutil
import subprocess
import sys
import threading
from typing import Any

import pyspark
from pyspark import SparkContext

_OPTION = "--add-modules=jdk.incubator.vector"


def request_vector_module() -> None:
    """Has the JVM that pyspark starts next, and those of executors, load the Vector API.

    Without it the fit takes a slower kernel. Nothing is done when a JVM is there already, in Spark 4,
    which loads it by itself, and where Java does not have it.
    """
    running = SparkContext._gateway is not None or "PYSPARK_GATEWAY_PORT" in os.environ
    if running or not pyspark.__version__.startswith("3.") or not _java_has_module():
        return
    options = os.environ.get("SPARK_SUBMIT_OPTS", "")
    if _OPTION in options:
        return
    os.environ["SPARK_SUBMIT_OPTS"] = f"{options} {_OPTION}".strip()
    arguments = os.environ.get("PYSPARK_SUBMIT_ARGS", "pyspark-shell")
    # Adds to an executor's Java options, which a setting of Spark would replace.
    executors = f"--conf spark.executorEnv.JDK_JAVA_OPTIONS={_OPTION}"
    os.environ["PYSPARK_SUBMIT_ARGS"] = f"{executors} {arguments}"


def _java_has_module() -> bool:
    home = os.environ.get("JAVA_HOME")
    java = os.path.join(home, "bin", "java") if home else shutil.which("java")
    if not java:
        return False
    try:
        tried = subprocess.run(
            [java, _OPTION, "-version"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
    except OSError:
        return False
    return tried.returncode == 0


class Progress:
    """Prints the lines of a fit to standard error while it runs, in a notebook below the cell."""

    _SECONDS = 0.5

    def __init__(self, estimator: Any) -> None:
        self._estimator = estimator
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._print_until_done, daemon=True)

    def __enter__(self) -> "Progress":
        self._thread.start()
        return self

    def __exit__(self, *_: Any) -> None:
        self._done.set()
        self._thread.join()
        self._print()

    def _print_until_done(self) -> None:
        while not self._done.wait(self._SECONDS):
            self._print()

    def _print(self) -> None:
        lines = self._estimator.takeProgress()
        if lines:
            print(lines, end="", file=sys.stderr, flush=True)
