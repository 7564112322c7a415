"""Tests of the package destine_spark: arguments are the jar, a table in csv, a directory."""

import contextlib
import io
import os
import sys
import unittest
from datetime import date, datetime, timezone
from decimal import Decimal

JAR, CLICKS, DIRECTORY = sys.argv[1:4]
# As spark-submit --py-files does.
sys.path.insert(0, JAR)

from pyspark.ml import Pipeline, PipelineModel  # noqa: E402
from pyspark.ml.evaluation import BinaryClassificationEvaluator  # noqa: E402
from pyspark.ml.tuning import CrossValidator, CrossValidatorModel, ParamGridBuilder  # noqa: E402
from pyspark.sql import SparkSession, functions  # noqa: E402

from destine_spark import DestineClassifier, DestineError, DestineModel  # noqa: E402
from destine_spark.mlflow import _plain  # noqa: E402


def path(name):
    return os.path.join(DIRECTORY, name)


def classifier():
    return DestineClassifier(
        labelCol="label",
        inputCols=["user", "item", "price", "tags"],
        numericCols=["price"],
        multiCols=["tags"],
        fieldOptions="price { transform = quantile, buckets = 8 }",
        embeddingDim=8,
        headDim=4,
        layers=1,
        deep=[8],
        batchSize=128,
        epochs=3,
        learningRate=0.01,
    )


class DestineSparkTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.spark = (
            SparkSession.builder.master("local[2]")
            .config("spark.jars", JAR)
            .config("spark.driver.extraJavaOptions", "--add-modules=jdk.incubator.vector")
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.sql.shuffle.partitions", "4")
            .config("spark.ui.enabled", "false")
            .getOrCreate()
        )
        cls.spark.sparkContext.setLogLevel("ERROR")
        clicks = cls.spark.read.option("header", True).csv(CLICKS)
        cls.clicks = clicks.withColumn("label", functions.col("clicked").cast("double")).cache()

    @classmethod
    def tearDownClass(cls):
        cls.spark.stop()

    def rows(self, table):
        columns = table.select("user", "item", "price", "rawPrediction", "prediction")
        return sorted(columns.collect(), key=str)

    def test_fit_transform_save_load(self):
        model = classifier().fit(self.clicks)
        self.assertEqual(model.getEpochs(), 3)
        self.assertEqual(model.getInputCols(), ["user", "item", "price", "tags"])
        self.assertEqual((model.numClasses, model.numFeatures), (2, 4))
        self.assertGreater(model.metrics["validation"]["auc"], 0.5)
        expected = self.rows(model.transform(self.clicks))
        self.assertEqual(len(expected), self.clicks.count())
        model.save(path("model"))
        loaded = DestineModel.load(path("model"))
        self.assertEqual(loaded.uid, model.uid)
        self.assertEqual(loaded.getLearningRate(), 0.01)
        self.assertEqual(self.rows(loaded.transform(self.clicks)), expected)
        with self.assertRaisesRegex(Exception, "already exists"):
            model.save(path("model"))
        model.write().overwrite().save(path("model"))

    def test_a_side_table_is_a_data_frame(self):
        items = self.clicks.select("item", functions.hash("item").alias("maker")).distinct()
        stage = DestineClassifier(
            labelCol="label", inputCols=["user"], sideTables="item { key = item, fields = [maker] }"
        )
        with self.assertRaisesRegex(DestineError, "setSideTable"):
            stage.setEpochs(1).fit(self.clicks)
        model = stage.setSideTable("item", items).fit(self.clicks)
        self.assertEqual(model.numFeatures, 2)

    def test_outputs_are_those_of_the_parameters(self):
        model = classifier().setEpochs(1).setProbabilityCol("p").fit(self.clicks)
        self.assertEqual(
            model.transform(self.clicks).columns[-3:], ["rawPrediction", "p", "prediction"]
        )
        ones = model.transform(self.clicks).filter("prediction = 1").count()
        model.setThreshold(0.99)
        self.assertLess(model.transform(self.clicks).filter("prediction = 1").count(), ones)
        row = model.transform(self.clicks).first()
        self.assertAlmostEqual(sum(row["p"]), 1, delta=1e-15)
        self.assertEqual(row["rawPrediction"][0], -row["rawPrediction"][1])

    def test_pipeline_and_cross_validation(self):
        stage = classifier()
        grid = ParamGridBuilder().addGrid(stage.learningRate, [1e-7, 0.01]).build()
        validator = CrossValidator(
            estimator=Pipeline(stages=[stage]),
            estimatorParamMaps=grid,
            evaluator=BinaryClassificationEvaluator(),
            numFolds=2,
            seed=1,
        )
        tuned = validator.fit(self.clicks)
        self.assertGreater(tuned.avgMetrics[1], tuned.avgMetrics[0])
        best = tuned.bestModel
        self.assertEqual(best.stages[0].getLearningRate(), 0.01)
        expected = self.rows(tuned.transform(self.clicks))
        best.save(path("pipeline"))
        loaded = PipelineModel.load(path("pipeline"))
        self.assertIsInstance(loaded.stages[0], DestineModel)
        self.assertEqual(self.rows(loaded.transform(self.clicks)), expected)
        tuned.save(path("tuned"))
        again = CrossValidatorModel.load(path("tuned"))
        self.assertEqual(self.rows(again.transform(self.clicks)), expected)
        Pipeline(stages=[stage]).save(path("unfitted"))
        unfitted = Pipeline.load(path("unfitted")).getStages()[0]
        self.assertIsInstance(unfitted, DestineClassifier)
        self.assertEqual(unfitted.getDeep(), [8])

    def test_a_model_of_java_is_loaded(self):
        loaded = DestineModel.load(path("java"))
        self.assertEqual(loaded.getEpochs(), 2)
        loaded.transform(self.clicks).select("prediction").collect()

    def test_mistakes_are_named(self):
        with self.assertRaisesRegex(Exception, "embeddingDim is 0; it must be at least 1"):
            classifier().setEmbeddingDim(0).fit(self.clicks)
        with self.assertRaises(TypeError):
            DestineClassifier(epochs="many")
        with self.assertRaisesRegex(Exception, 'column "usr" not found'):
            classifier().setInputCols(["usr"]).fit(self.clicks)

    def test_mistakes_are_errors_of_the_package_with_one_sentence(self):
        model = classifier().setEpochs(1).fit(self.clicks)
        model.save(path("once"))
        numbers = self.clicks.withColumn("price", functions.lit("cheap"))
        mistakes = {
            'column "lable" (labelCol) not found': lambda: classifier()
            .setParams(labelCol="lable")
            .fit(self.clicks),
            "embeddingDim is 0; it must be at least 1": lambda: classifier()
            .setEmbeddingDim(0)
            .fit(self.clicks),
            "maxBadFraction allows 0.001": lambda: classifier().fit(numbers),
            'column "user" not found': lambda: model.transform(self.clicks.drop("user")),
            "must hold a saved DestineModel, got nothing": lambda: DestineModel.load(
                path("nowhere")
            ),
            "must hold a saved DestineClassifier": lambda: DestineClassifier.load(path("once")),
            "already exists": lambda: model.save(path("once")),
            "only a model can be overwritten": lambda: model.write().overwrite().save(DIRECTORY),
        }
        for sentence, mistake in mistakes.items():
            with self.assertRaises(DestineError) as raised:
                mistake()
            self.assertIn(sentence, str(raised.exception))
            self.assertEqual(len(str(raised.exception).splitlines()), 1)
            self.assertIsNone(raised.exception.__cause__)

    def test_values_of_pandas_are_the_texts_of_spark(self):
        for value, expected in {
            Decimal("1.50"): "1.5",
            Decimal("2.00"): "2",
            Decimal("0.000"): "0",
            Decimal("100"): "100",
            datetime(2024, 3, 1, 17, 30): "2024-03-01 17:30:00.0",
            datetime(2024, 3, 1, 17, 30, 0, 500000): "2024-03-01 17:30:00.5",
            date(2024, 3, 1): "2024-03-01",
            float("inf"): "Infinity",
            -float("inf"): "-Infinity",
            0.25: 0.25,
        }.items():
            self.assertEqual(_plain(value), expected)

    def test_values_of_pandas_that_no_field_has_are_refused(self):
        for value in (b"u1", bytearray(b"u1"), memoryview(b"u1"), {"a": 1}, ["u1", b"u2"]):
            with self.assertRaisesRegex(ValueError, "must be a text, a number, a time or a list"):
                _plain(value)

    def test_a_time_with_a_zone_is_read_in_that_of_the_model(self):
        time = datetime(2024, 3, 1, 17, 30, tzinfo=timezone.utc)
        for zone, expected in {
            "UTC": "2024-03-01 17:30:00.0",
            "-05:00": "2024-03-01 12:30:00.0",
            "GMT+1": "2024-03-01 18:30:00.0",
            "Asia/Tokyo": "2024-03-02 02:30:00.0",
        }.items():
            self.assertEqual(_plain(time, zone), expected)
        with self.assertRaisesRegex(ValueError, "local times without a zone"):
            _plain(time)

    def test_a_fit_prints_its_epochs(self):
        with contextlib.redirect_stderr(io.StringIO()) as printed:
            classifier().setEpochs(2).fit(self.clicks)
        lines = printed.getvalue().splitlines()
        self.assertRegex(lines[0], "^encoded [0-9,]+ training and [0-9,]+ validation rows: 4 fields")
        self.assertRegex(lines[1], r"^epoch 1/2  train loss [0-9.]+  validation AUC [0-9.]+")
        self.assertTrue(lines[2].startswith("epoch 2/2"))
        self.assertEqual(len(lines), 3)

    def test_every_parameter_explains_itself(self):
        text = classifier().explainParams()
        self.assertIn("embeddingDim: d, embedding dimension (default: 16, current: 8)", text)
        self.assertEqual(len(text.splitlines()), len(classifier().params))
        java = classifier()._java_obj.params()
        self.assertEqual({p.name() for p in java}, {p.name for p in classifier().params})


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
