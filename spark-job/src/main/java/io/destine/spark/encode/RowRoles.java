package io.destine.spark.encode;

import io.destine.feature.FieldSpec;
import io.destine.feature.SideTable;
import io.destine.spark.conf.EncodingConfig;
import io.destine.spark.conf.LabelRule;
import io.destine.spark.conf.SideTableConfig;
import io.destine.spark.source.SourceTable;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * The roles of a table's columns.
 *
 * @param fields in order
 * @param place index of the first field among all fields
 * @param inputs number of fields of the log and of side tables
 * @param table the side table of the rows; -1 for the log
 * @param keys by side table; null for a key that the rows do not have
 * @param label empty for a side table
 * @param labels the rule that maps values of the label column to labels
 * @param weight of a row; 1 for each row if empty
 * @param group of a row for GAUC
 * @param date of a row
 * @param splitDate the date by which rows are split, if it is another column
 * @param splitKey rows with equal values stay in one split
 */
public record RowRoles(
    List<FieldSpec> fields,
    int place,
    int inputs,
    int table,
    List<FieldSpec> keys,
    Optional<String> label,
    LabelRule labels,
    Optional<String> weight,
    Optional<String> group,
    Optional<String> date,
    Optional<String> splitDate,
    Optional<String> splitKey) {

  public RowRoles {
    fields = List.copyOf(fields);
    keys = Collections.unmodifiableList(new ArrayList<>(keys));
  }

  /** The roles that a configuration gives to the columns. */
  public static RowRoles of(EncodingConfig config, List<FieldSpec> fields) {
    List<SideTable> tables = SideTableConfig.tables(config.tables());
    return new RowRoles(
        fields,
        0,
        fields.size() + SideTableConfig.allFields(config.tables()).size(),
        -1,
        tables.stream().map(SideTable::ofLog).toList(),
        Optional.of(config.label()),
        config.labels(),
        config.weight(),
        config.group(),
        config.dateColumn(),
        config.splitDateColumn(),
        config.split().key());
  }

  /** The roles of the columns of side table t. */
  RowRoles ofTable(List<SideTableConfig> tables, int t) {
    List<FieldSpec> own = new ArrayList<>(Collections.nCopies(tables.size(), null));
    own.set(t, tables.get(t).table().own());
    int first = fields.size();
    for (int before = 0; before < t; before++) {
      first += tables.get(before).fields().size();
    }
    return new RowRoles(
        tables.get(t).fields(),
        first,
        inputs,
        t,
        own,
        Optional.empty(),
        LabelRule.PLAIN,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  /** The same with other fields. */
  RowRoles with(List<FieldSpec> others) {
    return new RowRoles(
        others,
        place,
        inputs - fields.size() + others.size(),
        table,
        keys,
        label,
        labels,
        weight,
        group,
        date,
        splitDate,
        splitKey);
  }

  /** The same for tasks: {@link Optional} is not serializable. */
  Names names() {
    return new Names(
        fields,
        place,
        inputs,
        table,
        keys,
        label.orElse(null),
        labels,
        weight.orElse(null),
        group.orElse(null),
        date.orElse(null),
        splitDate.orElse(null),
        splitKey.orElse(null));
  }

  /** The columns from which rows are encoded, including the column of unparsable lines. */
  Set<String> columns() {
    Set<String> columns = new HashSet<>();
    fields.forEach(field -> columns.add(field.column()));
    keys.stream().filter(Objects::nonNull).forEach(key -> columns.add(key.column()));
    label.ifPresent(columns::add);
    weight.ifPresent(columns::add);
    group.ifPresent(columns::add);
    date.ifPresent(columns::add);
    splitDate.ifPresent(columns::add);
    splitKey.ifPresent(columns::add);
    columns.add(SourceTable.CORRUPT);
    return columns;
  }

  /** Names; null for missing roles. */
  record Names(
      List<FieldSpec> fields,
      int place,
      int inputs,
      int table,
      List<FieldSpec> keys,
      String label,
      LabelRule labels,
      String weight,
      String group,
      String date,
      String splitDate,
      String splitKey)
      implements Serializable {}
}
