import io.destine.spark.ml.DestineClassifier
import org.apache.spark.ml.evaluation.BinaryClassificationEvaluator

val flights = spark.read.parquet("examples/flights/flights.parquet")
val Array(train, test) = flights.randomSplit(Array(0.9, 0.1), 1)
val model = new DestineClassifier().setLabelCol("delayed").setWide(true).setEpochs(2).fit(train)
val auc = new BinaryClassificationEvaluator().setLabelCol("delayed").evaluate(model.transform(test))
println(f"AUC $auc%.4f")
