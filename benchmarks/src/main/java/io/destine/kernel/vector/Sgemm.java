package io.destine.kernel.vector;

/**
 * The best rate of the vector kernel's inner loop: a register-blocked product of matrices A [32,
 * 64] and B [64, 96] that stay in the first-level cache, without other work. Not thread-safe.
 */
public final class Sgemm {
  private static final int ROWS = 32;
  private static final int COLUMNS = 6 * Lanes.ROWS;
  private static final int TERMS = 64;

  private final float[] memory;
  private final Product product;

  /** Matrices of small numbers. */
  public Sgemm() {
    Memory plan = new Memory();
    RowBlock a = RowBlock.reserve(plan, ROWS, TERMS);
    RowBlock b = RowBlock.reserve(plan, TERMS, COLUMNS);
    RowBlock c = RowBlock.reserve(plan, ROWS, COLUMNS);
    Operand zero = new Operand(RowBlock.reserve(plan, 1, 1).at(), 0, 0);
    product =
        Product.broadcast(
            a.byRow(), b.vectors(), zero, c.results(), ROWS, RowBlock.vectors(COLUMNS), TERMS);
    memory = plan.array();
    for (int i = 0; i < memory.length; i++) {
      memory[i] = i % 7 * 0.01f;
    }
  }

  /** Floating-point operations of one product. */
  public double operations() {
    return 2.0 * ROWS * COLUMNS * TERMS;
  }

  /** Computes one product; returns a number of the memory, so that the compiler keeps the code. */
  public float multiply() {
    product.run(memory);
    return memory[memory.length / 2];
  }
}
