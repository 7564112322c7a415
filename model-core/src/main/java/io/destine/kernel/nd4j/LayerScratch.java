package io.destine.kernel.nd4j;

/**
 * Arrays that the interaction layers of a network share: what a layer needs only while it runs one
 * way. Gradients of queries, keys, values and weights, and intermediate results.
 */
final class LayerScratch {
  /** [B, M, D]. */
  final FieldBlock projected;

  /** [B, 1, D]. */
  final FieldBlock mean;

  /** [B, R, D], or null without queries. */
  final FieldBlock queryGradient;

  /** [B, M, D]. */
  final FieldBlock keyGradient;

  /** [B, M, D]. */
  final FieldBlock valueGradient;

  /** [B, T, D]: weighted sums of values on the way forward, their gradient on the way back. */
  final FieldBlock mixed;

  /** [B, H, T, M]. */
  final ScoreBlock weightGradient;

  /** [B * H * T, 1]. */
  final RowMajorMatrix lineSums;

  /** [B, M, H], or null without a linear unary term. */
  final FieldBlock scores;

  LayerScratch(Scratch scratch, Nd4jLayerShape shape) {
    int rows = shape.rows();
    int fields = shape.fields();
    int width = shape.width();
    projected = scratch.block(rows, fields, width);
    mean = scratch.block(rows, 1, width);
    queryGradient = shape.queries() > 0 ? scratch.block(rows, shape.queries(), width) : null;
    keyGradient = scratch.block(rows, fields, width);
    valueGradient = scratch.block(rows, fields, width);
    mixed = scratch.block(rows, shape.lines(), width);
    weightGradient = scratch.scores(rows, shape.heads(), shape.lines(), fields);
    lineSums = scratch.matrix((long) rows * shape.heads() * shape.lines(), 1);
    scores = shape.linear() > 0 ? scratch.block(rows, fields, shape.heads()) : null;
  }
}
