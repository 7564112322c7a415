package io.destine.spark.generate;

/**
 * The model that generates the labels,
 *
 * <pre>
 *   logit = b + s1 (sum over fields m of w_m) + s2 (f(x) - g(x))      x_m = v_m - mean_m
 * </pre>
 *
 * where w_m and v_m are the effect and the vector of the value of field m, and f is a {@link
 * FactorizationMachine} or a {@link TeacherAttention}. The mean of x_m over rows is 0, so products
 * of the x_m of two independent fields contain no first-order effects. Attention does contain them:
 * g is the sum of functions of single fields that is closest to its f on a sample of rows; g is 0
 * for the factorization machine. {@link TeacherScale} holds the means, g, b, s1 and s2. Mutable;
 * one thread.
 */
final class Teacher {
  private static final double[] NOTHING = new double[ValueParts.RANK];

  private final ClickLog log;
  private final TeacherScale scale;
  private final ValueParts parts;
  private final Interaction interaction;
  private final FirstOrderCells cells;
  private final double[][] x;
  private double together;

  Teacher(ClickLog log, TeacherScale scale) {
    this.log = log;
    this.scale = scale;
    parts = new ValueParts(log);
    interaction = interaction(log, scale.factors());
    cells = new FirstOrderCells(log.fields());
    x = new double[log.fields().size()][ValueParts.RANK];
  }

  /** f of a click log. */
  static Interaction interaction(ClickLog log, AttentionFactors factors) {
    return switch (log.teacher().kind()) {
      case FM -> new FactorizationMachine(log.teacher().pairs());
      case ATTENTION -> new TeacherAttention(log.seed(), log.fields().size(), factors);
    };
  }

  /** Sets the row for the other methods. */
  void read(DrawnRow row) {
    parts.read(row);
    parts.centre(scale.means(), x);
    together = interaction.of(x);
    if (scale.firstOrderOfInteraction().length > 0) {
      cells.read(row, x);
      together -= cells.dot(scale.firstOrderOfInteraction());
    }
  }

  /** The unscaled sum of effects of single values. */
  double firstOrder() {
    return parts.effects();
  }

  /** f(x) - g(x), unscaled. */
  double interaction() {
    return together;
  }

  /** The logit of a click. */
  double logit() {
    return scale.intercept()
        + scale.firstFactor() * firstOrder()
        + scale.interactionFactor() * together;
  }

  /**
   * Approximately the best logit without some fields of items.
   *
   * @param without index into {@link TeacherScale#without}
   */
  double logitWithout(int without) {
    double[] line = scale.without()[without];
    return line[0] + line[1] * logitWithout(log, scale, parts, interaction, x, without);
  }

  /**
   * The logit without the contributions of some fields of items, before the intercept and slope of
   * {@link TeacherScale#without} are applied.
   *
   * @param without index of the field of items, or the number of these fields for all of them
   * @param x changed temporarily and restored
   */
  static double logitWithout(
      ClickLog log,
      TeacherScale scale,
      ValueParts parts,
      Interaction interaction,
      double[][] x,
      int without) {
    int first = log.ofRows().size() + (without == log.itemFields() ? 0 : without);
    int end = without == log.itemFields() ? x.length : first + 1;
    double effects = parts.effects();
    double[][] kept = new double[end - first][];
    for (int m = first; m < end; m++) {
      effects -= parts.effect(m);
      kept[m - first] = x[m];
      x[m] = NOTHING;
    }
    double together = interaction.of(x);
    System.arraycopy(kept, 0, x, first, kept.length);
    return scale.intercept() + scale.firstFactor() * effects + scale.interactionFactor() * together;
  }

  /** The best logit from the effects of single values, without interactions. */
  double soloLogit() {
    return scale.soloIntercept() + scale.soloSlope() * firstOrder();
  }
}
