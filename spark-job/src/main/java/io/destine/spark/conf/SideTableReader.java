package io.destine.spark.conf;

import io.destine.config.Components;
import io.destine.config.Meaning;
import io.destine.config.SettingProblem;
import io.destine.feature.FieldSpec;
import io.destine.feature.SideTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Reads the side tables for {@link JobConfigReader}. */
final class SideTableReader {
  private static final String SOURCE = "source.";

  private final Reading reading;
  private final FieldReader fields;
  private final HoconFile file;

  /** The section of a side table. */
  private record Entry(
      @Meaning(
              value = "column of the log that holds the key",
              required = "the name of a column of the log")
          String key,
      @Meaning("column of the key in the side table; the same name by default")
          Optional<String> column,
      SourceConfig source) {

    static Entry of(SideTableConfig config) {
      return new Entry(config.table().key(), Optional.of(config.table().column()), config.source());
    }

    SideTable table(String name) {
      return new SideTable(name, key, column.orElse(null));
    }
  }

  SideTableReader(Reading reading, FieldReader fields, HoconFile file) {
    this.reading = reading;
    this.fields = fields;
    this.file = file;
  }

  /**
   * The tables in alphabetical order, since the keys of a HOCON object have no order.
   *
   * @param s the section of all tables
   * @param d presets
   * @param limits vocabulary limits by field; the limits in the tables are added to them
   */
  List<SideTableConfig> tables(Section s, List<SideTableConfig> d, FieldReader.FieldLimits limits) {
    List<SideTableConfig> tables = new ArrayList<>();
    for (SideTableConfig preset : d) {
      read(s, preset.table().name(), preset, limits).ifPresent(tables::add);
    }
    for (String name : s.names()) {
      read(s, name, null, limits).ifPresent(tables::add);
    }
    if (tables.isEmpty()) {
      declare();
    }
    return tables;
  }

  private void declare() {
    Section any = reading.scratch("tables.NAME");
    records(any, Map.of())
        .values(any, Entry.class, Components.with(Components.defaults(Entry.class), "key", "any"));
    any.declare("fields", "a list of objects and names", "", "columns of the side table");
  }

  private RecordReader records(Section s, Map<String, String> references) {
    return new RecordReader(
        reading,
        Map.of(
            s.key("header"),
            before -> List.of().equals(before.get("columns")),
            s.key("references"),
            before -> references));
  }

  private Optional<SideTableConfig> read(
      Section all, String name, SideTableConfig preset, FieldReader.FieldLimits limits) {
    Section s = all.section(name);
    Map<String, String> references =
        preset == null
            ? file.optionReferences(HoconFile.table(name))
            : preset.source().form().references();
    return reading.build(
        s.path(),
        () ->
            own(
                () -> {
                  Entry entry =
                      Components.of(
                          Entry.class,
                          records(s, references)
                              .values(s, Entry.class, preset == null ? null : Entry.of(preset)));
                  SideTable table = entry.table(name);
                  requireSource(entry.source().rows(), preset != null);
                  List<FieldSpec> columns =
                      fields.fields(s, preset == null ? List.of() : preset.fields(), limits);
                  columns.forEach(field -> requireAnyFrequency(field, limits));
                  return Optional.of(new SideTableConfig(table, entry.source(), columns));
                }),
        Optional.empty());
  }

  /**
   * Rejects a maximum frequency: it is ambiguous whether the share is of the rows of the log or of
   * the side table.
   */
  private static void requireAnyFrequency(FieldSpec field, FieldReader.FieldLimits limits) {
    Double share = limits.maxFrequency().get(field.name());
    if (share != null) {
      throw SettingProblem.ofField(
          field.name(), "max-frequency", "left out of a field of a side table", share);
    }
  }

  private void requireSource(SourceConfig.Rows rows, boolean known) {
    if (rows.paths().isEmpty() && rows.table().isEmpty()) {
      throw SettingProblem.because("path", "missing; name a file or directory here, or give table");
    }
    // Accepted in the configuration of a model, which scores with the rows that it stores.
    if (rows.table().isEmpty() && rows.ofSnapshot() && !known && !reading.ofModel()) {
      throw SettingProblem.because(
          rows.versionAsOf().isPresent() ? "version-as-of" : "timestamp-as-of",
          "only for table; leave it out");
    }
  }

  /** Reports problems of a source under the keys of this section. */
  private static <T> T own(Supplier<T> supplier) {
    try {
      return supplier.get();
    } catch (SettingProblem e) {
      if (!e.key().startsWith(SOURCE)) {
        throw e;
      }
      String key = e.key().substring(SOURCE.length());
      throw e.found() == null
          ? SettingProblem.because(key, e.text().replace(SOURCE, ""), e)
          : SettingProblem.must(key, e.text().substring("it must be ".length()), e.found());
    }
  }
}
