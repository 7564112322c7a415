package io.destine.kernel.nd4j;

import io.destine.config.ModelConfig;
import java.util.ArrayList;
import java.util.List;

/** The MLP over the concatenated embeddings [B, M * d], with one output. */
final class Nd4jDeepTerm implements LogitTerm {
  private final List<Nd4jDeepLayer> layers = new ArrayList<>();
  private final Projection output;

  Nd4jDeepTerm(
      ModelConfig config,
      DenseStore store,
      RunningStatistics running,
      int rows,
      Scratch scratch,
      HostArray host) {
    for (int units : config.deep()) {
      layers.add(
          new Nd4jDeepLayer(config, store, running, layers.size(), rows, units, scratch, host));
    }
    output = Projection.of(store, "deep." + layers.size());
  }

  @Override
  public void forward(Pass pass, FieldBlock e, RowMajorMatrix logits) {
    RowMajorMatrix x = e.flat();
    for (Nd4jDeepLayer layer : layers) {
      layer.forward(pass, x);
      x = layer.out();
    }
    output.add(x, logits);
  }

  @Override
  public void backward(FieldBlock e, RowMajorMatrix dlogits, FieldBlock de) {
    for (Nd4jDeepLayer layer : layers) {
      layer.outGradient().rows().assign(0);
    }
    int last = layers.size() - 1;
    output.backward(layers.get(last).out(), dlogits, layers.get(last).outGradient());
    for (int l = last; l >= 0; l--) {
      boolean first = l == 0;
      layers
          .get(l)
          .backward(
              first ? e.flat() : layers.get(l - 1).out(),
              first ? de.flat() : layers.get(l - 1).outGradient());
    }
  }
}
