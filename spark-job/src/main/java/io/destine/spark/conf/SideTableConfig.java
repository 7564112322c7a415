package io.destine.spark.conf;

import io.destine.config.SettingProblem;
import io.destine.feature.FieldSpec;
import io.destine.feature.SideTable;
import java.util.List;
import java.util.Objects;

/**
 * A side table and its source.
 *
 * @param table its name and its key columns
 * @param source of its rows: files or a catalog table
 * @param fields its columns, in order, at least one
 */
public record SideTableConfig(SideTable table, SourceConfig source, List<FieldSpec> fields) {
  public SideTableConfig {
    fields = fields.stream().map(field -> field.in(table.name())).toList();
    if (fields.isEmpty()) {
      throw SettingProblem.because(
          "fields",
          "name at least one field of the side table; \"*\" is only for the fields of the log");
    }
  }

  /** The fields of all tables, in order. */
  public static List<FieldSpec> allFields(List<SideTableConfig> tables) {
    return tables.stream().map(SideTableConfig::fields).flatMap(List::stream).toList();
  }

  /** The names and key columns of all tables. */
  public static List<SideTable> tables(List<SideTableConfig> tables) {
    return tables.stream().map(SideTableConfig::table).toList();
  }

  /** The same table with another source, such as a snapshot. */
  SideTableConfig reading(SourceConfig other) {
    return new SideTableConfig(table, Objects.requireNonNull(other), fields);
  }
}
