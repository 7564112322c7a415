package io.destine.kernel;

import io.destine.config.ModelConfig;
import io.destine.feature.EncodedBatch;
import io.destine.param.Parameters;
import io.destine.random.DropoutMask;
import io.destine.random.Purpose;
import java.util.Arrays;

/**
 * The deep part over all rows of a batch, computed literally from the equations in plain doubles.
 */
final class PlainDeep {
  private final ModelConfig config;
  private final Parameters p;

  PlainDeep(ModelConfig config, Parameters p) {
    this.config = config;
    this.p = p;
  }

  /** One output per row, given its embeddings. */
  double[] outputs(double[][][] embeddings, EncodedBatch batch, Dropout dropout, boolean training) {
    double[][] x = new double[embeddings.length][];
    Arrays.setAll(x, n -> PlainMaths.concatenate(embeddings[n]));
    for (int layer = 0; layer < config.deep().size(); layer++) {
      x = linear(x, layer);
      if (config.batchNorm()) {
        normalize(x, "deep." + layer + ".norm", training);
      }
      for (int n = 0; n < x.length; n++) {
        x[n] = PlainMaths.relu(x[n]);
        drop(x[n], batch.key(n), layer, dropout);
      }
    }
    double[][] last = linear(x, config.deep().size());
    return Arrays.stream(last).mapToDouble(y -> y[0]).toArray();
  }

  private double[][] linear(double[][] x, int layer) {
    double[][] y = new double[x.length][];
    Arrays.setAll(y, n -> PlainMaths.affine(p, "deep." + layer, x[n]));
    return y;
  }

  private void normalize(double[][] x, String name, boolean training) {
    double[] mean = training ? PlainMaths.mean(x) : PlainMaths.statistic(p, name + ".running_mean");
    double[][] squares = new double[x.length][];
    Arrays.setAll(squares, n -> squaredDistance(x[n], mean));
    double[] variance =
        training ? PlainMaths.mean(squares) : PlainMaths.statistic(p, name + ".running_var");
    double[] weight = PlainMaths.tensor(p, name + ".weight");
    double[] bias = PlainMaths.tensor(p, name + ".bias");
    for (double[] row : x) {
      for (int i = 0; i < row.length; i++) {
        row[i] = weight[i] * (row[i] - mean[i]) / Math.sqrt(variance[i] + 1e-5) + bias[i];
      }
    }
  }

  private static double[] squaredDistance(double[] a, double[] b) {
    double[] squares = new double[a.length];
    Arrays.setAll(squares, i -> (a[i] - b[i]) * (a[i] - b[i]));
    return squares;
  }

  private void drop(double[] x, long key, int layer, Dropout dropout) {
    if (dropout != null && config.deepDropout() > 0) {
      DropoutMask mask =
          new DropoutMask(
              dropout.seed(), Purpose.DEEP_DROPOUT, dropout.epoch(), config.deepDropout());
      for (int i = 0; i < x.length; i++) {
        x[i] *= mask.factor(mask.stream(key, layer), i);
      }
    }
  }
}
