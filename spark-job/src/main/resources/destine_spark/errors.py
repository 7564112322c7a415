"""The error that the package raises for mistakes, with a sentence that states the problem."""

from contextlib import contextmanager
from typing import Any, Iterator, Optional

from pyspark import SparkContext
from pyspark.errors import IllegalArgumentException
from pyspark.sql.utils import is_remote

_MISTAKES = (
    "java.io.UncheckedIOException",
    "java.lang.IllegalArgumentException",
    "org.apache.hadoop.fs.FileAlreadyExistsException",
)


class DestineError(Exception):
    """A mistake in parameters, columns, rows or paths, a training run that cannot continue,
    or a version of Spark or Java that cannot run the package.

    Its text states each problem in one line, and names the parameter, column or path.
    """


@contextmanager
def named_errors() -> Iterator[None]:
    """Raises mistakes reported by the JVM as :class:`DestineError`; other errors are unchanged."""
    try:
        yield
    except Exception as error:
        sentence = _sentence(error)
        if sentence is None:
            raise
        raise DestineError(sentence) from None


def _sentence(error: Exception) -> Optional[str]:
    if isinstance(error, TypeError) and "JavaPackage" in str(error):
        return (
            "the Spark session does not have the jar of destine-spark: start it with"
            " destine_spark.session(), or with"
            ' SparkSession.builder.config("spark.jars", destine_spark.jars()), or give the jar to'
            " spark-submit with --jars"
        )
    if isinstance(error, (AssertionError, AttributeError)):
        if SparkContext._active_spark_context is None and not is_remote():
            return "there is no Spark session: call destine_spark.session() first"
        return None
    # An error of py4j has the first attribute, an error converted by pyspark the second.
    java: Any = getattr(error, "java_exception", None) or getattr(error, "_origin", None)
    if java is not None:
        return _java_sentence(java)
    return _remote_sentence(error)


def _java_sentence(java: Any) -> Optional[str]:
    while java is not None:
        name = java.getClass().getName()
        if java.getMessage() and (name.startswith("io.destine.") or name in _MISTAKES):
            return str(java.getMessage())
        java = java.getCause()
    return None


def _remote_sentence(error: Exception) -> Optional[str]:
    """The sentence of an error received over Spark Connect: the text of a pyspark error, or the
    text after the name of a Java class in parentheses.
    """
    text = str(error).split("\n\nJVM stacktrace:")[0]
    if isinstance(error, IllegalArgumentException):
        return text
    name, found, sentence = text.partition(") ")
    name = name.lstrip("(")
    if found and (name.startswith("io.destine.") or name in _MISTAKES):
        return sentence
    return None
