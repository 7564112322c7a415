package io.destine.benchmark;

import io.destine.config.ModelConfig;
import io.destine.feature.FieldLayout;
import io.destine.model.Destine;
import picocli.CommandLine.Option;

/** The options that describe a network. */
final class NetworkOptions {
  @Option(names = "--fields", description = "M, fields of one id each")
  int fields = 39;

  @Option(names = "--d", description = "embedding dimension")
  int d = 16;

  @Option(names = "--heads", description = "H, attention heads of a layer")
  int heads = 2;

  @Option(names = "--head-dim", description = "c, width of a head")
  int headDim = 16;

  @Option(names = "--layers", description = "L, attention layers")
  int layers = 3;

  /** The network, with only the interaction part. */
  Destine network() {
    ModelConfig config =
        ModelConfig.interaction()
            .embeddingDim(d)
            .heads(heads)
            .headDim(headDim)
            .layers(layers)
            .build();
    return new Destine(config, FieldLayout.ofIds(fields));
  }
}
