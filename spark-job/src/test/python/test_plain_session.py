"""A session of plain Python, without options of the JVM: arguments are the jar, a table, a mode."""

import sys
import unittest

JAR, CLICKS, MODE = sys.argv[1:4]
sys.path.insert(0, JAR)

from pyspark.sql import SparkSession  # noqa: E402


def session(jar):
    builder = (
        SparkSession.builder.master("local[2]")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.sql.shuffle.partitions", "4")
        .config("spark.ui.enabled", "false")
    )
    return (builder.config("spark.jars", JAR) if jar else builder).getOrCreate()


def fitted(spark):
    from destine_spark import DestineClassifier

    clicks = spark.read.option("header", True).csv(CLICKS)
    classifier = DestineClassifier(
        labelCol="clicked", inputCols=["user", "item"], embeddingDim=8, epochs=2, batchSize=128
    )
    return classifier.fit(clicks)


class PlainSessionTest(unittest.TestCase):
    @unittest.skipUnless(MODE == "import-first", MODE)
    def test_the_jvm_that_starts_after_the_import_has_the_vector_kernel(self):
        import destine_spark  # noqa: F401

        self.assertEqual(fitted(session(True)).metrics["kernel"], "vector")

    @unittest.skipUnless(MODE == "session-first", MODE)
    def test_a_jvm_that_is_there_already_has_the_slow_kernel(self):
        self.assertEqual(fitted(session(True)).metrics["kernel"], "nd4j")

    @unittest.skipUnless(MODE == "no-jar", MODE)
    def test_a_session_that_is_missing_or_has_no_jar_is_said_to_be_so(self):
        import destine_spark
        from destine_spark import DestineClassifier, DestineError, DestineModel

        uses = [DestineClassifier, lambda: DestineModel.load("model")]
        for use in uses:
            with self.assertRaisesRegex(DestineError, "there is no Spark session"):
                use()
        session(False)
        for use in uses:
            with self.assertRaisesRegex(DestineError, "does not have the jar"):
                use()
        self.assertEqual(destine_spark.jars(), JAR)
        with self.assertRaisesRegex(DestineError, "restart Python"):
            destine_spark.session()


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
