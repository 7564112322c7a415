package io.destine.spark.encode;

import io.destine.feature.FieldSpec;
import io.destine.spark.conf.JobConfig;
import java.io.Serializable;
import java.util.List;
import java.util.Optional;

/**
 * Which columns of a table are what.
 *
 * @param fields in order
 * @param label 0 or 1
 * @param weight of a row; without it each weighs 1
 * @param group of a row for GAUC
 * @param date of a row
 */
public record RowRoles(
    List<FieldSpec> fields,
    String label,
    Optional<String> weight,
    Optional<String> group,
    Optional<String> date) {

  public RowRoles {
    fields = List.copyOf(fields);
  }

  /** The roles that a configuration gives to the columns. */
  public static RowRoles of(JobConfig config, List<FieldSpec> fields) {
    return new RowRoles(
        fields, config.label(), config.weight(), config.group(), config.dateColumn());
  }

  /** The same for tasks: {@link Optional} is not serializable. */
  Names names() {
    return new Names(fields, label, weight.orElse(null), group.orElse(null), date.orElse(null));
  }

  /** Names, null for what there is not. */
  record Names(List<FieldSpec> fields, String label, String weight, String group, String date)
      implements Serializable {}
}
