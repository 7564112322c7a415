package io.destine.spark.conf;

import io.destine.config.Check;
import io.destine.config.Components;
import io.destine.config.Meaning;
import io.destine.feature.FieldSpec;
import java.util.List;

/**
 * Which fields make crosses: fields whose value is that of others together.
 *
 * @param fields the parts of each cross
 */
public record CrossConfig(
    @Meaning(value = "auto searches crosses in the training rows; none", preset = "none")
        Search search,
    @Meaning("crosses to take in any case, each a list of 2 to 4 fields") List<List<String>> fields,
    @Meaning(value = "most crosses that the search takes", preset = "8") int max,
    @Meaning(value = "most training rows that the search looks at", preset = "1000000") int rows) {

  /** Whether crosses are searched. */
  public enum Search {
    AUTO,
    NONE
  }

  public CrossConfig {
    Check.atLeast("crosses.max", 0, max);
    Check.atLeast("crosses.rows", 1, rows);
    fields = fields.stream().map(List::copyOf).toList();
    fields.forEach(FieldSpec::cross);
  }

  /** No crosses. */
  public static CrossConfig defaults() {
    return Components.defaults(CrossConfig.class);
  }

  /** The crosses to take in any case, as fields. */
  public List<FieldSpec> specs() {
    return fields.stream().map(FieldSpec::cross).toList();
  }
}
