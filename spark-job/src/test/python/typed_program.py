"""Uses destine_spark as a program would; a type checker reads it, nothing runs it."""

from typing import List

from pyspark.ml import Pipeline
from pyspark.sql import DataFrame

import destine_spark
from destine_spark import DestineClassifier, DestineError, DestineModel


def fit(clicks: DataFrame) -> DestineModel:
    classifier = DestineClassifier(labelCol="clicked", epochs=3, numericCols=["price"])
    classifier = classifier.setParams(seed=2).setDeep([64, 32]).setWide(True)
    classifier = classifier.setSideTable("item", clicks)
    deep: List[int] = classifier.getDeep()
    model: DestineModel = classifier.fit(clicks)
    scored: DataFrame = model.setThreshold(0.3).setExplanationCol("why").transform(clicks)
    auc: float = model.metrics["auc"]
    print(model.directory, deep, auc, model.numClasses + model.numFeatures, scored.count())
    importances: DataFrame = model.featureImportances(clicks, rows=1000)
    importances.show()
    embeddings: DataFrame = model.embeddings()
    embeddings.show()
    classifier = classifier.setInitModel(model).setInitModel("model")
    Pipeline(stages=[classifier]).fit(clicks)
    model.write().overwrite().save("model")
    other: DestineClassifier = DestineClassifier.load("classifier")
    print(other.uid)
    try:
        return DestineModel.load("model")
    except DestineError as error:
        print(error)
        raise


fit(destine_spark.session(memory="2g").read.parquet(destine_spark.jars()))
DestineClassifier(epochs="three")  # type: ignore[arg-type]
DestineClassifier(epoch=3)  # type: ignore[call-arg]
DestineClassifier().setDeep("64")  # type: ignore[arg-type]
