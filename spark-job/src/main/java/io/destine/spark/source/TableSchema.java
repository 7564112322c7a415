package io.destine.spark.source;

import io.destine.feature.FieldKind;
import io.destine.feature.FieldSpec;
import io.destine.spark.conf.JobConfig;
import io.destine.spark.conf.NearestName;
import io.destine.spark.conf.SplitConfig;
import io.destine.spark.conf.UserError;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.MapType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructType;

/** Holds a table's columns against what a configuration needs of them. */
public final class TableSchema {
  private final StructType schema;
  private final List<String> columns;

  /** The columns of a table. */
  public TableSchema(StructType schema) {
    this.schema = schema;
    columns = Stream.of(schema.fieldNames()).filter(c -> !c.equals(SourceTable.CORRUPT)).toList();
  }

  /** The configured fields; every column without another role when there are none. */
  public List<FieldSpec> fields(JobConfig config) {
    if (!config.fields().isEmpty()) {
      return config.fields();
    }
    Set<String> taken = roles(config);
    return columns.stream().filter(c -> !taken.contains(c)).map(FieldSpec::categorical).toList();
  }

  /**
   * Checks that every needed column is there and of a fitting type.
   *
   * @throws UserError with one line for each that is not
   */
  public void check(JobConfig config) {
    List<String> problems = new ArrayList<>();
    require(problems, "label", Optional.of(config.label()));
    require(problems, "weight", config.weight());
    require(problems, "group", config.group());
    require(problems, "date", config.date());
    if (config.split() instanceof SplitConfig.ByDate byDate) {
      require(problems, "split.by-date.column", Optional.of(byDate.column()));
    }
    List<FieldSpec> fields = fields(config);
    if (fields.isEmpty()) {
      problems.add("fields: must be at least one column beside the label, got none");
    }
    for (FieldSpec field : fields) {
      String what = "field " + field.name();
      require(problems, what, Optional.of(field.column()));
      if (columns.contains(field.column())) {
        checkType(problems, what, field);
      }
    }
    if (!problems.isEmpty()) {
      throw new UserError(problems);
    }
  }

  private void require(List<String> problems, String what, Optional<String> column) {
    if (column.isPresent() && !columns.contains(column.get())) {
      problems.add(
          what
              + ": column must be in the table, got "
              + column.get()
              + NearestName.suggestion(column.get(), columns));
    }
  }

  private void checkType(List<String> problems, String what, FieldSpec field) {
    DataType type = schema.apply(field.column()).dataType();
    boolean list = type instanceof ArrayType;
    boolean listKind = field.kind() == FieldKind.MULTI || field.kind() == FieldKind.VECTOR;
    if (type instanceof MapType || type instanceof StructType || (list && !listKind)) {
      problems.add(what + ": column must hold single values, got " + type.simpleString());
    }
    if (field.kind() == FieldKind.VECTOR && !list && !(type instanceof StringType)) {
      problems.add(what + ": column must hold lists of numbers, got " + type.simpleString());
    }
  }

  private static Set<String> roles(JobConfig config) {
    Set<String> taken = new LinkedHashSet<>();
    taken.add(config.label());
    Stream.of(config.weight(), config.group(), config.dateColumn())
        .flatMap(Optional::stream)
        .forEach(taken::add);
    if (config.split() instanceof SplitConfig.ByDate byDate) {
      taken.add(byDate.column());
    }
    return taken;
  }
}
