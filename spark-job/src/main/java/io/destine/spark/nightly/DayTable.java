package io.destine.spark.nightly;

import io.destine.spark.conf.JobConfig;
import io.destine.spark.conf.NightlyConfig;
import io.destine.spark.conf.SourceConfig;
import io.destine.spark.conf.UserError;
import io.destine.spark.report.RunReport;
import io.destine.spark.source.CatalogTable;
import io.destine.spark.source.TableSnapshot;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Days as rows of one table, selected by a condition; usually one partition each.
 *
 * @param config its {@code nightly.table} and {@code nightly.where} are table and condition
 * @param snapshot of the table that is read; empty for the current one
 */
record DayTable(SparkSession spark, JobConfig config, Optional<TableSnapshot> snapshot)
    implements DayInput {
  private static final int SHOWN = 5;

  private static final String WHERE = "nightly.where";

  @Override
  public DayInput pinned() {
    return new DayTable(spark, config, table().snapshot(config.source()));
  }

  @Override
  public DayInput pinned(Optional<RunReport.Snapshot> recorded) {
    return recorded
        .flatMap(this::kept)
        .<DayInput>map(then -> new DayTable(spark, config, Optional.of(then)))
        .orElseGet(this::pinned);
  }

  /**
   * A recorded snapshot, if the table still has it. With another snapshot, checkpoints are
   * discarded if the encoded rows differ.
   */
  private Optional<TableSnapshot> kept(RunReport.Snapshot recorded) {
    try {
      return table()
          .snapshot(config.source().asOf(recorded.id()))
          .filter(then -> RunRecord.is(recorded, then));
    } catch (UserError e) {
      return Optional.empty();
    }
  }

  private String tableName() {
    return config.nightly().rows().table().orElseThrow();
  }

  private CatalogTable table() {
    return CatalogTable.of(spark, tableName(), "nightly.table");
  }

  private String condition(LocalDate date) {
    return config
        .nightly()
        .rows()
        .where()
        .orElseThrow()
        .replace(NightlyConfig.DATE, date.toString());
  }

  @Override
  public String name(LocalDate date) {
    return source(List.of(date)).name();
  }

  @Override
  public SourceConfig source(List<LocalDate> days) {
    SourceConfig source =
        config.source().of(tableName(), days.stream().map(this::condition).toList());
    return snapshot.map(s -> source.asOf(s.id())).orElse(source);
  }

  private Dataset<Row> rows(CatalogTable table, LocalDate date) {
    return table.rows(source(List.of(date)), snapshot, WHERE);
  }

  @Override
  public Optional<String> gap(LocalDate date) {
    CatalogTable table = table();
    Dataset<Row> rows = rows(table, date);
    if (rows.isEmpty()) {
      return Optional.of("no rows of " + date + " in " + name(date));
    }
    return config
        .nightly()
        .rows()
        .completeWhen()
        .filter(complete -> !holds(table, rows, complete))
        .map(
            complete ->
                "the rows of "
                    + date
                    + " are not complete: in "
                    + name(date)
                    + " this condition does not hold: "
                    + complete
                    + " (nightly.complete-when)");
  }

  private static boolean holds(CatalogTable table, Dataset<Row> rows, String complete) {
    try {
      return Boolean.TRUE.equals(rows.selectExpr("boolean(" + complete + ")").first().get(0));
    } catch (Exception e) {
      throw table.condition("nightly.complete-when", complete, e);
    }
  }

  @Override
  public String near(LocalDate missing) {
    List<String> partitions = table().partitions();
    TreeSet<LocalDate> days = DaysThere.in(partitions);
    if (!days.isEmpty() || partitions.isEmpty()) {
      return DaysThere.near(days, missing);
    }
    List<String> last =
        partitions.subList(Math.max(0, partitions.size() - SHOWN), partitions.size());
    return "; the last partitions of the table: " + String.join(", ", last);
  }

  @Override
  public Optional<RunReport.Files> files(LocalDate date) {
    CatalogTable table = table();
    return InputFiles.of(table, rows(table, date));
  }
}
