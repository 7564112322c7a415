package io.destine.kernel.nd4j;

import io.destine.config.ModelConfig;
import io.destine.config.Residual;
import io.destine.config.Unary;
import io.destine.random.Purpose;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * One decoupled self-attention layer, from x [B, M, in] to out [B, M, D], heads side by side:
 *
 * <pre>
 *   p(m, n) = softmax_n(q_m . k_n)        q centred over the fields
 *   u(n)    = softmax_n(q' . k_n)         q' the mean query, or softmax_n(w_u . x_n)
 *   z_m     = sum_n (p(m, n) + u(n)) v_n
 *   out_m   = max(z_m + Wr x_m, 0)        with residual each_layer, otherwise z_m
 * </pre>
 *
 * <p>Centring the keys changes nothing, since softmax ignores what is constant in n; for the same
 * reason a bias of the keys is dead unless a ReLU follows it.
 */
final class InteractionLayer {
  private final int index;
  private final Nd4jLayerShape shape;
  private final DenseStore store;
  private final LayerScratch shared;
  private final FieldBlock queries;
  private final PairwiseQueries pairwise;
  private final UnaryTerm unary;
  private final FieldProjection keys;
  private final FieldProjection values;
  private final Projection residual;
  private final ScoreBlock weights;
  private final FieldBlock out;
  private final MaskWriter masks;
  private final SharedUnaryMixing plainMixing;
  private final MaskedMixing maskedMixing;
  private Mixing mixing;

  /**
   * @param index l, counted from 0
   * @param in width of the layer's input
   */
  InteractionLayer(
      ModelConfig config,
      DenseStore store,
      int index,
      Nd4jLayerShape shape,
      int in,
      Scratch scratch,
      LayerScratch shared,
      HostArray host) {
    this.index = index;
    this.shape = shape;
    this.store = store;
    this.shared = shared;
    String prefix = "layers." + index + ".";
    int rows = shape.rows();
    int fields = shape.fields();
    boolean relu = config.reluBeforeAttention();
    queries = shape.queries() > 0 ? scratch.block(rows, shape.queries(), shape.width()) : null;
    weights = scratch.scores(rows, shape.heads(), shape.lines(), fields);
    pairwise =
        config.hasPairwise()
            ? new PairwiseQueries(config, store, prefix + "query", shape, scratch, shared, queries)
            : null;
    unary = config.hasUnary() ? unary(config, prefix + "unary_query", in, scratch) : null;
    keys =
        config.hasKeys()
            ? new FieldProjection(
                relu
                    ? Projection.of(store, prefix + "key")
                    : Projection.withoutBias(store, prefix + "key"),
                relu,
                scratch.block(rows, fields, shape.width()))
            : null;
    values =
        new FieldProjection(
            Projection.of(store, prefix + "value"),
            relu,
            scratch.block(rows, fields, shape.width()));
    residual =
        config.residual() == Residual.EACH_LAYER ? Projection.of(store, prefix + "residual") : null;
    out = scratch.block(rows, fields, shape.width());
    masks = new MaskWriter(Purpose.ATTENTION_DROPOUT, config.attentionDropout(), host);
    plainMixing = new SharedUnaryMixing(shape, shared);
    maskedMixing = config.attentionDropout() > 0 ? new MaskedMixing(shape, scratch) : null;
  }

  private UnaryTerm unary(ModelConfig config, String name, int in, Scratch scratch) {
    if (config.unary() == Unary.LINEAR) {
      return new Nd4jLinearScore(store, name, shape, shared, weights);
    }
    return config.reluBeforeAttention()
        ? new RectifiedMeanQuery(store, name, shape, scratch, shared, queries)
        : new Nd4jMeanQuery(store, name, shape, in, scratch, shared, queries);
  }

  /** [B, M, D], valid from {@link #forward} until {@link #backward}. */
  FieldBlock out() {
    return out;
  }

  /** Fills the output from x. */
  void forward(Pass pass, FieldBlock x) {
    if (pairwise != null) {
      pairwise.forward(x);
    }
    if (unary != null) {
      unary.forward(x);
    }
    if (keys != null) {
      keys.forward(x);
      HeadProducts.compare(heads(queries), heads(keys.result()), queryLines(weights));
    }
    weights.softmax(shared.lineSums);
    values.forward(x);
    choose(pass).forward(weights, values.result(), out);
    if (residual != null) {
      residual.add(x.vectors(), out.vectors());
      Rectifier.forward(out.vectors().rows());
    }
  }

  private Mixing choose(Pass pass) {
    mixing = plainMixing;
    if (masks.applies(pass)) {
      int perRow = shape.heads() * shape.fields() * shape.fields();
      masks.write(pass, index, perRow, maskedMixing.mask());
      mixing = maskedMixing;
    }
    return mixing;
  }

  /**
   * Adds the gradients of the layer's parameters, and to dx that of x.
   *
   * @param dout gradient of the output, overwritten
   */
  void backward(FieldBlock x, FieldBlock dout, FieldBlock dx) {
    if (residual != null) {
      Rectifier.backward(out.vectors().rows(), dout.vectors().rows());
      residual.backward(x.vectors(), dout.vectors(), dx.vectors());
    }
    ScoreBlock gradient = shared.weightGradient;
    mixing.backward(dout, weights, values.result(), gradient, shared.valueGradient);
    values.backward(x, shared.valueGradient, dx);
    weights.softmaxBackward(gradient, store.ones(shape.fields()), shared.lineSums);
    if (keys != null) {
      INDArray logits = queryLines(gradient);
      HeadProducts.mix(logits, heads(keys.result()), heads(shared.queryGradient));
      HeadProducts.distribute(logits, heads(queries), heads(shared.keyGradient));
      keys.backward(x, shared.keyGradient, dx);
    }
    if (pairwise != null) {
      pairwise.backward(x, dx);
    }
    if (unary != null) {
      unary.backward(x, dx);
    }
  }

  private INDArray queryLines(ScoreBlock block) {
    return block.leading(shape.queries());
  }

  private INDArray heads(FieldBlock block) {
    return block.heads(shape.heads());
  }
}
