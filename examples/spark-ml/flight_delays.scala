import io.destine.spark.ml.DestineClassifier
import org.apache.spark.ml.evaluation.BinaryClassificationEvaluator

val flights = spark.read.parquet("examples/flights/flights.parquet")
val Array(train, test) = flights.randomSplit(Array(0.9, 0.1), 1)
val classifier = new DestineClassifier().setLabelCol("delayed").setWide(true)
val model = classifier.setLayers(1).setDeep(64, 32).setLearningRate(0.003).setEpochs(4).fit(train)
val auc = new BinaryClassificationEvaluator().setLabelCol("delayed").evaluate(model.transform(test))
println(f"AUC $auc%.4f")
