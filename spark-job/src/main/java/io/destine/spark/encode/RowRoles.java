package io.destine.spark.encode;

import io.destine.feature.FieldSpec;
import io.destine.spark.conf.EncodingConfig;
import io.destine.spark.source.SourceTable;
import java.io.Serializable;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Which columns of a table are what.
 *
 * @param fields in order
 * @param label 0 or 1
 * @param weight of a row; without it each weighs 1
 * @param group of a row for GAUC
 * @param date of a row
 * @param splitKey whose equal values share a split
 */
public record RowRoles(
    List<FieldSpec> fields,
    String label,
    Optional<String> weight,
    Optional<String> group,
    Optional<String> date,
    Optional<String> splitKey) {

  public RowRoles {
    fields = List.copyOf(fields);
  }

  /** The roles that a configuration gives to the columns. */
  public static RowRoles of(EncodingConfig config, List<FieldSpec> fields) {
    return new RowRoles(
        fields,
        config.label(),
        config.weight(),
        config.group(),
        config.dateColumn(),
        config.split().key());
  }

  /** The same with other fields. */
  RowRoles with(List<FieldSpec> others) {
    return new RowRoles(others, label, weight, group, date, splitKey);
  }

  /** The same for tasks: {@link Optional} is not serializable. */
  Names names() {
    return new Names(
        fields,
        label,
        weight.orElse(null),
        group.orElse(null),
        date.orElse(null),
        splitKey.orElse(null));
  }

  /** The columns that rows are encoded from, with that of lines that are no rows. */
  Set<String> columns() {
    Set<String> columns = new HashSet<>();
    fields.forEach(field -> columns.add(field.column()));
    columns.add(label);
    weight.ifPresent(columns::add);
    group.ifPresent(columns::add);
    date.ifPresent(columns::add);
    splitKey.ifPresent(columns::add);
    columns.add(SourceTable.CORRUPT);
    return columns;
  }

  /** Names, null for what there is not. */
  record Names(
      List<FieldSpec> fields,
      String label,
      String weight,
      String group,
      String date,
      String splitKey)
      implements Serializable {}
}
