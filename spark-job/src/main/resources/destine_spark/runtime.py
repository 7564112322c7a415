"""The Spark that runs fits: its jar, its settings, its session, and the JVM's Vector API."""

import functools
import glob
import os
import re
import shlex
import shutil
import subprocess
from typing import Any, Callable, Dict, List, Mapping, NamedTuple, Optional, Sequence, Tuple

import pyspark
from pyspark import SparkContext
from pyspark.find_spark_home import _find_spark_home
from pyspark.sql import SparkSession

from destine_spark.errors import DestineError
from destine_spark.version import __version__

_HERE = os.path.dirname(os.path.abspath(__file__))
_VECTORS = "jdk.incubator.vector"
_OPTION = f"--add-modules={_VECTORS}"
_MOST_MEGABYTES = 8192
_FLAGS = ("--verbose", "-v", "--supervise", "--load-spark-defaults")
HELP = ("--help", "-h")
_SETTINGS = {
    "--master": "spark.master",
    "--driver-memory": "spark.driver.memory",
    "--jars": "spark.jars",
}

# Versions before 3.5 are untested; 4.0.0 breaks every library of Spark ML (SPARK-52259).
_REFUSED = re.compile(r"[0-2]\.|3\.[0-4]\.|4\.0\.0(?!\d)")


class Distribution(NamedTuple):
    """A Spark distribution on this machine: its directory, its version and its Scala version."""

    home: str
    spark: str
    scala: str


def distribution() -> Distribution:
    """The Spark that sessions of this Python start: from SPARK_HOME, or pip's pyspark.

    :raises DestineError: when there is none
    """
    find: Callable[[], str] = _find_spark_home
    home = find()
    for path in glob.glob(os.path.join(glob.escape(home), "jars", "spark-core_*.jar")):
        found = re.match(r"spark-core_([\d.]+)-(\d.*)\.jar", os.path.basename(path))
        if found:
            return Distribution(home, found[2], found[1])
    raise DestineError(f"{home} has no Spark: no spark-core_*.jar in {os.path.join(home, 'jars')}")


def jars() -> str:
    """The jar for the Spark of this Python, as a value of ``spark.jars``.

    >>> SparkSession.builder.config("spark.jars", destine_spark.jars()).getOrCreate()

    :raises DestineError: when there is none for this version of Spark, or no Spark
    """
    archive = os.path.dirname(_HERE)
    if archive.endswith(".jar"):
        return archive
    here = distribution()
    builds = {}
    for path in glob.glob(os.path.join(glob.escape(_HERE), "jars", "destine-spark-*_*-*.jar")):
        found = re.match(r"destine-spark-([\d.]+)_([\d.]+)-", os.path.basename(path))
        if found:
            builds[found[1], found[2]] = path
    for (spark, scala), path in builds.items():
        same = scala == here.scala and spark.split(".")[0] == here.spark.split(".")[0]
        if same and not _REFUSED.match(here.spark):
            return path
    known = " and ".join(f"Spark {spark} with Scala {scala}" for spark, scala in sorted(builds))
    raise DestineError(
        f"destine-spark {__version__} cannot run on Spark {here.spark} with Scala {here.scala}"
        f" ({here.home}); it is built for {known or 'no version: its jars are missing'}"
    )


def session(
    master: Optional[str] = None,
    memory: Optional[str] = None,
    config: Optional[Mapping[str, Any]] = None,
) -> SparkSession:
    """Starts a session with the jar, or returns the running session if it has the jar.

    :param master: such as ``local[4]``; by default the master in Spark's own settings, or all cores
        of this machine
    :param memory: heap of the driver, such as ``16g``; by default, with a local master, half of
        the machine's memory and at most 8 GB
    :param config: other settings of Spark
    :raises DestineError: when the version of Spark or Java is not supported, or the running session
        lacks the jar
    """
    jar = jars()
    spark = SparkSession.getActiveSession()
    if spark is None:
        given = {key: str(value) for key, value in (config or {}).items()}
        if master:
            given["spark.master"] = master
        if memory:
            given["spark.driver.memory"] = memory
        if not _has_jvm():
            here = distribution()
            _require_same_version(here)
            require_java(here.spark)
            words = shlex.split(os.environ.get("PYSPARK_SUBMIT_ARGS", ""))
            options, _ = split_options(words)
            theirs = own_settings(here.home, options)
            submitted = settings_in(options)
            theirs.update(submitted)
            others = given.get("spark.jars") or theirs.get("spark.jars")
            given["spark.jars"] = f"{others},{jar}" if others else jar
            if "spark.jars" in submitted:
                # An option of spark-submit overrides the setting; the last one counts.
                words[-1:-1] = ["--jars", given["spark.jars"]]
                os.environ["PYSPARK_SUBMIT_ARGS"] = " ".join(map(shlex.quote, words))
            given = {**defaults(theirs, given), **given}
        builder = SparkSession.builder
        for key, value in given.items():
            builder = builder.config(key, value)
        spark = builder.getOrCreate()
    jvm: Any = spark._jvm
    # py4j takes a name without a class for a package.
    if type(jvm.io.destine.spark.ml.DestineClassifier).__name__ == "JavaPackage":
        raise DestineError(
            "this Python process has a Spark session that was started without the jar of"
            " destine-spark; restart Python and call destine_spark.session() first"
        )
    return spark


def _require_same_version(here: Distribution) -> None:
    """Raises an error when SPARK_HOME and the package pyspark have different versions of Spark."""
    if here.spark.split(".")[:2] != pyspark.__version__.split(".")[:2]:
        raise DestineError(
            f"pyspark {pyspark.__version__} cannot start Spark {here.spark} ({here.home}): install"
            f" pyspark=={here.spark}, or unset SPARK_HOME"
        )


