package io.destine.config;

import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The architecture of a network. Shape letters: d embedding dimension, H heads, c head dimension, D
 * = H * c attention width, L layers. Without layers the logit is a bias plus the wide, fm and deep
 * parts. The options {@code reluBeforeAttention} and {@code bias} also apply to the query of a
 * mean-query unary term; {@code bias} also applies to the residual projections.
 */
public record ModelConfig(
    @Meaning(value = "d, embedding dimension", preset = "16") int embeddingDim,
    @Meaning(value = "H, attention heads of a layer", preset = "2") int heads,
    @Meaning(value = "c, dimension of one head", preset = "16") int headDim,
    @Meaning(value = "L; 0 leaves out the interaction part", preset = "2") int layers,
    @Meaning(value = "attention terms", preset = "both") Attention attention,
    @Meaning(value = "form of the unary attention term", preset = "mean_query") Unary unary,
    @Meaning(value = "where the residual is added", preset = "each_layer") Residual residual,
    @Meaning("divide pairwise logits by sqrt(c)") boolean scale,
    @Meaning("ReLU on queries, keys and values") boolean reluBeforeAttention,
    @Meaning("biases on the projections") boolean bias,
    @Meaning(value = "a first-order weight per id", preset = "true") boolean wide,
    @Meaning(value = "widths of the MLP over the embeddings", preset = "[128, 64]")
        List<Integer> deep,
    @Meaning("batch normalization in the MLP") boolean batchNorm,
    @Meaning("the factorization-machine term") boolean fm,
    @Meaning(value = "dropout rate of the attention weights", preset = "0") double attentionDropout,
    @Meaning(value = "dropout rate in the MLP", preset = "0") double deepDropout,
    @Meaning(
            value = "weight of the consistency loss between the logits of attention and of the MLP",
            preset = "0")
        double consistency,
    @Meaning(
            value =
                "embedding of a multi or text field: mean of the values, or their sum weighted "
                    + "by attention with a learnt query of the field",
            preset = "mean")
        ListPooling listPooling,
    @Meaning(
            value =
                "fraction of a step's rows in which the key of a side table counts as unknown, "
                    + "if it is also a field; trains the fields of the table to score new keys",
            preset = "0")
        double keyDropout)
    implements Serializable {

  /**
   * The largest d, and the largest D: a projection of 4 D by D numbers and its sums fit in an
   * array.
   */
  public static final int WIDEST_VECTOR = 4096;

  /** The widest layer of the deep part. */
  public static final int WIDEST_DEEP_LAYER = 65_536;

  /** Maximum number of layers of the interaction part, and of the deep part. */
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
    // Models written by earlier programs lack it.
    listPooling = Objects.requireNonNullElse(listPooling, ListPooling.MEAN);
    deep = List.copyOf(deep);
    Check.size("the number of layers of model.deep", 0, MOST_LAYERS, deep.size());
    for (int width : deep) {
      Check.size("a width of model.deep", 1, WIDEST_DEEP_LAYER, width);
    }
    Check.rate("model.attention-dropout", attentionDropout);
    Check.rate("model.deep-dropout", deepDropout);
    Check.rate("model.key-dropout", keyDropout);
    if (batchNorm && deep.isEmpty()) {
      throw SettingProblem.must("model.batch-norm", "false when model.deep is empty", true);
    }
    Check.nonNegative("model.consistency", consistency);
    if (consistency > 0 && (layers == 0 || deep.isEmpty())) {
      throw SettingProblem.must(
          "model.consistency",
          "0 unless model.layers is above 0 and model.deep is not empty",
          consistency);
    }
    if (layers == 0 && !wide && deep.isEmpty() && !fm) {
      throw new IllegalArgumentException(
          "model.layers = 0 leaves the network empty: set model.layers to 1 or more, or"
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

  /** True when a layer projects keys: always, except for a linear unary term alone. */
  public boolean hasKeys() {
    return hasPairwise() || unary == Unary.MEAN_QUERY;
  }

  /** A builder that starts from the defaults. */
  public static Builder builder() {
    return Components.defaults(ModelConfig.class).toBuilder();
  }

  /** A builder that starts from the interaction part alone: no wide and no deep part. */
  public static Builder interaction() {
    return builder().wide(false).deep(List.of());
  }

  /** A builder that starts from this configuration. */
  public Builder toBuilder() {
    return new Builder(Components.values(this));
  }

  /** Collects the settings of a {@link ModelConfig}. Not thread-safe. */
  public static final class Builder {
    private final Map<String, Object> values;

    private Builder(Map<String, Object> values) {
      this.values = values;
    }

    private Builder with(String component, Object value) {
      values.put(component, value);
      return this;
    }

    public Builder embeddingDim(int value) {
      return with("embeddingDim", value);
    }

    public Builder heads(int value) {
      return with("heads", value);
    }

    public Builder headDim(int value) {
      return with("headDim", value);
    }

    public Builder layers(int value) {
      return with("layers", value);
    }

    public Builder attention(Attention value) {
      return with("attention", value);
    }

    public Builder unary(Unary value) {
      return with("unary", value);
    }

    public Builder residual(Residual value) {
      return with("residual", value);
    }

    public Builder scale(boolean value) {
      return with("scale", value);
    }

    public Builder reluBeforeAttention(boolean value) {
      return with("reluBeforeAttention", value);
    }

    public Builder bias(boolean value) {
      return with("bias", value);
    }

    public Builder wide(boolean value) {
      return with("wide", value);
    }

    public Builder deep(List<Integer> value) {
      return with("deep", value);
    }

    public Builder batchNorm(boolean value) {
      return with("batchNorm", value);
    }

    public Builder fm(boolean value) {
      return with("fm", value);
    }

    public Builder attentionDropout(double value) {
      return with("attentionDropout", value);
    }

    public Builder deepDropout(double value) {
      return with("deepDropout", value);
    }

    public Builder consistency(double value) {
      return with("consistency", value);
    }

    public Builder listPooling(ListPooling value) {
      return with("listPooling", value);
    }

    public Builder keyDropout(double value) {
      return with("keyDropout", value);
    }

    /**
     * The record of the collected settings.
     *
     * @throws IllegalArgumentException when a setting is out of range, naming its key
     */
    public ModelConfig build() {
      return Components.of(ModelConfig.class, values);
    }
  }
}
