package io.destine.onnx;

import io.destine.config.Attention;
import io.destine.config.ListPooling;
import io.destine.config.ModelConfig;
import io.destine.config.Residual;
import io.destine.config.Unary;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;

/** Networks that together have every pair of values of two options. */
final class OptionPairs {
  private static final List<List<Consumer<ModelConfig.Builder>>> OPTIONS = options();

  private OptionPairs() {}

  private static List<List<Consumer<ModelConfig.Builder>>> options() {
    List<List<Consumer<ModelConfig.Builder>>> options = new ArrayList<>();
    List<Consumer<ModelConfig.Builder>> values = new ArrayList<>();
    for (Attention attention : Attention.values()) {
      values.add(b -> b.attention(attention));
    }
    options.add(values);
    values = new ArrayList<>();
    for (Residual residual : Residual.values()) {
      values.add(b -> b.residual(residual));
    }
    options.add(values);
    options.add(List.of(b -> b.unary(Unary.MEAN_QUERY), b -> b.unary(Unary.LINEAR)));
    options.add(List.of(b -> b.scale(false), b -> b.scale(true)));
    options.add(List.of(b -> b.reluBeforeAttention(false), b -> b.reluBeforeAttention(true)));
    options.add(List.of(b -> b.bias(false), b -> b.bias(true)));
    options.add(List.of(b -> b.wide(false), b -> b.wide(true)));
    options.add(List.of(b -> b.fm(false), b -> b.fm(true)));
    options.add(
        List.of(
            b -> b.deep(List.of()),
            b -> b.deep(List.of(5)),
            b -> b.deep(List.of(6, 4)).batchNorm(true)));
    options.add(
        List.of(b -> b.listPooling(ListPooling.MEAN), b -> b.listPooling(ListPooling.ATTENTION)));
    options.add(List.of(b -> b.layers(0), b -> b.layers(1), b -> b.layers(3)));
    options.add(List.of(b -> b.heads(1), b -> b.heads(3)));
    return options;
  }

  private record Value(int option, int value) {}

  /**
   * The networks, chosen greedily: each time, of some random ones, the one with the most new pairs.
   */
  static List<ModelConfig> all() {
    Set<Set<Value>> wanted = new HashSet<>();
    for (int a = 0; a < OPTIONS.size(); a++) {
      for (int b = a + 1; b < OPTIONS.size(); b++) {
        for (int v = 0; v < OPTIONS.get(a).size(); v++) {
          for (int w = 0; w < OPTIONS.get(b).size(); w++) {
            wanted.add(Set.of(new Value(a, v), new Value(b, w)));
          }
        }
      }
    }
    Random random = new Random(7);
    List<ModelConfig> networks = new ArrayList<>();
    while (!wanted.isEmpty()) {
      ModelConfig best = null;
      Set<Set<Value>> news = new HashSet<>();
      for (int n = 0; n < 200; n++) {
        int[] choice = OPTIONS.stream().mapToInt(values -> random.nextInt(values.size())).toArray();
        Set<Set<Value>> pairs = pairs(choice);
        pairs.retainAll(wanted);
        if (pairs.size() > news.size()) {
          ModelConfig.Builder builder = ModelConfig.interaction().embeddingDim(4).headDim(3);
          for (int o = 0; o < choice.length; o++) {
            OPTIONS.get(o).get(choice[o]).accept(builder);
          }
          try {
            best = builder.build();
            news = pairs;
          } catch (IllegalArgumentException e) {
            // No layers and no other part: not a network.
          }
        }
      }
      if (best != null) {
        networks.add(best);
        wanted.removeAll(news);
      }
    }
    return networks;
  }

  private static Set<Set<Value>> pairs(int[] choice) {
    Set<Set<Value>> pairs = new HashSet<>();
    for (int a = 0; a < choice.length; a++) {
      for (int b = a + 1; b < choice.length; b++) {
        pairs.add(Set.of(new Value(a, choice[a]), new Value(b, choice[b])));
      }
    }
    return pairs;
  }
}
