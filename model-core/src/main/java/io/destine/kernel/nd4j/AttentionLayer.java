package io.destine.kernel.nd4j;

import io.destine.config.ModelConfig;
import io.destine.config.Unary;
import io.destine.random.Purpose;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * The sums z [B, M, D] of one layer over the fields, from its input x [B, M, in]. For each row of
 * the batch and each head:
 *
 * <pre>
 *   k_n    = Wk x_n      v_n = Wv x_n                  (2)(6)
 *   p(m,n) = softmax_n(q_m . k_n)                      (4)
 *   u(n)   = softmax_n(q' . k_n)                       (5)
 *   u(n)   = softmax_n(w_u . x_n)                      (5) with unary linear
 *   a(m,n) = p(m,n) + u(n)                             (3)
 *   z_m    = sum_n a(m,n) v_n                          (7)(8)
 * </pre>
 *
 * <p>p and u are T lines of one array: M lines of p and one of u, if the layer has these terms.
 * {@link Queries} computes q and q'. sum_n u(n) v_n is the same for every m, so it is computed
 * once, as an additional line of the product. Dropout applies factors r(m,n) to a(m,n), and
 * therefore needs the sum a(m,n) itself.
 *
 * <p>Centring the keys would have no effect, since softmax ignores terms that are constant in n;
 * for the same reason a bias of the keys has no effect unless a ReLU follows it.
 */
final class AttentionLayer {
  private final ModelConfig config;
  private final Pass pass;
  private final int l;
  private final boolean relu;
  private final Queries queries;
  private final Projection keys;
  private final Projection values;
  private final Projection linear;
  private INDArray x;
  private INDArray q;
  private INDArray k;
  private INDArray v;

  /** [B, H, T, M]: p, then u. */
  private INDArray weights;

  /** [B, H, M, M], or null without dropout. */
  private INDArray r;

  /** r(m,n) a(m,n), [B, H, M, M]. */
  private INDArray dropped;

  /**
   * @param l counts layers from 0
   */
  AttentionLayer(ModelConfig config, DenseTensors tensors, Pass pass, int l) {
    this.config = config;
    this.pass = pass;
    this.l = l;
    String layer = "layers." + l + ".";
    relu = config.reluBeforeAttention();
    queries = config.hasKeys() ? new Queries(config, tensors, layer) : null;
    keys = config.hasKeys() ? Projection.of(tensors, layer + "key", relu) : null;
    values = Projection.of(tensors, layer + "value");
    boolean isLinear = config.hasUnary() && config.unary() == Unary.LINEAR;
    linear = isLinear ? Projection.of(tensors, layer + "unary_query") : null;
  }

  /** z [B, M, D]. */
  INDArray forward(INDArray x) {
    this.x = x;
    weights = softmax(logits());
    v = projected(values);
    if (!pass.drops(config.attentionDropout())) {
      return total(Products.mix(weights, v));
    }
    int fields = (int) x.size(1);
    double[] factors =
        pass.mask(
            Purpose.ATTENTION_DROPOUT,
            config.attentionDropout(),
            l,
            config.heads() * fields * fields);
    r = Tensors.of(factors, x.dataType(), pass.rows(), config.heads(), fields, fields);
    dropped = total(weights).mul(r);
    return Products.mix(dropped, v);
  }

  /** Adds the gradients of the layer's parameters, and adds the gradient of x to dx [B, M, in]. */
  void backward(INDArray dz, INDArray dx) {
    INDArray dweights;
    INDArray dv;
    if (r == null) {
      INDArray dmixed = totalBackward(dz);
      dweights = Products.compare(dmixed, v, config.heads());
      dv = Products.distribute(weights, dmixed);
    } else {
      dweights = totalBackward(Products.compare(dz, v, config.heads()).muli(r));
      dv = Products.distribute(dropped, dz);
    }
    projectedBackward(values, v, dv, dx);
    logitsBackward(softmaxBackward(weights, dweights), dx);
  }

  /** s [B, H, T, M]: products of queries with keys, then the linear scores. */
  private INDArray logits() {
    INDArray scores = linear == null ? null : byHead(linear.apply(x)).dup('c');
    if (queries == null) {
      return scores;
    }
    q = queries.forward(x);
    k = projected(keys);
    INDArray compared = Products.compare(q, k, config.heads());
    return scores == null ? compared : Nd4j.concat(2, compared, scores);
  }

  private void logitsBackward(INDArray ds, INDArray dx) {
    if (queries != null) {
      INDArray compared = Tensors.slice(ds, 0, q.size(1));
      projectedBackward(keys, k, Products.distribute(compared, q), dx);
      queries.backward(x, Products.mix(compared, k), dx);
    }
    if (linear != null) {
      INDArray dscores = Tensors.zeros(x, config.heads());
      byHead(dscores).assign(Tensors.slice(ds, ds.size(2) - 1, 1));
      linear.backward(x, dscores, dx);
    }
  }

  /** A view [B, H, 1, M] of scores [B, M, H]. */
  private INDArray byHead(INDArray scores) {
    return Tensors.heads(scores, config.heads()).permute(0, 1, 3, 2);
  }

  /** The keys or the values, [B, M, D]. */
  private INDArray projected(Projection of) {
    INDArray y = of.apply(x);
    return relu ? Transforms.relu(y, false) : y;
  }

  private void projectedBackward(Projection of, INDArray y, INDArray dy, INDArray dx) {
    of.backward(x, relu ? dy.mul(Transforms.step(y)) : dy, dx);
  }

  /** For every field m its line of p plus the line of u: [.., M, w] from [.., T, w]. */
  private INDArray total(INDArray lines) {
    if (!config.hasUnary()) {
      return lines;
    }
    INDArray ofUnary = Tensors.slice(lines, lines.size(-2) - 1, 1);
    if (config.hasPairwise()) {
      return Tensors.slice(lines, 0, x.size(1)).add(ofUnary);
    }
    long[] shape = lines.shape().clone();
    shape[shape.length - 2] = x.size(1);
    return Nd4j.zeros(lines.dataType(), shape).addi(ofUnary);
  }

  /** The transpose of {@link #total}: the lines of p unchanged, then their sum as the line of u. */
  private INDArray totalBackward(INDArray total) {
    if (!config.hasUnary()) {
      return total;
    }
    int axis = total.rank() - 2;
    INDArray sum = total.sum(true, axis);
    return config.hasPairwise() ? Nd4j.concat(axis, total, sum) : sum;
  }

  /**
   * Softmax over the fields, in place. In float64, ND4J's softmax subtracts 0 instead of the
   * largest logit if that is below 0, and returns NaN when all exponentials of a line underflow;
   * therefore the largest logit is subtracted before the call.
   */
  private static INDArray softmax(INDArray s) {
    INDArray lines = Tensors.vectors(s);
    if (lines.dataType() == DataType.DOUBLE) {
      lines.subiColumnVector(lines.max(true, 1));
    }
    Transforms.softmax(lines, false);
    return s;
  }

  /** ds(n) = a(n) (da(n) - sum_k a(k) da(k)), for weights a. */
  private static INDArray softmaxBackward(INDArray a, INDArray da) {
    INDArray weighted = a.mul(da);
    INDArray sums = Tensors.zeros(weighted, 1);
    Products.addSumOfEach(weighted, sums);
    INDArray common = Tensors.vectors(a).mulColumnVector(Tensors.vectors(sums));
    return weighted.subi(common.reshape(a.shape()));
  }
}
