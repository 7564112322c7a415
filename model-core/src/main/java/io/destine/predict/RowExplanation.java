package io.destine.predict;

import io.destine.config.ModelConfig;
import io.destine.kernel.row.RowKernel;
import java.util.ArrayList;
import java.util.List;

/**
 * The attention weights of a network for one row.
 *
 * @param probability that the label is 1
 * @param fields names, in order
 * @param heads attention of each head, layer by layer
 */
public record RowExplanation(double probability, List<String> fields, List<Head> heads) {

  /**
   * Attention weights of a head.
   *
   * @param layer counted from 1
   * @param head counted from 1
   * @param pairwise [M][M] weight p(m, n) of field n for field m, each line sums to 1; null when
   *     the network has no pairwise term
   * @param unary [M] weight u(n) of field n for all fields, with the sum 1; null when the network
   *     has no unary term
   */
  public record Head(int layer, int head, float[][] pairwise, float[] unary) {}

  /**
   * The heads of the row whose logit a kernel computed last.
   *
   * @param fields M
   */
  public static List<Head> heads(RowKernel kernel, ModelConfig config, int fields) {
    List<Head> heads = new ArrayList<>();
    for (int l = 0; l < config.layers(); l++) {
      for (int h = 0; h < config.heads(); h++) {
        float[][] pairwise = config.hasPairwise() ? new float[fields][] : null;
        for (int m = 0; m < fields && pairwise != null; m++) {
          pairwise[m] = line(kernel, l, h, m, fields);
        }
        float[] unary = config.hasUnary() ? line(kernel, l, h, fields, fields) : null;
        heads.add(new Head(l + 1, h + 1, pairwise, unary));
      }
    }
    return heads;
  }

  private static float[] line(RowKernel kernel, int layer, int head, int t, int fields) {
    float[] weights = new float[fields];
    for (int n = 0; n < fields; n++) {
      weights[n] = kernel.attention(layer, head, t, n);
    }
    return weights;
  }
}
