"""A click-through-rate model with attention between fields, as an estimator of Spark ML.

    import destine_spark
    from destine_spark import DestineClassifier

    spark = destine_spark.session()
    clicks = spark.read.parquet("clicks.parquet")
    model = DestineClassifier(labelCol="clicked").fit(clicks)
    model.transform(clicks).select("clicked", "probability").show()

The wheel of the release contains the jars. Each jar also contains this package: ``--packages``
adds both; with ``--jars``, give the jar to ``--py-files`` as well.
"""

import sys

from destine_spark.classifier import DestineClassifier, DestineModel
from destine_spark.errors import DestineError
from destine_spark.runtime import jars, request_vector_module, session
from destine_spark.version import __version__

__all__ = ["DestineClassifier", "DestineError", "DestineModel", "__version__", "jars", "session"]

request_vector_module()

# Spark finds the Python class of a saved stage by the name of its Java class. The first part of
# that name, "io", is also a module of Python.
sys.modules["io.destine.spark.ml"] = sys.modules[__name__]
