package io.destine.kernel.nd4j;

import io.destine.config.Attention;
import io.destine.config.ModelConfig;
import io.destine.config.Unary;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * The queries of a layer, from its input x [B, M, in]: q [B, R, D], the queries of the pairwise
 * term and, with a mean query, one more for the unary term.
 *
 * <pre>
 *   q_m = s (Wq x_m - mean_m(Wq x_m))                  (1)(4)
 *   q'  = W'q mean_m(x_m)                              (5)
 * </pre>
 *
 * <p>s is 1 / sqrt(c) with scale, otherwise 1: scaling the queries scales the logits. Plain
 * attention does not centre. With ReLU before attention, q_m is computed from max(Wq x_m, 0), and
 * q' is mean_m(max(W'q x_m, 0)). Without it the mean can be taken first, since the projection is
 * affine, and a bias of centred queries cancels.
 */
final class Queries {
  private final boolean centred;
  private final boolean relu;
  private final double s;
  private final Projection pairwise;
  private final Projection unary;

  /** s Wq x_m, [B, M, D]. */
  private INDArray projected;

  /** The input and output of the unary projection: the mean field alone, or all fields. */
  private INDArray unaryInput;

  private INDArray unaryProjected;

  /**
   * @param layer prefix of the layer's tensors
   */
  Queries(ModelConfig config, DenseTensors tensors, String layer) {
    centred = config.attention() != Attention.PLAIN;
    relu = config.reluBeforeAttention();
    s = config.scale() ? 1 / Math.sqrt(config.headDim()) : 1;
    boolean biased = relu || !centred;
    pairwise = config.hasPairwise() ? Projection.of(tensors, layer + "query", biased) : null;
    boolean hasMean = config.hasUnary() && config.unary() == Unary.MEAN_QUERY;
    unary = hasMean ? Projection.of(tensors, layer + "unary_query") : null;
  }

  /** q [B, R, D]. */
  INDArray forward(INDArray x) {
    if (pairwise == null) {
      return unaryForward(x);
    }
    INDArray q = pairwiseForward(x);
    return unary == null ? q : Nd4j.concat(1, q, unaryForward(x));
  }

  /** Adds the gradients of the projections, and adds the gradient of x to dx, for dq [B, R, D]. */
  void backward(INDArray x, INDArray dq, INDArray dx) {
    if (pairwise != null) {
      pairwiseBackward(x, Tensors.slice(dq, 0, x.size(1)), dx);
    }
    if (unary != null) {
      unaryBackward(x, Tensors.slice(dq, dq.size(1) - 1, 1).dup('c'), dx);
    }
  }

  /** q_m for every field, [B, M, D]. */
  private INDArray pairwiseForward(INDArray x) {
    projected = pairwise.apply(x);
    if (relu) {
      Transforms.relu(projected, false);
    }
    if (s != 1) {
      projected.muli(s);
    }
    return centred ? projected.sub(projected.mean(true, 1)) : projected;
  }

  /** Centring is its own transpose. */
  private void pairwiseBackward(INDArray x, INDArray dq, INDArray dx) {
    INDArray dprojected = centred ? dq.sub(dq.mean(true, 1)) : dq.dup('c');
    if (s != 1) {
      dprojected.muli(s);
    }
    if (relu) {
      dprojected.muli(Transforms.step(projected));
    }
    pairwise.backward(x, dprojected, dx);
  }

  /** q' [B, 1, D]. */
  private INDArray unaryForward(INDArray x) {
    unaryInput = relu ? x : x.mean(true, 1);
    unaryProjected = unary.apply(unaryInput);
    return relu ? Transforms.relu(unaryProjected, false).mean(true, 1) : unaryProjected;
  }

  private void unaryBackward(INDArray x, INDArray dq, INDArray dx) {
    if (relu) {
      INDArray share = dq.div(x.size(1));
      unary.backward(x, Transforms.step(unaryProjected).muli(share), dx);
    } else {
      INDArray dmean = Nd4j.zerosLike(unaryInput);
      unary.backward(unaryInput, dq, dmean);
      dx.addi(dmean.divi(x.size(1)));
    }
  }
}
