package io.destine.kernel;

import io.destine.config.Attention;
import io.destine.config.ListPooling;
import io.destine.config.ModelConfig;
import io.destine.config.Precision;
import io.destine.config.Residual;
import io.destine.config.Unary;
import io.destine.feature.EncodedBatch;
import io.destine.feature.FieldLayout;
import io.destine.feature.FieldShape;
import io.destine.param.ParameterLayout;
import io.destine.param.Parameters;
import io.destine.random.CounterRandom;
import io.destine.random.Purpose;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;

/** A small network over fields of every kind: each option in turn, and some together. */
record NetworkCase(String name, ModelConfig config, FieldLayout fields) {
  private static final int VOCABULARY = 9;

  static final FieldLayout ALL_KINDS =
      new FieldLayout(
          List.of(
              FieldShape.id("a"),
              FieldShape.multi("b"),
              FieldShape.linear("c"),
              FieldShape.vector("d", 3),
              FieldShape.id("e")));

  static ModelConfig base() {
    return ModelConfig.interaction().embeddingDim(3).heads(2).headDim(2).layers(2).build();
  }

  static List<NetworkCase> all() {
    List<NetworkCase> cases = new ArrayList<>();
    add(cases, "paper", b -> b);
    for (Attention attention : Attention.values()) {
      add(cases, "attention " + attention.key(), b -> b.attention(attention));
      add(
          cases,
          "relu, bias, scale, attention " + attention.key(),
          b -> b.attention(attention).reluBeforeAttention(true).bias(true).scale(true));
      add(
          cases,
          "linear, dropout, attention " + attention.key(),
          b -> b.attention(attention).unary(Unary.LINEAR).attentionDropout(0.4).bias(true));
      add(
          cases,
          "dropout, attention " + attention.key(),
          b -> b.attention(attention).attentionDropout(0.4));
    }
    for (Residual residual : Residual.values()) {
      add(cases, "residual " + residual.key(), b -> b.residual(residual));
      add(cases, "bias, residual " + residual.key(), b -> b.residual(residual).bias(true));
    }
    add(cases, "linear unary", b -> b.unary(Unary.LINEAR));
    add(
        cases,
        "linear unary alone",
        b -> b.unary(Unary.LINEAR).attention(Attention.UNARY).reluBeforeAttention(true));
    add(cases, "scale", b -> b.scale(true));
    add(cases, "relu before attention", b -> b.reluBeforeAttention(true));
    add(cases, "bias", b -> b.bias(true));
    add(cases, "attention over lists", b -> b.listPooling(ListPooling.ATTENTION));
    add(cases, "wide", b -> b.wide(true));
    add(cases, "fm", b -> b.fm(true));
    add(cases, "deep", b -> b.deep(List.of(5, 4)));
    add(cases, "deep dropout", b -> b.deep(List.of(5, 4)).deepDropout(0.3));
    add(cases, "batch norm", b -> b.deep(List.of(5, 4)).batchNorm(true));
    add(cases, "one head of width 1", b -> b.heads(1).headDim(1).embeddingDim(1).layers(1));
    add(cases, "three layers", b -> b.layers(3));
    add(cases, "logistic regression", b -> b.layers(0).wide(true));
    add(cases, "no layers, fm, deep", b -> b.layers(0).wide(true).fm(true).deep(List.of(4)));
    add(
        cases,
        "everything",
        b ->
            b.listPooling(ListPooling.ATTENTION)
                .scale(true)
                .bias(true)
                .reluBeforeAttention(true)
                .residual(Residual.LAST_LAYER)
                .wide(true)
                .fm(true)
                .deep(List.of(5, 4))
                .batchNorm(true)
                .attentionDropout(0.25)
                .deepDropout(0.3));
    cases.add(new NetworkCase("one field", base(), FieldLayout.ofIds(1)));
    return cases;
  }

  private static void add(
      List<NetworkCase> cases, String name, UnaryOperator<ModelConfig.Builder> change) {
    ModelConfig config = change.apply(base().toBuilder()).build();
    cases.add(new NetworkCase(name, config, ALL_KINDS));
  }

  ParameterLayout layout() {
    return ParameterLayout.of(config, fields);
  }

  /**
   * Parameters large enough that activations have the size of 1, so that no part of the network is
   * nearly linear.
   */
  Parameters parameters(Precision precision) {
    Parameters p = new Parameters(layout(), precision, VOCABULARY);
    CounterRandom random = CounterRandom.of(5, Purpose.DENSE_INIT);
    for (ParameterLayout.Tensor tensor : layout().tensors()) {
      double deviation = 1 / Math.sqrt(tensor.fanIn());
      for (int i = tensor.offset(); i < tensor.offset() + tensor.size(); i++) {
        p.dense()[i] = p.round(deviation * random.gaussian(i));
      }
    }
    for (int i = 0; i < p.statistics().length; i++) {
      p.statistics()[i] = p.round(0.3 + random.at(1).uniform(i));
    }
    for (int id = 0; id < VOCABULARY; id++) {
      double[] row = new double[layout().embeddingDim()];
      for (int i = 0; i < row.length; i++) {
        row[i] = random.at(2).gaussian((long) id * row.length + i);
      }
      p.embedding().write(id, row, 0);
      if (p.wide() != null) {
        p.wide().write(id, new double[] {random.at(3).gaussian(id)}, 0);
      }
    }
    p.changed();
    return p;
  }

  /**
   * Weighted rows with repeated ids, an empty list, lists of several and of equal ids, a missing
   * number, and given positions in the block.
   */
  EncodedBatch batch() {
    float[] labels = {1, 0, 1, 0};
    float[] weights = {1, 0.5f, 2, 1};
    int[] positions = {7, 3, 11, 4};
    if (fields.onlyIds()) {
      return new EncodedBatch(
          2, new int[] {0, 4, 0, 8}, null, null, null, labels, weights, null, positions);
    }
    int[] ids = {0, 5, 1, 5, 0, 6, 2, 7};
    int[] offsets = {0, 2, 2, 5, 6};
    int[] multiIds = {3, 4, 3, 3, 8, 0};
    float[] dense = {
      0.5f, 1, -1, 2, Float.NaN, 0.25f, 1.5f, -0.5f, -1.25f, 0, 1, 1, 2, -1.5f, 0.75f, 0.5f
    };
    return new EncodedBatch(2, ids, offsets, multiIds, dense, labels, weights, null, positions);
  }

  /** Four rows of fields with one id each. */
  EncodedBatch batchOfIds() {
    int[] ids = new int[4 * fields.size()];
    Arrays.setAll(ids, i -> (3 * i + 1) % VOCABULARY);
    return EncodedBatch.ofIds(ids, new float[] {1, 0, 0, 1});
  }

  @Override
  public String toString() {
    return name;
  }
}
