package io.destine.spark.conf;

import io.destine.config.Check;
import io.destine.config.Components;
import io.destine.config.Meaning;
import io.destine.config.SettingProblem;
import io.destine.feature.FieldShape;
import io.destine.feature.FieldSpec;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The crosses: fields whose values combine the values of other fields.
 *
 * @param fields the parts of each cross
 */
public record CrossConfig(
    @Meaning(
            value = "auto searches for crosses in the training rows; none does not",
            preset = "auto")
        Search search,
    @Meaning("crosses that are always included, each a list of 2 to 4 fields")
        List<List<String>> fields,
    @Meaning(value = "maximum number of crosses from the search", preset = "8") int max,
    @Meaning(value = "maximum number of training rows in the search", preset = "1000000")
        int rows) {

  /** Whether to search for crosses. */
  public enum Search {
    AUTO,
    NONE
  }

  public CrossConfig {
    Check.atLeast("crosses.max", 0, max);
    Check.atLeast("crosses.rows", 1, rows);
    fields = fields.stream().map(List::copyOf).toList();
    Set<FieldSpec> crosses = new HashSet<>();
    for (List<String> parts : fields) {
      if (!crosses.add(FieldSpec.cross(parts))) {
        throw SettingProblem.because(
            "crosses", "the cross " + parts + " is given twice; leave one of them out");
      }
    }
  }

  /** The defaults: crosses are found by the search. */
  public static CrossConfig defaults() {
    return Components.defaults(CrossConfig.class);
  }

  /** The configured crosses, as fields. */
  public List<FieldSpec> specs() {
    return fields.stream().map(FieldSpec::cross).toList();
  }

  /**
   * Rejects crosses that cannot be formed from the fields.
   *
   * @throws UserError with one line for each problem
   */
  public void require(List<FieldSpec> of) {
    List<String> names = of.stream().map(FieldSpec::name).toList();
    List<String> problems = new ArrayList<>();
    for (FieldSpec cross : specs()) {
      if (names.contains(cross.name())) {
        problems.add("crosses: a field has the name \"" + cross.name() + "\"; rename the field");
      }
      for (String part : cross.parts()) {
        int at = names.indexOf(part);
        if (at < 0) {
          problems.add(
              String.format(
                  "crosses: %s names \"%s\", which is not a field%s",
                  cross.parts(), part, NearestName.suggestion(part, names)));
        } else if (of.get(at).shape().kind() != FieldShape.Kind.ID) {
          problems.add(
              String.format(
                  "crosses: %s names \"%s\"; a part must be categorical, or a number with buckets",
                  cross.parts(), part));
        }
      }
    }
    if (!problems.isEmpty()) {
      throw new UserError(problems);
    }
  }
}
