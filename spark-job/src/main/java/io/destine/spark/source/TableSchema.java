package io.destine.spark.source;

import io.destine.feature.FieldKind;
import io.destine.feature.FieldSpec;
import io.destine.feature.SideTable;
import io.destine.spark.conf.EncodingConfig;
import io.destine.spark.conf.NearestName;
import io.destine.spark.conf.SideTableConfig;
import io.destine.spark.conf.SourceConfig;
import io.destine.spark.conf.SplitConfig;
import io.destine.spark.conf.UserError;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.DayTimeIntervalType;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.types.YearMonthIntervalType;

/** Checks a table's columns against the requirements of a configuration. */
public final class TableSchema {
  /**
   * Maximum number of fields: the cost of attention is quadratic in it, and more fields make
   * Spark's plans larger.
   */
  private static final int MOST_FIELDS = 1_000;

  private static final int SHOWN = 20;
  private static final int SHOWN_LENGTH = 60;
  private static final String SEPARATORS = ",;\t|";

  private final StructType schema;
  private final List<String> columns;
  private final Map<String, Integer> uses = new HashMap<>();
  private final Map<String, DataType> types = new HashMap<>();
  private final Optional<SourceConfig> source;
  private final String where;

  /** The columns of a table of an unknown source; {@code where} is its name in messages. */
  public TableSchema(StructType schema, String where) {
    this(schema, Optional.empty(), where);
  }

  /**
   * The columns of a table that is read by a source's settings.
   *
   * @param where file, directory or table, for messages
   */
  public TableSchema(StructType schema, SourceConfig source, String where) {
    this(schema, Optional.of(source), where);
  }

  private TableSchema(StructType schema, Optional<SourceConfig> source, String where) {
    this.schema = schema;
    this.source = source;
    this.where = where;
    List<String> names = new ArrayList<>();
    for (StructField field : schema.fields()) {
      if (!field.name().equals(SourceTable.CORRUPT)) {
        names.add(field.name());
        uses.merge(field.name(), 1, Integer::sum);
        types.put(field.name(), field.dataType());
      }
    }
    columns = List.copyOf(names);
  }

  /** The configured fields; if there are none, fields that read the columns to choose from. */
  public List<FieldSpec> fields(EncodingConfig config) {
    if (!config.fields().isEmpty()) {
      return config.fields();
    }
    return open(config).stream().filter(OpenColumn::readable).map(OpenColumn::reader).toList();
  }

  /** The columns from which fields are chosen; empty if fields are configured. */
  public List<OpenColumn> open(EncodingConfig config) {
    return config.fields().isEmpty() ? OpenColumn.of(schema, config) : List.of();
  }

  /**
   * Checks that every needed column exists once and has a suitable type, and that no field leaks
   * the label.
   *
   * @throws UserError with one line for each problem
   */
  public void check(EncodingConfig config) {
    List<String> problems = new ArrayList<>();
    Map<String, String> roles = roles(config);
    roles.forEach((column, role) -> requireRole(problems, role, column));
    List<FieldSpec> fields = fields(config);
    if (problems.isEmpty() && fields.isEmpty()) {
      problems.add(where + ": there is no column for a field besides the label; " + columnsShown());
    }
    if (fields.size() > MOST_FIELDS) {
      boolean named = !config.fields().isEmpty();
      throw new UserError(
          String.format(
              Locale.ROOT,
              "fields: %,d %s of %s are more than the %,d fields that a model takes; %s",
              fields.size(),
              named ? "fields" : "columns",
              where,
              MOST_FIELDS,
              named ? "leave some of them out" : "name the columns to use"));
    }
    for (FieldSpec field : fields) {
      requireNoAnswer(problems, field, config);
      checkField(problems, field);
    }
    for (SideTable table : SideTableConfig.tables(config.tables())) {
      checkField(problems, table.ofLog());
    }
    requireNone(problems);
  }

  /**
   * Checks that every field has a column of a suitable type.
   *
   * @throws UserError with one line for each field without one
   */
  public void check(List<FieldSpec> fields) {
    List<String> problems = new ArrayList<>();
    fields.forEach(field -> checkField(problems, field));
    requireNone(problems);
  }

  private void requireNone(List<String> problems) {
    if (!problems.isEmpty()) {
      throw new UserError(misread().isEmpty() ? problems : problems.subList(0, 1));
    }
  }

  private void checkField(List<String> problems, FieldSpec field) {
    String column = field.column();
    String what = field.name().equals(column) ? "" : " (field \"" + field.name() + "\")";
    if (require(problems, column, what)) {
      checkType(problems, field, what);
    }
  }

  private void requireRole(List<String> problems, String role, String column) {
    if (require(problems, column, " (" + role + ")") && !isText(types.get(column))) {
      problems.add(
          named(column)
              + " has type "
              + types.get(column).simpleString()
              + " and cannot be the "
              + role
              + ", which is one string or number per row");
    }
  }

  /** True if the column exists exactly once. */
  private boolean require(List<String> problems, String column, String what) {
    int found = uses.getOrDefault(column, 0);
    if (found == 1) {
      return true;
    }
    if (found > 1) {
      problems.add(
          named(column) + what + " occurs " + found + " times; rename all of them but one");
    } else if (problems.stream().noneMatch(p -> p.contains("; columns: "))) {
      problems.add(
          "column \""
              + column
              + "\""
              + what
              + " not found in "
              + where
              + "; "
              + columnsShown()
              + (misread().isEmpty() ? NearestName.suggestion(column, columns) : misread()));
    } else {
      problems.add(
          "column \""
              + column
              + "\""
              + what
              + " not found"
              + NearestName.suggestion(column, columns));
    }
    return false;
  }

