package io.destine.spark.conf;

import io.destine.config.Components;
import io.destine.config.SettingProblem;
import io.destine.feature.FieldSpec;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Settings of the encoding of a table: roles of columns, splits of rows, values that get ids.
 *
 * @param label column of the label
 * @param labels maps its values to labels, by default 0 and 1, or false and true
 * @param weight column of the row weight, a non-negative number; without it every row has weight 1
 * @param group column whose values group rows for GAUC
 * @param date column of the row's date; the vocabulary stores the first date of each value
 * @param fields of the log, in order; if empty, they are chosen from the values of all other
 *     columns
 * @param tables side tables, in order
 * @param crosses combinations of fields as additional fields
 * @param rates fields whose label rates are additional fields
 * @param sampling of the training rows, and their weights
 * @param split of the rows into training, validation and test rows
 * @param vocabulary ids of values
 * @param quarantine treatment of unreadable rows
 * @param blockRows approximate rows of a block
 */
public record EncodingConfig(
    String label,
    LabelRule labels,
    Optional<String> weight,
    Optional<String> group,
    Optional<String> date,
    List<FieldSpec> fields,
    List<SideTableConfig> tables,
    CrossConfig crosses,
    Rates rates,
    Sampling sampling,
    SplitConfig split,
    VocabularyConfig vocabulary,
    QuarantineConfig quarantine,
    int blockRows) {

  public EncodingConfig {
    fields = List.copyOf(fields);
    tables = named(fields, tables);
  }

  /** Checks that the names of the fields of side tables and of the log are unique. */
  static List<SideTableConfig> named(List<FieldSpec> fields, List<SideTableConfig> tables) {
    Set<String> names = new HashSet<>();
    List<FieldSpec> all = new ArrayList<>(fields);
    all.addAll(SideTableConfig.allFields(tables));
    for (FieldSpec field : all) {
      if (!names.add(field.name())) {
        throw SettingProblem.because(
            field.table() == null ? "fields" : "tables." + field.table() + ".fields",
            "the name \"" + field.name() + "\" is given twice; rename one of the fields");
      }
    }
    return List.copyOf(tables);
  }

  /**
   * Settings with the given label column; fields are chosen from the values of the other columns,
   * and everything else is default.
   */
  public static EncodingConfig of(String label) {
    return new EncodingConfig(
        label,
        LabelRule.PLAIN,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        List.of(),
        List.of(),
        CrossConfig.defaults(),
        Rates.AUTO,
        Sampling.NONE,
        SplitConfig.defaults(),
        VocabularyConfig.defaults(),
        QuarantineConfig.defaults(),
        OutputConfig.DEFAULT_BLOCK_ROWS);
  }

  /** The same with the given fields. */
  public EncodingConfig withFields(List<FieldSpec> others) {
    return Components.with(this, "fields", others);
  }

  /** The same with another rule for labels. */
  public EncodingConfig withLabels(LabelRule other) {
    return Components.with(this, "labels", other);
  }

  /** The same with side tables. */
  public EncodingConfig withTables(List<SideTableConfig> others) {
    return Components.with(this, "tables", others);
  }

  /** The same with other crosses. */
  public EncodingConfig withCrosses(CrossConfig other) {
    return Components.with(this, "crosses", other);
  }

  /** The same with columns of the weight, the group and the date; each may be empty. */
  public EncodingConfig withColumns(
      Optional<String> weights, Optional<String> groups, Optional<String> dates) {
    EncodingConfig weighted = Components.with(this, "weight", weights);
    return Components.with(Components.with(weighted, "group", groups), "date", dates);
  }

  /** The same with other rates. */
  public EncodingConfig withRates(Rates other) {
    return Components.with(this, "rates", other);
  }

  /** The same with other sampling of training rows. */
  public EncodingConfig withSampling(Sampling other) {
    return Components.with(this, "sampling", other);
  }

  /** The same with other splits. */
  public EncodingConfig withSplit(SplitConfig other) {
    return Components.with(this, "split", other);
  }

  /** The same with other vocabulary settings. */
  public EncodingConfig withVocabulary(VocabularyConfig other) {
    return Components.with(this, "vocabulary", other);
  }

  /** The same with another limit of bad rows. */
  public EncodingConfig withQuarantine(QuarantineConfig other) {
    return Components.with(this, "quarantine", other);
  }

  /** The same with blocks of another size. */
  public EncodingConfig withBlockRows(int rows) {
    return Components.with(this, "blockRows", rows);
  }

  /** The date column: {@link #date}, or the column by which rows are split. */
  public Optional<String> dateColumn() {
    return split instanceof SplitConfig.ByDate byDate
        ? date.or(() -> Optional.of(byDate.column()))
        : date;
  }

  /** The column by which rows are split, if it is not the date column. */
  public Optional<String> splitDateColumn() {
    return split instanceof SplitConfig.ByDate byDate
        ? Optional.of(byDate.column()).filter(column -> !dateColumn().get().equals(column))
        : Optional.empty();
  }
}
