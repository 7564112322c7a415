"""The program ``destine``: runs the job with the spark-submit of SPARK_HOME or of pyspark."""

import os
import sys
from typing import List, Tuple

from destine_spark.errors import DestineError
from destine_spark.runtime import (
    HELP,
    defaults,
    distribution,
    jars,
    own_settings,
    require_java,
    settings_in,
    split_options,
)
from destine_spark.version import __version__

_HELP = """\
destine [spark-submit options] COMMAND [options]
destine --version

Options before the command go to spark-submit. Defaults: --master local[*], and with a local master
--driver-memory half of the machine's memory and at most 8g, and no Spark UI (--conf
spark.ui.enabled=true turns it on). The exit code is the job's. COMMAND --help lists the options of
a command.
"""


def main() -> None:
    """Replaces this process with spark-submit: the job gets its signals and sets its exit code."""
    if sys.argv[1:] == ["--version"]:
        print(f"DESTINE on Spark {__version__}")
        return
    try:
        options, job = _split(sys.argv[1:])
        words = _words(options, job)
    except DestineError as error:
        print(f"destine: {error}", file=sys.stderr)
        sys.exit(2)
    os.execv(words[0], words)


def _split(words: List[str]) -> Tuple[List[str], List[str]]:
    """Splits the words into options of spark-submit, and the command with its own options."""
    options, rest = split_options(words)
    if not rest:
        raise DestineError("no command; see destine --help")
    if rest[0] in HELP:
        print(_HELP, flush=True)
        return [], ["--help"]
    if rest[0].startswith("-"):
        raise DestineError(f"option {rest[0]} needs a value")
    return options, list(rest)


def _words(options: List[str], job: List[str]) -> List[str]:
    """The command line of spark-submit; sets its environment."""
    jar = jars()
    here = distribution()
    require_java(here.spark)
    theirs = own_settings(here.home, options)
    words = [os.path.join(here.home, "bin", "spark-submit")]
    for key, value in defaults(theirs, settings_in(options)).items():
        words += ["--conf", f"{key}={value}"]
    log = os.path.join(os.path.dirname(os.path.abspath(__file__)), "conf", "log4j2.properties")
    log = log.replace("%", "%25").replace(" ", "%20")
    submit = os.environ.get("SPARK_SUBMIT_OPTS", "")
    os.environ["SPARK_SUBMIT_OPTS"] = f"{submit} -Dlog4j2.configurationFile=file:{log}".strip()
    os.environ["SPARK_HOME"] = here.home
    os.environ["DESTINE_PROGRAM"] = "destine"
    if sys.stderr.isatty():
        os.environ["DESTINE_TERMINAL"] = "1"
    return words + options + [jar] + job
