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
 * How the rows of a table become encoded rows: which columns are what, which rows train, which
 * values get ids.
 *
 * @param label column of the label, 0 or 1
 * @param labels which values of that column are label 1
 * @param weight column of the row weight, a number from 0 up; without it every row weighs 1
 * @param group column whose values group rows for GAUC
 * @param date column of the row's date, recorded as first seen in the vocabulary
 * @param fields of the log, in order; empty chooses them by the values of every other column
 * @param tables side tables, in order
 * @param crosses which of them are taken together, too
 * @param rates the label rates of which fields are fields, too
 * @param sampling which training rows are kept, and what they weigh
 * @param split which rows train, validate and test
 * @param vocabulary ids of values
 * @param quarantine treatment of unreadable rows
 * @param blockRows rows of a block, about
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

  /** Side tables, each of whose fields has a name of its own, as those of the log have. */
  static List<SideTableConfig> named(List<FieldSpec> fields, List<SideTableConfig> tables) {
    Set<String> names = new HashSet<>();
    List<FieldSpec> all = new ArrayList<>(fields);
    all.addAll(SideTableConfig.allFields(tables));
    for (FieldSpec field : all) {
      if (!names.add(field.name())) {
        throw SettingProblem.because(
            field.table() == null ? "fields" : "tables." + field.table() + ".fields",
            "the name \"" + field.name() + "\" is given twice");
      }
    }
    return List.copyOf(tables);
  }

  /** The label's column; fields are chosen by the values of the others, and all else by default. */
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
        Rates.NONE,
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

  /** The same with other values for label 1. */
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

  /** The same with columns of the weight, the group and the date, each of which may be empty. */
  public EncodingConfig withColumns(
      Optional<String> weights, Optional<String> groups, Optional<String> dates) {
    EncodingConfig weighted = Components.with(this, "weight", weights);
    return Components.with(Components.with(weighted, "group", groups), "date", dates);
  }

  /** The same with other rates. */
  public EncodingConfig withRates(Rates other) {
    return Components.with(this, "rates", other);
  }

  /** The same with other training rows. */
  public EncodingConfig withSampling(Sampling other) {
    return Components.with(this, "sampling", other);
  }

  /** The same with other splits. */
  public EncodingConfig withSplit(SplitConfig other) {
    return Components.with(this, "split", other);
  }

  /** The same with another choice of values. */
  public EncodingConfig withVocabulary(VocabularyConfig other) {
    return Components.with(this, "vocabulary", other);
  }

  /** The same with another share of rows that may be bad. */
  public EncodingConfig withQuarantine(QuarantineConfig other) {
    return Components.with(this, "quarantine", other);
  }

  /** The same with blocks of another size. */
  public EncodingConfig withBlockRows(int rows) {
    return Components.with(this, "blockRows", rows);
  }

  /** The date column: {@link #date}, or the one that splits rows. */
  public Optional<String> dateColumn() {
    return split instanceof SplitConfig.ByDate byDate
        ? date.or(() -> Optional.of(byDate.column()))
        : date;
  }
}
