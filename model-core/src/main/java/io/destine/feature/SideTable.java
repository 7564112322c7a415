package io.destine.feature;

import io.destine.config.SettingProblem;
import java.io.Serializable;
import java.util.Objects;

/**
 * A table with one row for each key, whose fields belong to all rows of the log that have the key.
 *
 * @param name unique among the side tables
 * @param key column of the log
 * @param column of the key in the side table itself; null means the same name as in the log
 */
public record SideTable(String name, String key, String column) implements Serializable {
  public SideTable {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(key, "key");
    if (key.isEmpty()) {
      throw SettingProblem.must("key", "the name of a column", "none");
    }
    column = column == null ? key : column;
  }

  /** The reference of a row of the log to the table: its key, as a value of a field. */
  public FieldSpec ofLog() {
    return FieldSpec.categorical("key of " + name).from(key);
  }

  /** The key in a row of the side table, as a value of a field. */
  public FieldSpec own() {
    return FieldSpec.categorical("key of " + name).from(column);
  }
}
