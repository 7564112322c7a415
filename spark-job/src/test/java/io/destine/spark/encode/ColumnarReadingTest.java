package io.destine.spark.encode;

import static org.assertj.core.api.Assertions.assertThat;

import io.destine.spark.SharedSpark;
import io.destine.spark.conf.JobConfig;
import io.destine.spark.conf.JobConfigReader;
import io.destine.spark.internals.DictionaryColumn;
import io.destine.spark.source.RowBatch;
import io.destine.spark.source.SourceParts;
import io.destine.spark.source.TableBatches;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.RuntimeConfig;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.execution.vectorized.OnHeapColumnVector;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rows of a Parquet file with several row groups, hence several dictionaries, read by column. */
class ColumnarReadingTest {
  private static final int ROWS = 6000;
  private static final String BATCH_ROWS = "spark.sql.parquet.columnarReaderBatchSize";
  private static final String BY_COLUMN = "spark.sql.parquet.enableVectorizedReader";
  private static final String SETTINGS =
      """
      label = y
      fields = [
        few
        many
        { name = code, kind = categorical }
        { name = n, kind = numeric, transform = log-squared }
        { name = x, kind = numeric, transform = linear }
        { name = tags, kind = multi }
      ]
      vocabulary.min-count = 1
      quarantine.max-fraction = 0.1
      """;

  @TempDir Path directory;
  private EncodingCase at;
  private final SparkSession spark = SharedSpark.session();

  @BeforeEach
  void writeTables() {
    at = new EncodingCase(directory);
    spark
        .sql(
            "select case when id % 301 = 7 then 2 when id % 3 = 0 then 1 else 0 end as y,"
                + " if(id % 11 = 0, null, concat('f', id div 700, '-', id % 3)) as few,"
                + " concat('m', hash(id) % 2500) as many,"
                + " cast(id div 500 * 7 + id % 5 as bigint) as code,"
                + " if(id % 7 = 0, null, cast(hash(id, 1) % 900 as int)) as n,"
                + " cast(if(id % 997 = 3, 1e300 * 1e300, id / 8) as double) as x,"
                + " id as unused, array(concat('t', id % 4), concat('u', id % 9)) as tags"
                + " from range(0, "
                + ROWS
                + ", 1, 2)")
        .createOrReplaceTempView("columnar_reading");
    spark
        .table("columnar_reading")
        .write()
        .option("parquet.block.size", 1 << 14)
        .option("parquet.block.size.row.check.min", 100)
        .option("parquet.page.size.row.check.min", 50)
        .option("parquet.page.size.row.check.max", 100)
        .option("parquet.page.size", 1 << 10)
        .parquet(at.path("parquet"));
  }

  @AfterEach
  void restoreSettings() {
    RuntimeConfig settings = spark.conf();
    settings.unset(BATCH_ROWS);
    settings.unset(BY_COLUMN);
  }

  private JavaRDD<RowBatch> batches(JobConfig config) {
    SourceParts source = SourceParts.read(spark, config);
    RowRoles roles = RowRoles.of(config.encoding(), source.fields());
    TableBatches table = TableBatches.of(source.parts().get(0).table(), roles.columns());
    return table.batches();
  }

  private List<String> classes(JobConfig config) {
    return batches(config).map(batch -> batch.column(1).getClass().getName()).collect();
  }

  private JobConfig config(String format) {
    return at.config(directory.resolve(format), SETTINGS + "source.format = " + format);
  }

  private Set<String> quarantine(String data) {
    return new TreeSet<>(spark.read().json(at.path(data) + "/quarantine").toJSON().collectAsList());
  }

  @Test
  void rowsReadByColumnAreThoseReadByRow() {
    spark.conf().set(BATCH_ROWS, 150);
    JobConfig config = config("parquet");
    String columns = OnHeapColumnVector.class.getName();
    assertThat(classes(config)).isNotEmpty().containsOnly(columns);
    DataSetManifest byColumn = at.encode(config, "by-column").manifest();

    spark.conf().set(BY_COLUMN, false);
    assertThat(classes(config)).isNotEmpty().doesNotContain(columns);
    DataSetManifest byRow = at.encode(config, "by-row").manifest();

    assertThat(byColumn.fingerprint()).isEqualTo(byRow.fingerprint());
    assertThat(byColumn.vocabularyFingerprint()).isEqualTo(byRow.vocabularyFingerprint());
    // Labels of 2, and infinite numbers, in rows that are not both.
    assertThat(byColumn.quarantined()).isEqualTo(byRow.quarantined()).isEqualTo(20 + 7);
    assertThat(quarantine("by-column")).hasSize(27).noneMatch(row -> row.contains("unused"));
    assertThat(quarantine("by-column"))
        .isEqualTo(
            quarantine("by-row").stream()
                .map(row -> row.replaceAll("\\\\\"unused\\\\\":[0-9]+,", ""))
                .collect(Collectors.toSet()));
    assertThat(
            byColumn.rows(Split.TRAIN)
                + byColumn.rows(Split.VALIDATION)
                + byColumn.rows(Split.TEST))
        .isEqualTo(ROWS - 27);
  }

  @Test
  void orcAndACachedTableGiveTheSameRows() {
    spark.read().parquet(at.path("parquet")).write().orc(at.path("orc"));
    String expected = at.encode(config("parquet"), "from-parquet").manifest().fingerprint();
    assertThat(at.encode(config("orc"), "from-orc").manifest().fingerprint()).isEqualTo(expected);
    spark.table("columnar_reading").cache();
    try {
      JobConfig named =
          JobConfigReader.parse(
              "source.table = columnar_reading\noutput.model = m\n" + SETTINGS, List.of());
      assertThat(at.encode(named, "from-cache").manifest().fingerprint()).isEqualTo(expected);
    } finally {
      spark.table("columnar_reading").unpersist(true);
    }
  }

  /**
   * If each batch had a dictionary of its own, it would start with an empty lookup table: correct,
   * but slow.
   */
  @Test
  void batchesOfARowGroupAreKnownToShareTheirDictionary() {
    spark.conf().set(BATCH_ROWS, 100);
    List<int[]> counts =
        batches(config("parquet"))
            .mapPartitions(
                batches -> {
                  Map<Object, Integer> seen = new IdentityHashMap<>();
                  List<Object> kept = new ArrayList<>();
                  while (batches.hasNext()) {
                    DictionaryColumn few = DictionaryColumn.of(batches.next().column(1));
                    if (few != null) {
                      kept.add(few.dictionary());
                      seen.merge(few.dictionary(), 1, Integer::sum);
                    }
                  }
                  return List.of(new int[] {seen.size(), kept.size()}).iterator();
                })
            .collect();
    for (int[] count : counts) {
      assertThat(count[0]).isBetween(2, count[1] / 2);
    }
  }
}
