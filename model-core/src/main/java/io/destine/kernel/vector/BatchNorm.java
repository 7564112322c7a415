package io.destine.kernel.vector;

import io.destine.param.ParameterLayout;
import java.util.Arrays;

/**
 * Batch normalization of the n units of a hidden layer over the rows of a batch, in place on z
 * [rows, n]:
 *
 * <pre>
 *   y = g xhat + s        xhat = (z - mean) / sqrt(var + eps)
 *   dz = g / sqrt(var + eps) (dy - mean(dy) - xhat mean(dy xhat))
 * </pre>
 *
 * <p>Training uses the mean and (biased) variance of the rows, summed in order and in double;
 * otherwise the running statistics are used.
 */
final class BatchNorm implements DenseTensors.Part {
  private static final double EPSILON = 1e-5;

  private final ParameterLayout.Tensor scale;
  private final ParameterLayout.Tensor shift;
  private final ParameterLayout.Tensor runningMean;
  private final ParameterLayout.Tensor runningVariance;
  private final int n;
  private final RowBlock normalized;
  private final float[] factors;
  private final float[] offsets;
  private final float[] mean;
  private final float[] inverse;
  private final double[] factorGradient;
  private final double[] offsetGradient;
  private final double[] sums;
  private final double[] squares;

  /**
   * The normalization with the tensors name.weight and name.bias.
   *
   * @param n units
   * @param rows maximum rows of a batch
   */
  BatchNorm(DenseTensors tensors, Memory memory, String name, int n, int rows) {
    this.n = n;
    scale = tensors.tensor(name + ".weight");
    shift = tensors.tensor(name + ".bias");
    runningMean = tensors.statistic(name + ".running_mean");
    runningVariance = tensors.statistic(name + ".running_var");
    normalized = RowBlock.reserve(memory, rows, n);
    factors = new float[n];
    offsets = new float[n];
    mean = new float[n];
    inverse = new float[n];
    factorGradient = new double[n];
    offsetGradient = new double[n];
    sums = new double[n];
    squares = new double[n];
    tensors.add(this);
  }

  /** Normalizes the first rows of z by the running statistics. */
  void forward(float[] memory, RowBlock z, int rows, double[] statistics) {
    for (int i = 0; i < n; i++) {
      mean[i] = (float) statistics[runningMean.offset() + i];
      inverse[i] = (float) (1 / Math.sqrt(statistics[runningVariance.offset() + i] + EPSILON));
    }
    for (int row = 0; row < rows; row++) {
      int at = z.at(row, 0);
      for (int i = 0; i < n; i++) {
        memory[at + i] = (memory[at + i] - mean[i]) * inverse[i] * factors[i] + offsets[i];
      }
    }
  }

  /**
   * Normalizes all rows of a batch by the batch's statistics.
   *
   * @param observed the network's statistics; receives this layer's mean and variance of the batch,
   *     each times the number of rows; the variance is unbiased if there are at least two rows
   */
  void train(float[] memory, RowBlock z, int rows, double[] observed) {
    Arrays.fill(sums, 0);
    Arrays.fill(squares, 0);
    for (int row = 0; row < rows; row++) {
      int at = z.at(row, 0);
      for (int i = 0; i < n; i++) {
        sums[i] += memory[at + i];
      }
    }
    for (int i = 0; i < n; i++) {
      sums[i] /= rows;
    }
    for (int row = 0; row < rows; row++) {
      int at = z.at(row, 0);
      for (int i = 0; i < n; i++) {
        double difference = memory[at + i] - sums[i];
        squares[i] += difference * difference;
      }
    }
    for (int i = 0; i < n; i++) {
      double variance = squares[i] / rows;
      observed[runningMean.offset() + i] = sums[i] * rows;
      observed[runningVariance.offset() + i] =
          variance * (rows > 1 ? rows / (rows - 1.0) : 1) * rows;
      mean[i] = (float) sums[i];
      inverse[i] = (float) (1 / Math.sqrt(variance + EPSILON));
    }
    for (int row = 0; row < rows; row++) {
      int at = z.at(row, 0);
      int into = normalized.at(row, 0);
      for (int i = 0; i < n; i++) {
        float x = (memory[at + i] - mean[i]) * inverse[i];
        memory[into + i] = x;
        memory[at + i] = x * factors[i] + offsets[i];
      }
    }
  }

  /** After {@link #train}: converts the gradient of its result to that of its input, in place. */
  void backward(float[] memory, RowBlock dy, int rows) {
    Arrays.fill(sums, 0);
    Arrays.fill(squares, 0);
    for (int row = 0; row < rows; row++) {
      int at = dy.at(row, 0);
      int x = normalized.at(row, 0);
      for (int i = 0; i < n; i++) {
        sums[i] += memory[at + i];
        squares[i] += (double) memory[at + i] * memory[x + i];
      }
    }
    for (int i = 0; i < n; i++) {
      offsetGradient[i] += sums[i];
      factorGradient[i] += squares[i];
      sums[i] /= rows;
      squares[i] /= rows;
    }
    for (int row = 0; row < rows; row++) {
      int at = dy.at(row, 0);
      int x = normalized.at(row, 0);
      for (int i = 0; i < n; i++) {
        double centred = memory[at + i] - sums[i] - memory[x + i] * squares[i];
        memory[at + i] = (float) (centred * inverse[i] * factors[i]);
      }
    }
  }

  @Override
  public void load(double[] dense, float[] memory) {
    for (int i = 0; i < n; i++) {
      factors[i] = (float) dense[scale.offset() + i];
      offsets[i] = (float) dense[shift.offset() + i];
    }
  }

  @Override
  public void clear(float[] memory) {
    Arrays.fill(factorGradient, 0);
    Arrays.fill(offsetGradient, 0);
  }

  @Override
  public void collect(float[] memory, float[] gradient) {
    for (int i = 0; i < n; i++) {
      gradient[scale.offset() + i] = (float) factorGradient[i];
      gradient[shift.offset() + i] = (float) offsetGradient[i];
    }
  }
}
