package io.destine.config;

import java.io.Serializable;
import java.util.List;
import java.util.Objects;

/**
 * The architecture of a network. Shape letters: d embedding dimension, H heads, c head dimension, D
 * = H * c attention width, L layers.
 *
 * @param embeddingDim d, the width of an embedding
 * @param heads H, attention heads of a layer
 * @param headDim c, width of one head
 * @param layers L; 0 leaves out the interaction part, so that the logit is a bias plus the wide, fm
 *     and deep parts
 * @param attention which attention terms are used
 * @param unary how the unary term scores a field
 * @param residual where the residual projection is added
 * @param scale divide the pairwise logits by sqrt(c)
 * @param reluBeforeAttention apply ReLU to queries, keys, values and unary queries
 * @param bias biases on the query, key, value, unary (mean_query) and residual projections
 * @param wide add a first-order weight per id
 * @param deep widths of the hidden layers of the MLP over the concatenated embeddings; empty leaves
 *     it out
 * @param batchNorm batch normalization before each ReLU of the deep part
 * @param fm add the factorization-machine term
 * @param attentionDropout drop rate of attention weights while training
 * @param deepDropout drop rate after each ReLU of the deep part while training
 */
public record ModelConfig(
    int embeddingDim,
    int heads,
    int headDim,
    int layers,
    Attention attention,
    Unary unary,
    Residual residual,
    boolean scale,
    boolean reluBeforeAttention,
    boolean bias,
    boolean wide,
    List<Integer> deep,
    boolean batchNorm,
    boolean fm,
    double attentionDropout,
    double deepDropout)
    implements Serializable {

  /**
   * The largest d, and the largest D: a projection of 4 D by D numbers and its sums fit an array.
   */
  public static final int WIDEST_VECTOR = 4096;

  /** The widest layer of the deep part. */
  public static final int WIDEST_DEEP_LAYER = 65_536;

  /** Most layers of the interaction part, and of the deep part. */
  public static final int MOST_LAYERS = 64;

  public ModelConfig {
    Check.between("model.embedding-dim", 1, WIDEST_VECTOR, embeddingDim);
    Check.atLeast("model.heads", 1, heads);
    Check.atLeast("model.head-dim", 1, headDim);
    Check.size("model.heads times model.head-dim", 1, WIDEST_VECTOR, (long) heads * headDim);
    Check.between("model.layers", 0, MOST_LAYERS, layers);
    Objects.requireNonNull(attention, "attention");
    Objects.requireNonNull(unary, "unary");
    Objects.requireNonNull(residual, "residual");
    deep = List.copyOf(deep);
    Check.size("the number of layers of model.deep", 0, MOST_LAYERS, deep.size());
    for (int width : deep) {
      Check.size("a width of model.deep", 1, WIDEST_DEEP_LAYER, width);
    }
    Check.rate("model.attention-dropout", attentionDropout);
    Check.rate("model.deep-dropout", deepDropout);
    if (batchNorm && deep.isEmpty()) {
      throw SettingProblem.must("model.batch-norm", "false when model.deep is empty", true);
    }
    if (layers == 0 && !wide && deep.isEmpty() && !fm) {
      throw new IllegalArgumentException(
          "model.layers = 0 leaves a network without any part: set model.layers to 1 or more, or"
              + " turn on model.wide, model.fm or model.deep");
    }
  }

  /** D = H * c, the width of a layer's output per field. */
  public int attentionWidth() {
    return heads * headDim;
  }

  /** True when a layer has a softmax over field pairs: both, pairwise, plain. */
  public boolean hasPairwise() {
    return attention != Attention.UNARY;
  }

  /** True when a layer has the unary term: both, unary. */
  public boolean hasUnary() {
    return attention == Attention.BOTH || attention == Attention.UNARY;
  }

  /** True when a layer projects keys: always but for a linear unary term alone. */
  public boolean hasKeys() {
    return hasPairwise() || unary == Unary.MEAN_QUERY;
  }

  /** A builder that starts from the paper's defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** A builder that starts from this configuration. */
  public Builder toBuilder() {
    Builder b = new Builder();
    b.embeddingDim = embeddingDim;
    b.heads = heads;
    b.headDim = headDim;
    b.layers = layers;
    b.attention = attention;
    b.unary = unary;
    b.residual = residual;
    b.scale = scale;
    b.reluBeforeAttention = reluBeforeAttention;
    b.bias = bias;
    b.wide = wide;
    b.deep = deep;
    b.batchNorm = batchNorm;
    b.fm = fm;
    b.attentionDropout = attentionDropout;
    b.deepDropout = deepDropout;
    return b;
  }

  /** Collects the settings of a {@link ModelConfig}; holds the defaults. One thread. */
  public static final class Builder {
    private int embeddingDim = 16;
    private int heads = 2;
    private int headDim = 16;
    private int layers = 2;
    private Attention attention = Attention.BOTH;
    private Unary unary = Unary.MEAN_QUERY;
    private Residual residual = Residual.EACH_LAYER;
    private boolean scale;
    private boolean reluBeforeAttention;
    private boolean bias;
    private boolean wide;
    private List<Integer> deep = List.of();
    private boolean batchNorm;
    private boolean fm;
    private double attentionDropout;
    private double deepDropout;

    private Builder() {}

    public Builder embeddingDim(int value) {
      embeddingDim = value;
      return this;
    }

    public Builder heads(int value) {
      heads = value;
      return this;
    }

    public Builder headDim(int value) {
      headDim = value;
      return this;
    }

    public Builder layers(int value) {
      layers = value;
      return this;
    }

    public Builder attention(Attention value) {
      attention = value;
      return this;
    }

    public Builder unary(Unary value) {
      unary = value;
      return this;
    }

    public Builder residual(Residual value) {
      residual = value;
      return this;
    }

    public Builder scale(boolean value) {
      scale = value;
      return this;
    }

    public Builder reluBeforeAttention(boolean value) {
      reluBeforeAttention = value;
      return this;
    }

    public Builder bias(boolean value) {
      bias = value;
      return this;
    }

    public Builder wide(boolean value) {
      wide = value;
      return this;
    }

    public Builder deep(List<Integer> value) {
      deep = value;
      return this;
    }

    public Builder batchNorm(boolean value) {
      batchNorm = value;
      return this;
    }

    public Builder fm(boolean value) {
      fm = value;
      return this;
    }

    public Builder attentionDropout(double value) {
      attentionDropout = value;
      return this;
    }

    public Builder deepDropout(double value) {
      deepDropout = value;
      return this;
    }

    /**
     * The record of the collected settings.
     *
     * @throws IllegalArgumentException when a setting is out of range, naming its key
     */
    public ModelConfig build() {
      return new ModelConfig(
          embeddingDim,
          heads,
          headDim,
          layers,
          attention,
          unary,
          residual,
          scale,
          reluBeforeAttention,
          bias,
          wide,
          deep,
          batchNorm,
          fm,
          attentionDropout,
          deepDropout);
    }
  }
}
