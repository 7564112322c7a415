package io.destine.kernel.nd4j;

import io.destine.config.ModelConfig;
import io.destine.config.Residual;
import java.util.ArrayList;
import java.util.List;

/**
 * The interaction layers one after the other, then w . [out_1; ...; out_M] + b. Unless the residual
 * is in each layer, one ReLU follows the last layer, after adding Wr e with residual last_layer.
 */
final class Nd4jInteractionTerm implements LogitTerm {
  private final List<InteractionLayer> layers = new ArrayList<>();
  private final List<FieldBlock> gradients = new ArrayList<>();
  private final boolean rectifiedLast;
  private final Projection lastResidual;
  private final Projection output;

  Nd4jInteractionTerm(
      ModelConfig config, DenseStore store, int rows, int fields, Scratch scratch, HostArray host) {
    Nd4jLayerShape shape = Nd4jLayerShape.of(config, rows, fields);
    LayerScratch shared = new LayerScratch(scratch, shape);
    int in = config.embeddingDim();
    for (int l = 0; l < config.layers(); l++) {
      layers.add(new InteractionLayer(config, store, l, shape, in, scratch, shared, host));
      gradients.add(scratch.block(rows, fields, shape.width()));
      in = shape.width();
    }
    rectifiedLast = config.residual() != Residual.EACH_LAYER;
    lastResidual =
        config.residual() == Residual.LAST_LAYER ? Projection.of(store, "residual") : null;
    output = Projection.of(store, "output");
  }

  @Override
  public void forward(Pass pass, FieldBlock e, RowMajorMatrix logits) {
    FieldBlock x = e;
    for (InteractionLayer layer : layers) {
      layer.forward(pass, x);
      x = layer.out();
    }
    if (lastResidual != null) {
      lastResidual.add(e.vectors(), x.vectors());
    }
    if (rectifiedLast) {
      Rectifier.forward(x.vectors().rows());
    }
    output.add(x.flat(), logits);
  }

  @Override
  public void backward(FieldBlock e, RowMajorMatrix dlogits, FieldBlock de) {
    for (FieldBlock gradient : gradients) {
      gradient.cube().assign(0);
    }
    int last = layers.size() - 1;
    FieldBlock out = layers.get(last).out();
    FieldBlock dout = gradients.get(last);
    output.backward(out.flat(), dlogits, dout.flat());
    if (rectifiedLast) {
      Rectifier.backward(out.vectors().rows(), dout.vectors().rows());
    }
    if (lastResidual != null) {
      lastResidual.backward(e.vectors(), dout.vectors(), de.vectors());
    }
    for (int l = last; l >= 0; l--) {
      FieldBlock x = l == 0 ? e : layers.get(l - 1).out();
      layers.get(l).backward(x, gradients.get(l), l == 0 ? de : gradients.get(l - 1));
    }
  }
}
