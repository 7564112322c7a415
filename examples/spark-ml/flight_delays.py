from destine_spark import DestineClassifier
from pyspark.ml.evaluation import BinaryClassificationEvaluator
from pyspark.sql import SparkSession

spark = SparkSession.builder.getOrCreate()
flights = spark.read.parquet("examples/flights/flights.parquet")
train, test = flights.randomSplit([0.9, 0.1], seed=1)
model = DestineClassifier(
    labelCol="delayed", wide=True, layers=1, deep=[64, 32], learningRate=0.003, epochs=4
).fit(train)
auc = BinaryClassificationEvaluator(labelCol="delayed").evaluate(model.transform(test))
print(f"AUC {auc:.4f}")
