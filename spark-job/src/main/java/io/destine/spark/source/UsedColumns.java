package io.destine.spark.source;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;

/** Selects the used columns of a table, so that Spark's columnar readers skip the others. */
public final class UsedColumns {
  private UsedColumns() {}

  /** The used columns, in table order; the table itself if names are ambiguous. */
  public static Dataset<Row> of(Dataset<Row> table, Set<String> used) {
    List<String> names = List.of(table.columns());
    long distinct = names.stream().map(name -> name.toLowerCase(Locale.ROOT)).distinct().count();
    if (distinct < names.size() || used.containsAll(names)) {
      return table;
    }
    Column[] columns =
        Arrays.stream(table.columns())
            .filter(used::contains)
            .map(name -> functions.col("`" + name.replace("`", "``") + "`"))
            .toArray(Column[]::new);
    return table.select(columns);
  }
}
