package io.destine.spark.generate;

/**
 * The model that labels come from,
 *
 * <pre>
 *   logit = b + s1 (sum over fields m of w_m) + s2 (f(x) - g(x))      x_m = v_m - mean_m
 * </pre>
 *
 * where w_m and v_m are the effect and the vector of the value of field m, and f is a {@link
 * FactorizationMachine} or a {@link TeacherAttention}. The vectors' mean over rows is 0, so that
 * products of two fields' say nothing that single values could say. Attention does: g is the sum of
 * functions of single fields that is nearest to its f over a sample of rows, and 0 for the
 * factorization machine. {@link TeacherScale} holds the means, g, b, s1 and s2. Mutable; one
 * thread.
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

  /** Takes in a row, of which the other methods speak. */
  void read(DrawnRow row) {
    parts.read(row);
    parts.centre(scale.means(), x);
    together = interaction.of(x);
    if (scale.firstOrderOfInteraction().length > 0) {
      cells.read(row, x);
      together -= cells.dot(scale.firstOrderOfInteraction());
    }
  }

  /** The sum of effects of single values, not scaled. */
  double firstOrder() {
    return parts.effects();
  }

  /** f(x) - g(x), not scaled. */
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
   * About the best logit that is known without some fields of items.
   *
   * @param without of {@link TeacherScale#without}
   */
  double logitWithout(int without) {
    double[] line = scale.without()[without];
    return line[0] + line[1] * logitWithout(log, scale, parts, interaction, x, without);
  }

  /**
   * The logit with nothing in the place of what some fields of items say, before intercept and
   * slope make up for it.
   *
   * @param without the field of items, or one more than there are for all of them
   * @param x changed and put back
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

  /** The best logit that the effects of single values give, without interactions. */
  double soloLogit() {
    return scale.soloIntercept() + scale.soloSlope() * firstOrder();
  }
}
