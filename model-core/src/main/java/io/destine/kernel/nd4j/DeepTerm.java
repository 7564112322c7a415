package io.destine.kernel.nd4j;

import io.destine.config.ModelConfig;
import java.util.ArrayList;
import java.util.List;

/** The MLP over the concatenated embeddings [B, M * d], with one output. */
final class DeepTerm implements LogitTerm {
  private final List<DeepLayer> layers = new ArrayList<>();
  private final Projection output;

  DeepTerm(
      ModelConfig config,
      DenseStore store,
      RunningStatistics running,
      int rows,
      Scratch scratch,
      HostArray host) {
    for (int units : config.deep()) {
      layers.add(new DeepLayer(config, store, running, layers.size(), rows, units, scratch, host));
    }
    output = Projection.of(store, "deep." + layers.size());
  }

  @Override
  public void forward(Pass pass, FieldBlock e, RowMatrix logits) {
    RowMatrix x = e.flat();
    for (DeepLayer layer : layers) {
      layer.forward(pass, x);
      x = layer.out();
    }
    output.add(x, logits);
  }

  @Override
  public void backward(FieldBlock e, RowMatrix dlogits, FieldBlock de) {
    for (DeepLayer layer : layers) {
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
