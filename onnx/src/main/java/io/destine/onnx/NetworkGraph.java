package io.destine.onnx;

import io.destine.config.Attention;
import io.destine.config.ModelConfig;
import io.destine.config.Residual;
import io.destine.config.Unary;
import java.util.ArrayList;
import java.util.List;

/**
 * The part of a graph from embeddings e [B, M, d] to the terms of the logit, [B, 1] each:
 * interaction layers, factorization machine and MLP.
 */
final class NetworkGraph {
  private static final float EPSILON = 1e-5f;

  private final GraphBuilder graph;
  private final ModelConfig config;
  private final int fields;

  /** The network of a configuration over M fields. */
  NetworkGraph(GraphBuilder graph, ModelConfig config, int fields) {
    this.graph = graph;
    this.config = config;
    this.fields = fields;
  }

  /** The terms of the logit over the embeddings, including the output's bias. */
  List<String> terms(String e) {
    List<String> terms = new ArrayList<>();
    terms.add(config.layers() > 0 ? interaction(e) : graph.weights("output.bias"));
    if (config.fm()) {
      terms.add(factorization(e));
    }
    if (!config.deep().isEmpty()) {
      terms.add(deep(e));
    }
    return terms;
  }

  private String interaction(String e) {
    String x = e;
    for (int l = 0; l < config.layers(); l++) {
      x = layer(x, "layers." + l);
    }
    if (config.residual() == Residual.LAST_LAYER) {
      String residual = graph.projection(e, "residual", "residual");
      x = graph.node("Add", "residual/sum", x, residual);
    }
    if (config.residual() != Residual.EACH_LAYER) {
      x = graph.node("Relu", "layers/out", x);
    }
    String flat = graph.reshape(x, "layers/flat", 0, (long) fields * config.attentionWidth());
    return graph.projection(flat, "output", "output");
  }

  /** x [B, M, in] to out [B, M, D]. */
  private String layer(String x, String name) {
    String values = split(projection(x, name, "value"), name + "/values");
    String keys =
        config.hasKeys()
            ? graph.transpose(
                heads(projection(x, name, "key"), name + "/key/heads"), name + "/keys", 0, 2, 3, 1)
            : null;
    String pairwise =
        config.hasPairwise() ? mixed(pairwise(x, keys, name), values, name + "/pairwise") : null;
    String unary = config.hasUnary() ? mixed(unary(x, keys, name), values, name + "/unary") : null;
    String z =
        pairwise == null
            ? unary
            : unary == null ? pairwise : graph.node("Add", name + "/mixed", pairwise, unary);
    boolean shared = pairwise == null;
    String out = joined(z, name + "/z", shared);
    if (config.residual() != Residual.EACH_LAYER) {
      return shared ? graph.node("Expand", name + "/out", out, graph.longs(1, fields, 1)) : out;
    }
    String residual = graph.projection(x, name + ".residual", name + "/residual");
    return graph.node("Relu", name + "/out", graph.node("Add", name + "/sum", out, residual));
  }

  /** A projection of each field, rectified if the network is configured so. */
  private String projection(String x, String layer, String which) {
    String y = graph.projection(x, layer + "." + which, layer + "/" + which);
    return config.reluBeforeAttention() ? graph.node("Relu", layer + "/" + which + "/relu", y) : y;
  }

  /** [B, n, D] as [B, n, H, c]. */
  private String heads(String x, String name) {
    return graph.reshape(x, name, 0, -1, config.heads(), config.headDim());
  }

  /** [B, n, D] as [B, H, n, c]. */
  private String split(String x, String name) {
    return graph.transpose(heads(x, name + "/heads"), name, 0, 2, 1, 3);
  }

  /** [B, H, n, c] as [B, n, D], where n is 1 when all fields share it. */
  private String joined(String z, String name, boolean shared) {
    String rows = graph.transpose(z, name + "/rows", 0, 2, 1, 3);
    return graph.reshape(rows, name, 0, shared ? 1 : fields, config.attentionWidth());
  }

  /** Logits [B, H, M, M] of centred queries, scaled. */
  private String pairwise(String x, String keys, String name) {
    String queries = projection(x, name, "query");
    if (config.attention() != Attention.PLAIN) {
      String mean = graph.meanOverFields(queries, name + "/query/mean");
      queries = graph.node("Sub", name + "/query/centred", queries, mean);
    }
    if (config.scale()) {
      String scale = graph.scalar(1 / Math.sqrt(config.headDim()));
      queries = graph.node("Mul", name + "/query/scaled", queries, scale);
    }
    return graph.node("MatMul", name + "/pairwise/logits", split(queries, name + "/queries"), keys);
  }

  /** Logits [B, H, 1, M], the same for all fields of a row. */
  private String unary(String x, String keys, String name) {
    String parameter = name + ".unary_query";
    if (config.unary() == Unary.LINEAR) {
      String scores = graph.projection(x, parameter, name + "/unary/scores");
      String byHead = graph.transpose(scores, name + "/unary/heads", 0, 2, 1);
      return graph.node("Unsqueeze", name + "/unary/logits", byHead, graph.longs(2));
    }
    // The mean of the projections is the projection of the mean, unless they are rectified.
    String query =
        config.reluBeforeAttention()
            ? graph.meanOverFields(projection(x, name, "unary_query"), name + "/unary/mean")
            : graph.projection(
                graph.meanOverFields(x, name + "/unary/mean"), parameter, name + "/unary/query");
    String split = split(query, name + "/unary/queries");
    return graph.node("MatMul", name + "/unary/logits", split, keys);
  }

  /** Weights times values: [B, H, n, c]. */
  private String mixed(String logits, String values, String name) {
    String weights =
        graph.node("Softmax", name + "/weights", List.of(logits), GraphBuilder.whole("axis", -1));
    return graph.node("MatMul", name + "/values", weights, values);
  }

  /** sum over pairs m &lt; n of e_m . e_n = ((sum_m e_m)^2 - sum_m e_m^2) / 2. */
  private String factorization(String e) {
    String sum =
        graph.node(
            "ReduceSum", "fm/sum", List.of(e, graph.longs(1)), GraphBuilder.whole("keepdims", 0));
    String squares = graph.node("Mul", "fm/squares", e, e);
    String sumOfSquares =
        graph.node(
            "ReduceSum",
            "fm/squares/sum",
            List.of(squares, graph.longs(1)),
            GraphBuilder.whole("keepdims", 0));
    String square = graph.node("Mul", "fm/square", sum, sum);
    String twice = graph.node("Sub", "fm/twice", square, sumOfSquares);
    String half = graph.node("Mul", "fm/half", twice, graph.scalar(0.5));
    return graph.node("ReduceSum", "fm", half, graph.longs(1));
  }

  private String deep(String e) {
    int d = config.embeddingDim();
    String x = graph.reshape(e, "deep/flat", 0, (long) fields * d);
    int last = config.deep().size();
    for (int i = 0; i < last; i++) {
      String name = "deep." + i;
      x = graph.projection(x, name, name);
      if (config.batchNorm()) {
        String norm = name + ".norm.";
        x =
            graph.node(
                "BatchNormalization",
                name + "/norm",
                List.of(
                    x,
                    graph.weights(norm + "weight"),
                    graph.weights(norm + "bias"),
                    graph.statistic(norm + "running_mean"),
                    graph.statistic(norm + "running_var")),
                GraphBuilder.real("epsilon", EPSILON));
      }
      x = graph.node("Relu", name + "/out", x);
    }
    return graph.projection(x, "deep." + last, "deep");
  }
}
