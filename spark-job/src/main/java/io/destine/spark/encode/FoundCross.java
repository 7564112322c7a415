package io.destine.spark.encode;

import io.destine.feature.FieldSpec;
import java.util.List;
import java.util.Locale;

/**
 * A cross found by the search.
 *
 * @param parts names of its fields
 * @param gain decrease in mean log loss when this cross is added to an additive model of the fields
 *     and the previous crosses, on held-out rows
 * @param loss the mean log loss of that model without this cross
 */
public record FoundCross(List<String> parts, double gain, double loss) {
  public FoundCross {
    parts = List.copyOf(parts);
  }

  /** The cross as a field. */
  public FieldSpec spec() {
    return FieldSpec.cross(parts);
  }

  /** One line for a log. */
  public String line() {
    return String.format(
        Locale.ROOT,
        "cross %s: the log loss of an additive model falls from %.5f to %.5f",
        spec().name(),
        loss,
        loss - gain);
  }
}
