"""A click-through-rate model with attention between fields, as an estimator of Spark ML.

    from destine_spark import DestineClassifier

    model = DestineClassifier(labelCol="clicked").fit(clicks)
    model.transform(clicks).select("clicked", "probability").show()

The package is inside the jar of the release: ``--packages`` brings both, with ``--jars`` the jar
stands in ``--py-files`` too.
"""

import sys

from destine_spark.classifier import DestineClassifier, DestineModel
from destine_spark.errors import DestineError
from destine_spark.session import request_vector_module

__all__ = ["DestineClassifier", "DestineError", "DestineModel"]

request_vector_module()

# Spark finds the Python class of a saved stage by the name of its Java class, whose first part,
# "io", is a module of Python's own.
sys.modules["io.destine.spark.ml"] = sys.modules[__name__]
