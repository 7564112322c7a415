package io.destine.param;

import io.destine.config.ListPooling;
import io.destine.config.ModelConfig;
import io.destine.config.Residual;
import io.destine.config.Unary;
import io.destine.feature.FieldLayout;
import io.destine.feature.FieldShape;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Names, shapes and offsets of a network's dense tensors in one flat array, and the widths of its
 * parameter tables. The names are those of saved models. Immutable.
 *
 * <p>Tables: embedding.weight [V, d] and, with {@code wide}, wide.weight [V, 1]; they are not part
 * of the flat array. Statistics, the running means and variances of batch normalization, have
 * separate offsets, since they have no gradient.
 */
public final class ParameterLayout implements Serializable {
  private static final long serialVersionUID = 1;

  /** Name of the embedding table. */
  public static final String EMBEDDING = "embedding.weight";

  /** The prefix of the names of the tensors of fields. */
  public static final String FIELDS = "fields.";

  private static final String POOLING = ".pooling";

  /** Name of the table of first-order weights. */
  public static final String WIDE = "wide.weight";

  /** Name of the query [d] that computes the weights of the values of a multi field. */
  public static String pooling(String field) {
    return FIELDS + field + POOLING;
  }

  /** True with list pooling by attention. */
  public boolean hasPooling() {
    return tensors.stream().anyMatch(tensor -> tensor.name().endsWith(POOLING));
  }

  /** The common part of the names of a table and its state tables. */
  public static String group(String table) {
    return table.substring(0, table.indexOf('.'));
  }

  /**
   * One dense tensor.
   *
   * @param name its name in saved models
   * @param shape [out, in] of a weight, [n] of a vector
   * @param offset of its first element in the flat array, row-major
   * @param initial distribution of its initial values
   * @param fanIn number of inputs of the projection to which it belongs
   */
  public record Tensor(String name, List<Integer> shape, int offset, Initial initial, int fanIn)
      implements Serializable {
    public Tensor {
      shape = List.copyOf(shape);
    }

    /** Number of elements. */
    public int size() {
      return shape.stream().reduce(1, (a, b) -> a * b);
    }
  }

  /** Distributions of initial values. */
  public enum Initial {
    /** Uniform in [-1 / sqrt(fanIn), 1 / sqrt(fanIn)]. */
    UNIFORM,
    /** Normal with mean 0 and standard deviation {@link Parameters#EMBEDDING_STD}. */
    NORMAL,
    ZERO,
    ONE
  }

  private final int embeddingDim;
  private final boolean wide;
  private final List<Tensor> tensors;
  private final List<Tensor> statistics;
  private final int denseSize;
  private final int statisticsSize;

  /**
   * The layout of the given network over the given fields.
   *
   * @throws IllegalArgumentException when the network has more than 2^31 - 1 dense numbers
   */
  public static ParameterLayout of(ModelConfig config, FieldLayout fields) {
    return new ParameterLayout(config, fields);
  }

  private ParameterLayout(ModelConfig config, FieldLayout fields) {
    embeddingDim = config.embeddingDim();
    wide = config.wide();
    Collector dense = new Collector();
    Collector running = new Collector();
    int width = config.attentionWidth();
    for (int l = 0; l < config.layers(); l++) {
      String prefix = "layers." + l + ".";
      int in = l == 0 ? embeddingDim : width;
      if (config.hasPairwise()) {
        dense.projection(prefix + "query", width, in, config.bias());
      }
      if (config.hasKeys()) {
        dense.projection(prefix + "key", width, in, config.bias());
      }
      dense.projection(prefix + "value", width, in, config.bias());
      if (config.hasUnary()) {
        boolean linear = config.unary() == Unary.LINEAR;
        dense.projection(
            prefix + "unary_query", linear ? config.heads() : width, in, config.bias() && !linear);
      }
      if (config.residual() == Residual.EACH_LAYER) {
        dense.projection(prefix + "residual", width, in, config.bias());
      }
    }
    if (config.layers() > 0) {
      if (config.residual() == Residual.LAST_LAYER) {
        dense.projection("residual", width, embeddingDim, config.bias());
      }
      dense.projection("output", 1, fields.size() * width, true);
    } else {
      dense.add("output.bias", List.of(1), Initial.ZERO, 1);
    }
    List<Integer> widths = new ArrayList<>(config.deep());
    int in = fields.size() * embeddingDim;
    for (int i = 0; i < widths.size(); i++) {
      int out = widths.get(i);
      dense.projection("deep." + i, out, in, true);
      if (config.batchNorm()) {
        String prefix = "deep." + i + ".norm.";
        dense.add(prefix + "weight", List.of(out), Initial.ONE, out);
        dense.add(prefix + "bias", List.of(out), Initial.ZERO, out);
        running.add(prefix + "running_mean", List.of(out), Initial.ZERO, out);
        running.add(prefix + "running_var", List.of(out), Initial.ONE, out);
      }
      in = out;
    }
    if (!widths.isEmpty()) {
      dense.projection("deep." + widths.size(), 1, in, true);
    }
    for (FieldShape field : fields.fields()) {
      String prefix = FIELDS + field.name() + ".";
      if (field.kind() == FieldShape.Kind.LINEAR) {
        dense.add(prefix + "weight", List.of(embeddingDim), Initial.NORMAL, 1);
      } else if (field.kind() == FieldShape.Kind.VECTOR) {
        dense.add(
            prefix + "weight",
            List.of(embeddingDim, field.length()),
            Initial.UNIFORM,
            field.length());
        dense.add(prefix + "bias", List.of(embeddingDim), Initial.UNIFORM, field.length());
      } else if (field.kind() == FieldShape.Kind.MULTI
          && config.listPooling() == ListPooling.ATTENTION) {
        dense.add(pooling(field.name()), List.of(embeddingDim), Initial.ZERO, embeddingDim);
      }
    }
    tensors = List.copyOf(dense.tensors.values());
    statistics = List.copyOf(running.tensors.values());
    denseSize = dense.size;
    statisticsSize = running.size;
  }

