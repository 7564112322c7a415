package io.destine.spark.encode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.destine.feature.BatchBuilder;
import io.destine.feature.EncodedBatch;
import io.destine.feature.FeatureEncoder;
import io.destine.feature.FittedFields;
import io.destine.feature.Vocabulary;
import io.destine.spark.SharedSpark;
import io.destine.spark.conf.JobConfig;
import io.destine.spark.conf.UserError;
import io.destine.spark.source.SourceParts;
import io.destine.spark.source.SplitRule;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EncodingJobTest {
  private static final String HEADER = "clicked,user,item,price,age,tags,vec,w,g,day";
  private static final String SETTINGS =
      """
      label = clicked, weight = w, group = g, date = day
      fields = [
        { name = user }
        { name = item }
        { name = price, kind = numeric, transform = log-squared }
        { name = bucket, column = price, kind = numeric, transform = quantile, buckets = 5 }
        { name = age, kind = numeric, transform = linear }
        { name = tags, kind = multi }
        { name = vec, kind = vector, length = 2 }
      ]
      vocabulary { min-count = 2, oov-buckets = 3 }
      """;

  @TempDir Path directory;

  private static List<String> rows(int count) {
    Random random = new Random(11);
    List<String> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      rows.add(
          String.format(
              "%d,u%d,%s,%s,%s,%s,%d|0.5,%d,g%d,2026-01-%02d",
              random.nextInt(2),
              random.nextInt(60),
              random.nextInt(9) == 0 ? "" : "i" + random.nextInt(500),
              random.nextInt(7) == 0 ? "" : Integer.toString(random.nextInt(4000)),
              random.nextInt(80) / 4.0,
              random.nextInt(8) == 0 ? "" : "t" + random.nextInt(6) + "|t" + random.nextInt(40),
              random.nextInt(3),
              1 + random.nextInt(4),
              random.nextInt(20),
              1 + random.nextInt(9)));
    }
    // Rows of equal content, some of them with other weights.
    rows.addAll(rows.subList(0, count / 5));
    rows.addAll(rows.subList(0, count / 9).stream().map(r -> r.replace(",1,g", ",2,g")).toList());
    return rows;
  }

  private record Result(Vocabulary words, String vocabulary, EncodingJob.StoredRows rows) {}

  private Result encode(JobConfig config, EncodingLimits limits, int blockRows, String name) {
    SparkSession spark = SharedSpark.session();
    SourceParts source = SourceParts.read(spark, config);
    RowRoles roles = RowRoles.of(config.encoding(), source.fields());
    String at = directory.resolve(name).toString();
    try (EncodingJob job = new EncodingJob(spark, source, roles, limits)) {
      RowStatistics statistics = job.read();
      FittedFields fields = job.fit();
      StoredVocabulary vocabulary =
          job.writeVocabulary(fields, config.vocabulary(), Optional.empty(), at + "/vocabulary");
      long[] rows = {
        statistics.rows(Split.TRAIN), statistics.rows(Split.VALIDATION), statistics.rows(Split.TEST)
      };
      BlockPlan plan = new BlockPlan(rows, blockRows, 2, limits.taskRows(), 1);
      EncodingJob.StoredRows stored = job.writeRows(fields, vocabulary, plan, at + "/rows");
      return new Result(vocabulary.read(), vocabulary.fingerprint(), stored);
    }
  }

  /** Chunks of 37 rows, shards of about 50 values, a task for every 100 rows. */
  @Test
  void limitsOfTasksDoNotChangeIdsOrBlocks() {
    EncodingCase at = new EncodingCase(directory);
    JobConfig config = at.config(at.writeParts("source", HEADER, rows(2000), 5), SETTINGS);
    Result one = encode(config, EncodingLimits.DEFAULT, 64, "one");
    Result many = encode(config, new EncodingLimits(37, 1 << 20, 50, 100), 64, "many");
    assertThat(many.words().shards().size()).isGreaterThan(8);
    assertThat(one.words().shards()).hasSize(1);
    assertThat(many.vocabulary()).isEqualTo(one.vocabulary());
    assertThat(many.words().fingerprint()).isEqualTo(one.vocabulary());
    assertThat(many.rows().fingerprint()).isEqualTo(one.rows().fingerprint());
    assertThat(many.rows().blocks().get(Split.TRAIN)).hasSizeGreaterThan(20);
    assertThat(many.rows().blocks().get(Split.TRAIN).stream().map(Block::file).distinct().count())
        .isGreaterThan(5);
    Result tiny = encode(config, new EncodingLimits(100, 1, 1, 1 << 20), 64, "tiny");
    assertThat(tiny.rows().fingerprint()).isEqualTo(one.rows().fingerprint());
  }

  /** What the map of values gives a scorer is what the exchange of values gave the rows. */
  @Test
  void idsThatComeFromShardsAreThoseOfTheMap() {
    EncodingCase at = new EncodingCase(directory);
    List<String> rows = rows(700);
    JobConfig config = at.config(at.writeParts("source", HEADER, rows, 3), SETTINGS);
    EncodedDataSet data = at.encode(config, "data");
    StoredVocabulary stored =
        StoredVocabulary.open(
            SharedSpark.session().sparkContext().hadoopConfiguration(), data.vocabularyDirectory());
    FeatureEncoder encoder = stored.encoder();
    BatchBuilder builder = new BatchBuilder(encoder.layout());
    for (String row : rows) {
      String[] cells = row.split(",", -1);
      Object[] values = {cells[1], cells[2], cells[3], cells[3], cells[4], cells[5], cells[6]};
      encoder.encode(m -> values[m], builder);
      builder.endRow(Float.parseFloat(cells[0]), Float.parseFloat(cells[7]), 0);
    }
    Map<String, Integer> expected = new HashMap<>();
    EncodedBatch all = builder.build(0);
    for (int n = 0; n < all.rows(); n++) {
      expected.merge(text(all, n), 1, Integer::sum);
    }
    Map<String, Integer> found = new HashMap<>();
    Set<Long> groups = new HashSet<>();
    for (Split split : Split.values()) {
      for (EncodedBatch block : data.partitions(split, 4).collect()) {
        for (int n = 0; n < block.rows(); n++) {
          found.merge(text(block, n), 1, Integer::sum);
          groups.add(block.groups()[n]);
        }
      }
    }
    assertThat(found).isEqualTo(expected);
    assertThat(groups).hasSize(20);
    assertThat(stored.valuesByField()).isEqualTo(stored.load().valuesByField());
    assertThat(stored.firstIds(9)).isDeepEqualTo(stored.load().firstValues(9));
    assertThat(stored.firstIds(9)[0]).hasSize(9);
  }

  private static String text(EncodedBatch batch, int n) {
    int[] order = {n};
    EncodedBatch row = batch.select(order, 0, 1);
    return Arrays.toString(row.ids())
        + Arrays.toString(row.multiIds())
        + Arrays.toString(row.dense())
        + row.labels()[0]
        + " "
        + row.weight(0);
  }

  /** The first reading gives other rows than every later one; nothing is kept in memory. */
  @Test
  void aSourceThatGivesOtherRowsWhenItIsReadAgainIsRefused() {
    EncodingCase at = new EncodingCase(directory);
    Path file = at.writeParts("source", HEADER, rows(200), 1);
    JobConfig config = at.config(file, SETTINGS);
    SparkSession spark = SharedSpark.session();
    SourceParts source = SourceParts.read(spark, config);
    Dataset<Row> table = source.parts().get(0).table();
    MapPartitionsFunction<Row, Row> shuffled =
        rows -> {
          List<Row> all = new ArrayList<>();
          rows.forEachRemaining(all::add);
          Collections.shuffle(all);
          return all.iterator();
        };
    SplitRule rule = source.parts().get(0).rule();
    SourceParts other =
        new SourceParts(
            source.fields(),
            List.of(
                new SourceParts.Part(
                    table.mapPartitions(shuffled, Encoders.row(table.schema())), rule)),
            List.of());
    RowRoles roles = RowRoles.of(config.encoding(), source.fields());
    try (EncodingJob job = new EncodingJob(spark, other, roles, EncodingLimits.DEFAULT)) {
      job.read();
      job.forgetChunks();
      assertThatThrownBy(job::fit)
          .rootCause()
          .isInstanceOf(UserError.class)
          .hasMessageStartingWith("the source gave other rows");
    }
  }
}
