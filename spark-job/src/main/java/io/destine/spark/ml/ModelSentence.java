package io.destine.spark.ml;

import io.destine.artifact.Manifest;
import io.destine.config.ModelConfig;
import io.destine.feature.FieldShape;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Describes a model in one line: its fields, its network and its validation metrics. */
final class ModelSentence {
  private ModelSentence() {}

  static String of(String uid, Manifest manifest) {
    return "DestineModel: uid="
        + uid
        + ", "
        + manifest.fields().size()
        + " fields ("
        + manifest.fields().stream().map(FieldShape::name).collect(Collectors.joining(", "))
        + "), "
        + network(manifest.model())
        + metrics(manifest.metrics());
  }

  private static String network(ModelConfig model) {
    StringBuilder text = new StringBuilder("embeddingDim=" + model.embeddingDim());
    text.append(", layers=").append(model.layers());
    if (model.layers() > 0) {
      text.append(", heads=").append(model.heads());
    }
    if (!model.deep().isEmpty()) {
      text.append(", deep=").append(model.deep());
    }
    text.append(model.wide() ? ", wide" : "");
    return text.append(model.fm() ? ", fm" : "").toString();
  }

  /** The metrics; empty if the model has none. */
  private static String metrics(Map<String, Object> metrics) {
    return metrics != null
            && metrics.get("validation") instanceof Map<?, ?> validation
            && validation.get("auc") instanceof Number auc
            && validation.get("log_loss") instanceof Number loss
        ? String.format(
            Locale.ROOT,
            ", validation AUC %.4f, log loss %.4f",
            auc.doubleValue(),
            loss.doubleValue())
        : "";
  }
}
