package io.destine.kernel.row;

import io.destine.config.Attention;
import io.destine.config.ModelConfig;
import io.destine.config.Residual;
import io.destine.config.Unary;
import java.util.Arrays;

/**
 * The weights of an interaction layer: the projections of a field are stacked as rows, so that one
 * product computes all of them.
 *
 * @param in width of the layer's input
 * @param query first row of the queries, -1 without
 * @param key first row of the keys, -1 without
 * @param value first row of the values
 * @param residual first row of the residual, -1 without
 * @param stack [rows, in]
 * @param bias [rows]; queries and keys have one only where it has an effect
 * @param shift [in, step] the transposed weights of the queries, for the projection of the mean
 *     field that centres them; null when they are not centred in this way
 * @param unary the projection of the mean field; null with another unary term, or without one
 * @param rectifiedUnary [D, in] and its bias [D], with ReLU before attention; null otherwise
 * @param score [H, in] of the linear unary term; null otherwise
 */
record LayerNumbers(
    int in,
    int query,
    int key,
    int value,
    int residual,
    float[] stack,
    float[] bias,
    Dense shift,
    Dense unary,
    float[] rectifiedUnary,
    float[] rectifiedUnaryBias,
    float[] score) {

  static LayerNumbers of(DenseNumbers numbers, ModelConfig config, int layer, FieldLanes lanes) {
    String prefix = "layers." + layer + ".";
    int d = config.attentionWidth();
    int in = layer == 0 ? config.embeddingDim() : d;
    boolean rectified = config.reluBeforeAttention();
    boolean centred = config.hasPairwise() && config.attention() != Attention.PLAIN;
    boolean meanQuery = config.hasUnary() && config.unary() == Unary.MEAN_QUERY;
    Stack stack = new Stack(numbers, d, in);
    double scale = config.scale() ? 1 / Math.sqrt(config.headDim()) : 1;
    int query =
        config.hasPairwise() ? stack.add(prefix + "query", scale, rectified || !centred) : -1;
    int key = config.hasKeys() ? stack.add(prefix + "key", 1, rectified) : -1;
    int value = stack.add(prefix + "value", 1, true);
    int residual =
        config.residual() == Residual.EACH_LAYER ? stack.add(prefix + "residual", 1, true) : -1;
    String unary = prefix + "unary_query";
    return new LayerNumbers(
        in,
        query,
        key,
        value,
        residual,
        stack.weights,
        stack.bias,
        centred && !rectified ? shift(numbers, prefix + "query", scale, d, lanes) : null,
        meanQuery && !rectified ? Dense.of(numbers, unary, d, lanes) : null,
        meanQuery && rectified ? numbers.of(unary + ".weight") : null,
        meanQuery && rectified ? numbers.of(unary + ".bias", d) : null,
        config.hasUnary() && !meanQuery ? numbers.of(unary + ".weight") : null);
  }

  private static Dense shift(
      DenseNumbers numbers, String name, double scale, int d, FieldLanes lanes) {
    float[] weights = numbers.scaled(name + ".weight", scale);
    int step = lanes.padded(d);
    return new Dense(
        weights.length / d, d, step, DenseNumbers.transposed(weights, d, step), new float[step]);
  }

  /** Rows of the stack. */
  int rows() {
    return bias.length;
  }

  /** Projections of the same input, stacked. */
  private static final class Stack {
    private final DenseNumbers numbers;
    private final int d;
    private final int in;
    private float[] weights = {};
    private float[] bias = {};

    Stack(DenseNumbers numbers, int d, int in) {
      this.numbers = numbers;
      this.d = d;
      this.in = in;
    }

    int add(String name, double scale, boolean biased) {
      int row = bias.length;
      float[] more = numbers.scaled(name + ".weight", scale);
      weights = Arrays.copyOf(weights, weights.length + d * in);
      System.arraycopy(more, 0, weights, row * in, d * in);
      bias = Arrays.copyOf(bias, row + d);
      if (biased) {
        float[] own = numbers.of(name + ".bias", d);
        for (int o = 0; o < d; o++) {
          bias[row + o] = (float) (own[o] * scale);
        }
      }
      return row;
    }
  }
}
