"""Tests over Spark Connect, of Spark 4: arguments are the jar, a table in csv, a directory."""

import os
import sys
import unittest
from unittest import mock

JAR, CLICKS, DIRECTORY = sys.argv[1:4]
sys.path.insert(0, JAR)

from pyspark import SparkContext  # noqa: E402
from pyspark.ml.evaluation import BinaryClassificationEvaluator  # noqa: E402
from pyspark.sql import SparkSession, functions  # noqa: E402

from destine_spark import DestineClassifier, DestineError, DestineModel  # noqa: E402


class ConnectTest(unittest.TestCase):
    def test_fit_transform_save_load(self):
        spark = (
            SparkSession.builder.remote("local[2]")
            .config("spark.jars", JAR)
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.sql.shuffle.partitions", "4")
            .config("spark.ui.enabled", "false")
            # No model stays in memory: each use loads it from the server's disk.
            .config("spark.connect.session.connectML.mlCache.memoryControl.maxInMemorySize", "1")
            .getOrCreate()
        )
        self.addCleanup(spark.stop)
        clicks = spark.read.option("header", True).csv(CLICKS)
        clicks = clicks.withColumn("label", functions.col("clicked").cast("double"))
        fields = ["user", "item", "price", "tags"]
        classifier = DestineClassifier(
            inputCols=fields,
            numericCols=["price"],
            multiCols=["tags"],
            embeddingDim=8,
            deep=[8],
            batchSize=128,
            epochs=3,
            learningRate=0.01,
        )
        model = classifier.fit(clicks)
        scored = model.transform(clicks)
        self.assertEqual(scored.columns[-3:], ["rawPrediction", "probability", "prediction"])
        auc = BinaryClassificationEvaluator().evaluate(scored)
        self.assertGreater(auc, 0.7)
        columns = fields + ["prediction"]
        expected = sorted(scored.select(columns).collect())
        path = os.path.join(DIRECTORY, "connect-model")
        model.write().overwrite().save(path)
        loaded = DestineModel.load(path)
        self.assertEqual(loaded.getLearningRate(), 0.01)
        self.assertEqual(sorted(loaded.transform(clicks).select(columns).collect()), expected)
        model.write().overwrite().save(path)
        path = os.path.join(DIRECTORY, "connect-estimator")
        classifier.write().overwrite().save(path)
        self.assertEqual(DestineClassifier.load(path).getDeep(), [8])
        with self.assertRaisesRegex(DestineError, "^embeddingDim is 0; it must be at least 1"):
            classifier.setEmbeddingDim(0).fit(clicks)
        # The client of another process has no context of its own.
        with mock.patch.object(SparkContext, "_active_spark_context", None):
            with self.assertRaises(AttributeError):
                classifier.fit("clicks")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
