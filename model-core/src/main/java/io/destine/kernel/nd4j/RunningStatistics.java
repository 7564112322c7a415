package io.destine.kernel.nd4j;

import io.destine.param.GradientSink;
import io.destine.param.ParameterLayout;
import io.destine.param.Parameters;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The running means and variances of batch normalization on their way in, and the statistics of a
 * training pass on their way out, both in the layout's order on the heap.
 */
final class RunningStatistics {
  private final ParameterLayout layout;
  private final double[] observedTimesRows;
  private double[] current;

  RunningStatistics(ParameterLayout layout) {
    this.layout = layout;
    observedTimesRows = new double[layout.statisticsSize()];
    current = new double[layout.statisticsSize()];
  }

  /** Takes the running statistics of the parameters for the passes to come. */
  void load(Parameters parameters) {
    current = parameters.statistics();
  }

  /** Writes the running statistics of a normalization to [1, n] arrays. */
  void write(String name, INDArray mean, INDArray variance) {
    int means = layout.statistic(name + ".running_mean").offset();
    int variances = layout.statistic(name + ".running_var").offset();
    for (int i = 0; i < mean.length(); i++) {
      mean.putScalar(i, current[means + i]);
      variance.putScalar(i, current[variances + i]);
    }
  }

  /**
   * Notes the statistics of a pass: the variance, biased as given, is made unbiased where there are
   * two rows or more.
   */
  void observe(String name, INDArray mean, INDArray variance, int rows) {
    int means = layout.statistic(name + ".running_mean").offset();
    int variances = layout.statistic(name + ".running_var").offset();
    double unbias = rows > 1 ? rows / (rows - 1.0) : 1;
    for (int i = 0; i < mean.length(); i++) {
      observedTimesRows[means + i] = mean.getDouble(i) * rows;
      observedTimesRows[variances + i] = variance.getDouble(i) * unbias * rows;
    }
  }

  /** Adds what the last training pass noted to {@code sink}, if there is anything to note. */
  void addTo(GradientSink sink) {
    if (observedTimesRows.length > 0) {
      sink.addStatistics(observedTimesRows);
    }
  }
}