def split_options(words: Sequence[str]) -> Tuple[List[str], Sequence[str]]:
    """Splits the words into the leading options of spark-submit and the rest.

    An option has its value as the next word, unless it is a flag. An option without its value is
    part of the rest.
    """
    options: List[str] = []
    while words and words[0].startswith("-"):
        if words[0] in _FLAGS:
            options.append(words[0])
            words = words[1:]
        elif words[0].startswith("--") and "=" in words[0]:
            options += words[0].split("=", 1)
            words = words[1:]
        elif len(words) > 1 and words[0] not in HELP:
            options += words[:2]
            words = words[2:]
        else:
            break
    return options, words


def own_settings(home: str, options: Sequence[str]) -> Dict[str, str]:
    """The settings in the file that the options name, or in Spark's ``spark-defaults.conf``.

    In both with ``--load-spark-defaults``, where the named file has priority.
    """
    directory = os.environ.get("SPARK_CONF_DIR") or os.path.join(home, "conf")
    named = [value for option, value in zip(options, options[1:]) if option == "--properties-file"]
    settings = {}
    if not named or "--load-spark-defaults" in options:
        settings.update(settings_of(os.path.join(directory, "spark-defaults.conf")))
    for file in named[-1:]:
        settings.update(settings_of(file))
    return settings


def defaults(theirs: Mapping[str, str], given: Mapping[str, str]) -> Dict[str, str]:
    """Default settings, without those that a file of Spark or the user gives."""
    known = {**theirs, **given}
    ours = settings_of(os.path.join(_HERE, "conf", "spark-defaults.conf"))
    if _VECTORS not in _java_modules(_java()):
        ours = {key: value.replace(_OPTION, "") for key, value in ours.items()}
    ours["spark.master"] = "local[*]"
    if known.get("spark.master", "local").startswith("local"):
        ours["spark.driver.memory"] = f"{_half_of_memory()}m"
        ours["spark.ui.enabled"] = "false"
        os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    return {key: value for key, value in ours.items() if key not in known}


def settings_in(options: Sequence[str]) -> Dict[str, str]:
    """The settings that options of spark-submit give."""
    settings = {}
    for option, value in zip(options, options[1:]):
        if option in ("--conf", "-c"):
            key, _, setting = value.partition("=")
            settings[key] = setting
        elif option in _SETTINGS:
            settings[_SETTINGS[option]] = value
    return settings


def settings_of(file: str) -> Dict[str, str]:
    """The settings in a file of Spark; none when the file does not exist."""
    settings = {}
    if os.path.exists(file):
        with open(file, encoding="utf-8") as lines:
            for line in lines:
                found = re.match(r"\s*([^#\s=:]+)(?:\s*[=:]\s*|\s+)(.*?)\s*$", line)
                if found:
                    settings[found[1]] = found[2]
    return settings


def _half_of_memory() -> int:
    """Half of the machine's memory in megabytes, at most 8 GB."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return min(memory >> 21, _MOST_MEGABYTES)


def request_vector_module() -> None:
    """Makes the next JVM that pyspark starts, and the JVMs of executors, load the Vector API.

    Without it a fit uses the slower ND4J kernel, or fails with a jar that lacks this kernel, such
    as a jar of the wheel. Does nothing if a JVM is already running, if Java does not have the API,
    or from Spark 4.2 on, which loads it itself.
    """
    if _has_jvm() or not re.match(r"3\.|4\.[01]\.", pyspark.__version__):
        return
    options = os.environ.get("SPARK_SUBMIT_OPTS", "")
    if _OPTION in options or _VECTORS not in _java_modules(_java()):
        return
    os.environ["SPARK_SUBMIT_OPTS"] = f"{options} {_OPTION}".strip()
    arguments = os.environ.get("PYSPARK_SUBMIT_ARGS", "pyspark-shell")
    # Adds to an executor's Java options, which a setting of Spark would replace.
    executors = f"--conf spark.executorEnv.JDK_JAVA_OPTIONS={_OPTION}"
    os.environ["PYSPARK_SUBMIT_ARGS"] = f"{executors} {arguments}"


def _has_jvm() -> bool:
    return SparkContext._gateway is not None or "PYSPARK_GATEWAY_PORT" in os.environ


def require_java(spark: str) -> None:
    """Raises an error when Java is missing, or too old for the jar or too new for this Spark."""
    java = _java()
    if java is None:
        raise DestineError(
            "Java is missing: there is no bin/java in JAVA_HOME or, if it is not set, no java on"
            " the PATH; Java 17 or later is needed"
        )
    version = _java_modules(java).get("java.base", "8")
    number = int(version.split(".")[0].split("-")[0].split("+")[0])
    if number < 17:
        raise DestineError(
            f"Java 17 or later is needed, but {java} is older or does not start; set JAVA_HOME"
        )
    if number >= 23 and spark.startswith("3."):
        raise DestineError(
            f"Spark {spark} cannot run on Java {number}, {java}; set JAVA_HOME to Java 17 or 21"
        )


def _java() -> Optional[str]:
    home = os.environ.get("JAVA_HOME")
    java = os.path.join(home, "bin", "java") if home else "java"
    return shutil.which(java)


@functools.lru_cache(maxsize=None)
def _java_modules(java: Optional[str]) -> Dict[str, str]:
    """Modules of Java with their versions; none without Java, or before Java 9."""
    if java is None:
        return {}
    tried = subprocess.run(
        [java, "--list-modules"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    lines = tried.stdout.decode().split() if tried.returncode == 0 else []
    return dict(line.split("@") for line in lines if "@" in line)
