package io.destine.kernel.vector;

/**
 * The factorization-machine term, the sum over field pairs m < n of e_m . e_n, in linear time:
 *
 * <pre>
 *   f = (|s|^2 - sum_m |e_m|^2) / 2     s = sum_m e_m     df/de_m = s - e_m
 * </pre>
 */
final class FactorizationTerm {
  private final int fields;
  private final int width;
  private final Bank bank;
  private final int sum;

  FactorizationTerm(Memory memory, int fields, Bank bank) {
    this.fields = fields;
    this.bank = bank;
    width = bank.columns().padded();
    sum = memory.reserve((long) width * Lanes.LENGTH);
  }

  /** Adds to the logit vector of a bank. */
  void forward(float[] s) {
    LaneMatrix e = bank.embeddings();
    LaneMath.sumRows(s, e.at(), e.rowStep(), fields, width, 1, sum);
    LaneMath.addSquares(s, sum, width, 0.5f, bank.logit());
    for (int m = 0; m < fields; m++) {
      LaneMath.addSquares(s, e.at(m, 0), width, -0.5f, bank.logit());
    }
  }

  /** After {@link #forward} of the same bank: adds to the embeddings' gradient. */
  void backward(float[] s) {
    for (int m = 0; m < fields; m++) {
      LaneMath.addProductOfDifference(
          s,
          sum,
          bank.embeddings().at(m, 0),
          bank.logitGradient(),
          width,
          bank.gradient().at(m, 0));
    }
  }
}
