package io.destine.spark.source;

import io.destine.spark.conf.UserError;
import io.destine.spark.internals.Relations;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.analysis.UnresolvedFunction;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.PlanExpression;
import org.apache.spark.sql.catalyst.parser.CatalystSqlParser$;
import scala.collection.JavaConverters;

/**
 * An SQL condition on the rows of a table, such as {@code day >= '2026-03-01'}.
 *
 * @param key of the configuration, for messages
 * @param text of the condition
 */
public record Condition(String key, String text) {
  /** Functions that only compute on the values of a row. */
  private static final Set<String> HARMLESS =
      Set.of(
          "abs",
          "add_months",
          "ceil",
          "ceiling",
          "char_length",
          "coalesce",
          "concat",
          "concat_ws",
          "contains",
          "date",
          "date_add",
          "date_format",
          "date_sub",
          "date_trunc",
          "datediff",
          "day",
          "dayofmonth",
          "dayofweek",
          "dayofyear",
          "endswith",
          "floor",
          "greatest",
          "hash",
          "hour",
          "if",
          "ifnull",
          "instr",
          "isnan",
          "isnotnull",
          "isnull",
          "last_day",
          "least",
          "left",
          "length",
          "like",
          "lower",
          "ltrim",
          "md5",
          "minute",
          "mod",
          "month",
          "months_between",
          "nullif",
          "nvl",
          "pmod",
          "quarter",
          "replace",
          "right",
          "round",
          "rtrim",
          "second",
          "startswith",
          "substr",
          "substring",
          "timestamp",
          "to_date",
          "to_timestamp",
          "trim",
          "trunc",
          "try_cast",
          "upper",
          "weekday",
          "weekofyear",
          "xxhash64",
          "year");

  /** Functions of the current time not named Current...; Spark treats them as deterministic. */
  private static final Set<String> OF_THE_MOMENT = Set.of("Now", "LocalTimestamp");

  /**
   * Checks that the condition selects the same rows each time.
   *
   * @param filtered rows that satisfy it
   * @throws UserError if it does not
   */
  void requireSameEachTime(Dataset<Row> filtered) {
    Optional<String> part = Relations.condition(filtered).flatMap(Condition::changing);
    if (part.isPresent()) {
      throw new UserError(
          key
              + " = \""
              + text
              + "\": "
              + part.get()
              + " has a different value each time the rows are read; select rows by their columns,"
              + " and write dates as constants");
    }
  }

  private static Optional<String> changing(Expression expression) {
    String name = expression.getClass().getSimpleName();
    for (Expression child : children(expression)) {
      Optional<String> part = changing(child);
      if (part.isPresent()) {
        return part;
      }
    }
    return !expression.deterministic() || name.startsWith("Current") || OF_THE_MOMENT.contains(name)
        ? Optional.of(expression.sql())
        : Optional.empty();
  }

  private static List<Expression> children(Expression expression) {
    return JavaConverters.seqAsJavaList(expression.children());
  }

  /**
   * The first part that may do more than compare values of a row: a query, or a function that is
   * not on the list of harmless ones, such as reflect, which runs code.
   *
   * @return the part; empty if there is none or the text is not a condition
   */
  public Optional<String> beyondComparisons() {
    try {
      return beyond(CatalystSqlParser$.MODULE$.parseExpression(text));
    } catch (Exception e) {
      if (e instanceof AnalysisException) {
        return Optional.empty();
      }
      throw new IllegalStateException(e);
    }
  }

  private static Optional<String> beyond(Expression expression) {
    if (expression instanceof PlanExpression<?>) {
      return Optional.of("a query");
    }
    if (expression instanceof UnresolvedFunction function) {
      String name = String.join(".", JavaConverters.seqAsJavaList(function.nameParts()));
      if (!HARMLESS.contains(name.toLowerCase(Locale.ROOT))) {
        return Optional.of(name);
      }
    }
    return children(expression).stream().flatMap(child -> beyond(child).stream()).findFirst();
  }
}
