package io.destine.spark.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.destine.config.Metric;
import io.destine.config.TrainConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OverfittingTest {
  private static List<Map<String, Object>> epochs(double[] auc, double[] loss) {
    List<Map<String, Object>> epochs = new ArrayList<>();
    for (int e = 0; e < auc.length; e++) {
      epochs.add(Map.of("validation_auc", auc[e], "validation_log_loss", loss[e]));
    }
    return epochs;
  }

  private static TrainConfig train(Metric metric, double l2) {
    TrainConfig defaults = TrainConfig.defaults();
    return defaults.withMetric(metric).withOptimizer(defaults.optimizer().withEmbeddingL2(l2));
  }

  @Test
  void aMetricThatFallsFromTheFirstEpochOnIsNamedWithARemedy() {
    List<Map<String, Object>> epochs =
        epochs(new double[] {.75, .74, .73}, new double[] {.45, .47, .5});
    assertThat(Overfitting.warnings(epochs, train(Metric.LOG_LOSS, 0), 250_000))
        .containsExactly(
            "overfitting: validation log loss was best after the first epoch, 0.4500, and has been"
                + " worse after every later one, 0.5000 in epoch 3; try train.embedding-l2 = 0.00040, or"
                + " make the network smaller (model.layers, model.deep)");
    assertThat(Overfitting.warnings(epochs, train(Metric.LOG_LOSS, 0.0004), 250_000))
        .singleElement()
        .asString()
        .contains("try train.embedding-l2 = 0.0012,");
    assertThat(Overfitting.warnings(epochs, train(Metric.AUC, 0), 250_000))
        .singleElement()
        .asString()
        .contains("validation AUC was best after the first epoch, 0.7500");
  }

  @Test
  void anOrderThatImprovesWhileProbabilitiesGetWorseIsNamed() {
    List<Map<String, Object>> epochs =
        epochs(new double[] {.75, .76, .77, .765}, new double[] {.46, .45, .49, .5});
    assertThat(Overfitting.warnings(epochs, train(Metric.AUC, 0), 1000))
        .singleElement()
        .asString()
        .startsWith("overfitting: from epoch 2 to 3 validation AUC rose from 0.7600 to 0.7700")
        .contains("from 0.4500 to 0.4900", "set train.metric = log_loss, and try");
    assertThat(Overfitting.warnings(epochs, train(Metric.LOG_LOSS, 0), 1000))
        .singleElement()
        .asString()
        .doesNotContain("set train.metric");
  }

  @Test
  void curvesThatImproveOrEndHaveNoLine() {
    assertThat(
            Overfitting.warnings(
                epochs(new double[] {.7, .75, .74}, new double[] {.5, .45, .452}),
                train(Metric.LOG_LOSS, 0),
                1000))
        .isEmpty();
    assertThat(
            Overfitting.warnings(
                epochs(new double[] {.7}, new double[] {.5}), train(Metric.AUC, 0), 1000))
        .isEmpty();
    assertThat(Overfitting.warnings(List.of(Map.of(), Map.of()), train(Metric.AUC, 0), 1000))
        .isEmpty();
  }
}