  private String named(String column) {
    return where + ": column \"" + column + "\"";
  }

  private String columnsShown() {
    List<String> shown =
        columns.stream()
            .limit(SHOWN)
            .map(c -> c.length() > SHOWN_LENGTH ? c.substring(0, SHOWN_LENGTH) + "..." : c)
            .toList();
    int more = columns.size() - shown.size();
    return columns.isEmpty()
        ? "it has no columns"
        : "columns: "
            + String.join(", ", shown).replaceAll("\\p{Cntrl}", "\uFFFD")
            + (more > 0 ? " and " + more + " more" : "");
  }

  /**
   * Checks that the columns do not suggest a file of another format or with another separator.
   *
   * @throws UserError with one line that describes the likely problem
   */
  public void requireWellRead() {
    if (!misread().isEmpty()) {
      throw new UserError(where + ": " + columnsShown() + misread());
    }
  }

  /** The likely problem of a table with such columns; empty if they look correct. */
  private String misread() {
    String first = columns.isEmpty() ? "" : columns.get(0);
    if (source.isEmpty()) {
      return "";
    }
    if (source.get().rows().table().isEmpty() && columns.isEmpty()) {
      return "; is source.format " + source.get().form().format() + " the format of the files?";
    }
    if (source.get().separatedText()) {
      if (first.startsWith("PAR1") || first.startsWith("ORC")) {
        return "; these files are not text: set source.format to "
            + (first.startsWith("P") ? "parquet" : "orc");
      }
      if (first.indexOf('\0') >= 0) {
        return "; the file looks like UTF-16: set source.options.encoding = UTF-16";
      }
      for (char separator : SEPARATORS.toCharArray()) {
        if (columns.size() == 1 && first.indexOf(separator) >= 0) {
          return "; is source.options.sep wrong? Set source.options.sep = \""
              + (separator == '\t' ? "\\t" : separator)
              + "\"";
        }
      }
    }
    return "";
  }

  private void requireNoAnswer(List<String> problems, FieldSpec field, EncodingConfig config) {
    String column = field.column();
    String role =
        column.equals(config.label())
            ? "label, which a field of this column would leak"
            : config.weight().filter(column::equals).isPresent()
                ? "weight, which cannot be a field"
                : null;
    if (role != null) {
      problems.add("fields: column \"" + column + "\" is the " + role + "; leave it out of fields");
    }
  }

  private void checkType(List<String> problems, FieldSpec field, String what) {
    DataType type = types.get(field.column());
    boolean listKind = field.kind() != FieldKind.CATEGORICAL && field.kind() != FieldKind.NUMERIC;
    boolean text = type instanceof StringType;
    String needed =
        switch (field.kind()) {
          case CATEGORICAL -> isText(type) ? null : "single strings or numbers";
          case NUMERIC ->
              text
                      || type instanceof NumericType
                      || type.equals(DataTypes.BooleanType)
                      || type.equals(DataTypes.NullType)
                  ? null
                  : "numbers";
          case MULTI, TEXT ->
              isText(type) || isListOfTexts(type) ? null : "strings, or lists of strings";
          case VECTOR -> text || isListOfTexts(type) ? null : "lists of numbers";
        };
    if (needed != null) {
      problems.add(
          named(field.column())
              + what
              + " has type "
              + type.simpleString()
              + ", but a field of kind "
              + field.kind().key()
              + " takes "
              + needed
              + (type.equals(DataTypes.BinaryType)
                  ? "; store it as text, or leave it out of fields"
                  : !listKind && isListOfTexts(type)
                      ? "; set kind = multi, or leave it out of fields"
                      : "; leave it out of fields"));
    }
  }

  private static boolean isListOfTexts(DataType type) {
    return type instanceof ArrayType list && isText(list.elementType());
  }

  /** True for types whose values have a unique text. */
  static boolean isText(DataType type) {
    return type instanceof StringType
        || type instanceof NumericType
        || type instanceof YearMonthIntervalType
        || type instanceof DayTimeIntervalType
        || List.of(
                DataTypes.BooleanType,
                DataTypes.DateType,
                DataTypes.TimestampType,
                DataTypes.TimestampNTZType,
                DataTypes.NullType)
            .contains(type);
  }

  /** The roles of columns other than fields. */
  static Map<String, String> roles(EncodingConfig config) {
    Map<String, String> roles = new LinkedHashMap<>();
    roles.put(config.label(), "label");
    config.weight().ifPresent(c -> roles.putIfAbsent(c, "weight"));
    config.group().ifPresent(c -> roles.putIfAbsent(c, "group"));
    config.date().ifPresent(c -> roles.putIfAbsent(c, "date"));
    if (config.split() instanceof SplitConfig.ByDate byDate) {
      roles.putIfAbsent(byDate.column(), "split.by-date.column");
    }
    config.split().key().ifPresent(c -> roles.putIfAbsent(c, "split.key"));
    return Collections.unmodifiableMap(roles);
  }
}
