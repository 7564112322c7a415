package io.destine.kernel.vector;

import io.destine.config.ModelConfig;
import io.destine.config.Residual;
import io.destine.kernel.Dropout;
import io.destine.param.ParameterLayout;

/**
 * The interaction layers in sequence, then w . [out_1; ...; out_M]; the bias is added elsewhere.
 * Unless the residual is in each layer, one ReLU follows the last layer, after Wr e is added with
 * residual last_layer.
 */
final class InteractionTerm implements DenseTensors.Part {
  private static final int L = Lanes.LENGTH;

  private final int fields;
  private final Columns heads;
  private final AttentionLayer[] layers;
  private final AttentionScratch scratch;
  private final boolean rectifiedLast;
  private final LastResidual lastResidual;
  private final LaneMatrix last;
  private final ParameterLayout.Tensor tensor;
  private final int weights;
  private final LaneSums sums;
  private final int logit;
  private final int logitGradient;

  /** Layers over the embeddings e [M, d], whose gradient they set. */
  InteractionTerm(ModelConfig config, DenseTensors tensors, Memory memory, int fields, Bank bank) {
    this.fields = fields;
    logit = bank.logit();
    logitGradient = bank.logitGradient();
    LayerShape shape = LayerShape.of(config, fields);
    heads = shape.heads();
    scratch = new AttentionScratch(config, shape, memory);
    layers = new AttentionLayer[config.layers()];
    LaneMatrix x = bank.embeddings();
    LaneMatrix dx = bank.gradient();
    Columns in = bank.columns();
    for (int l = 0; l < layers.length; l++) {
      layers[l] = new AttentionLayer(config, tensors, shape, memory, l, in, x, dx, scratch);
      x = layers[l].out();
      dx = scratch.output;
      in = heads;
    }
    rectifiedLast = config.residual() != Residual.EACH_LAYER;
    lastResidual =
        config.residual() == Residual.LAST_LAYER
            ? new LastResidual(tensors, memory, heads, fields, bank)
            : null;
    last = rectifiedLast ? LaneMatrix.reserve(memory, fields, heads.padded()) : x;
    tensor = tensors.tensor("output.weight");
    weights = memory.reserve((long) fields * heads.padded());
    sums = LaneSums.reserve(memory, fields * heads.padded(), 0);
    tensors.add(this);
  }

  /** Adds to the logit vector of a bank. */
  void forward(float[] s, Rows rows, Dropout dropout) {
    for (AttentionLayer layer : layers) {
      layer.forward(s, rows, dropout);
    }
    int width = heads.padded();
    if (rectifiedLast) {
      LaneMatrix z = layers[layers.length - 1].out();
      if (lastResidual != null) {
        lastResidual.forward(s);
      }
      for (int m = 0; m < fields; m++) {
        int residual = lastResidual == null ? scratch.zeros : lastResidual.out().at(m, 0);
        LaneMath.addRectified(s, z.at(m, 0), residual, width, last.at(m, 0));
      }
    }
    for (int m = 0; m < fields; m++) {
      LaneMath.addWeighted(s, weights + m * width, last.at(m, 0), width, logit);
    }
  }

  /**
   * After {@link #forward} of the same bank: overwrites the embeddings' gradient, and adds to the
   * sums of the weights' gradients.
   */
  void backward(float[] s, int bank) {
    int width = heads.padded();
    for (int m = 0; m < fields; m++) {
      LaneMath.weightedGradient(
          s,
          weights + m * width,
          last.at(m, 0),
          width,
          logitGradient,
          scratch.output.at(m, 0),
          sums.at(bank) + m * width * L);
    }
    if (rectifiedLast) {
      for (int m = 0; m < fields; m++) {
        int gradient = scratch.output.at(m, 0);
        LaneMath.rectifiedGradient(s, last.at(m, 0), gradient, width, gradient);
      }
      if (lastResidual != null) {
        lastResidual.keepGradient(s, scratch.output);
      }
    }
    for (int l = layers.length - 1; l >= 0; l--) {
      layers[l].backward(s, bank);
    }
    if (lastResidual != null) {
      lastResidual.backward(s, bank);
    }
  }

  @Override
  public void load(double[] dense, float[] s) {
    int from = tensor.offset();
    for (int m = 0; m < fields; m++) {
      for (int i = 0; i < heads.size(); i++) {
        s[weights + m * heads.padded() + heads.at(i)] = (float) dense[from++];
      }
    }
  }

  @Override
  public void clear(float[] s) {
    sums.clear(s);
  }

  @Override
  public void collect(float[] s, float[] gradient) {
    int into = tensor.offset();
    for (int m = 0; m < fields; m++) {
      for (int i = 0; i < heads.size(); i++) {
        gradient[into++] = sums.total(s, m * heads.padded() + heads.at(i));
      }
    }
  }
}