  private ParameterLayout(int embeddingDim, boolean wide) {
    this.embeddingDim = embeddingDim;
    this.wide = wide;
    tensors = List.of();
    statistics = List.of();
    denseSize = 0;
    statisticsSize = 0;
  }

  /** The same tables, and nothing else. */
  public ParameterLayout tables() {
    return new ParameterLayout(embeddingDim, wide);
  }

  /** d, the width of the embedding table. */
  public int embeddingDim() {
    return embeddingDim;
  }

  /** True when there is a table of first-order weights. */
  public boolean wide() {
    return wide;
  }

  /** Dense tensors in order of their offsets. */
  public List<Tensor> tensors() {
    return tensors;
  }

  /** The weights of attention, output and MLP: matrices [out, in], except those of fields. */
  public List<Tensor> networkWeights() {
    return tensors.stream()
        .filter(t -> t.shape().size() == 2 && !t.name().startsWith(FIELDS))
        .toList();
  }

  /** Running statistics in order of their offsets, which start at 0 again. */
  public List<Tensor> statistics() {
    return statistics;
  }

  /** Elements of all dense tensors. */
  public int denseSize() {
    return denseSize;
  }

  /** Elements of all running statistics. */
  public int statisticsSize() {
    return statisticsSize;
  }

  /**
   * The dense tensor of that name.
   *
   * @throws IllegalArgumentException when there is none
   */
  public Tensor tensor(String name) {
    return find(tensors, name);
  }

  /**
   * The running statistic of that name.
   *
   * @throws IllegalArgumentException when there is none
   */
  public Tensor statistic(String name) {
    return find(statistics, name);
  }

  /** True when the network has a dense tensor of that name. */
  public boolean has(String name) {
    return tensors.stream().anyMatch(t -> t.name().equals(name));
  }

  /** Number of trainable parameters with a vocabulary of V ids, without running statistics. */
  public long parameterCount(int vocabularySize) {
    return denseSize + (long) vocabularySize * (embeddingDim + (wide ? 1 : 0));
  }

  private static Tensor find(List<Tensor> tensors, String name) {
    return tensors.stream()
        .filter(t -> t.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("the model has no tensor named " + name));
  }

  private static final class Collector {
    private final Map<String, Tensor> tensors = new LinkedHashMap<>();
    private int size;

    void projection(String name, int out, int in, boolean bias) {
      add(name + ".weight", List.of(out, in), Initial.UNIFORM, in);
      if (bias) {
        add(name + ".bias", List.of(out), Initial.UNIFORM, in);
      }
    }

    void add(String name, List<Integer> shape, Initial initial, int fanIn) {
      long elements = shape.stream().mapToLong(Integer::longValue).reduce(1, (a, b) -> a * b);
      if (size + elements > Integer.MAX_VALUE) {
        throw new IllegalArgumentException(
            "the network is too large: with "
                + name
                + " it has "
                + (size + elements)
                + " numbers outside its tables, the limit is "
                + Integer.MAX_VALUE
                + "; choose fewer fields or a smaller model.deep, model.embedding-dim,"
                + " model.heads or model.head-dim");
      }
      tensors.put(name, new Tensor(name, shape, size, initial, fanIn));
      size += (int) elements;
    }
  }
}
