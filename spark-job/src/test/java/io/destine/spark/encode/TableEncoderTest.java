package io.destine.spark.encode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.destine.feature.FieldSpec;
import io.destine.feature.Transform;
import io.destine.feature.Vocabulary;
import io.destine.spark.SharedSpark;
import io.destine.spark.conf.EncodingConfig;
import io.destine.spark.conf.QuarantineConfig;
import io.destine.spark.conf.SplitConfig;
import io.destine.spark.conf.UserError;
import io.destine.spark.conf.VocabularyConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** DataFrames of a program, without configuration or source files. */
class TableEncoderTest {
  private static final EncodingConfig SETTINGS =
      EncodingConfig.of("y")
          .withFields(List.of(FieldSpec.categorical("user"), FieldSpec.categorical("genre")))
          .withColumns(Optional.of("w"), Optional.of("g"), Optional.empty())
          .withVocabulary(new VocabularyConfig(1, 1))
          .withBlockRows(16);

  @TempDir Path directory;
  private final SparkSession spark = SharedSpark.session();
  private EncodingCase at;
  private Dataset<Row> joined;

  @BeforeEach
  void makeTables() {
    at = new EncodingCase(directory);
    Dataset<Row> clicks =
        spark.sql(
            "select id % 2 as y, 1 + id % 3 as w, id % 5 as g, concat('u', id % 17) as user,"
                + " id % 7 as item from range(300)");
    Dataset<Row> items = spark.sql("select id as item, concat('g', id % 3) as genre from range(7)");
    joined = clicks.join(items, "item");
  }

  @Test
  void aJoinGivesTheDataSetOfTheSameRowsInFiles() {
    List<String> lines =
        IntStream.range(0, 300)
            .mapToObj(
                i ->
                    String.format(
                        "%d,%d,%d,u%d,%d,g%d", i % 2, 1 + i % 3, i % 5, i % 17, i % 7, i % 7 % 3))
            .toList();
    Path csv = at.writeParts("csv", "y,w,g,user,item,genre", lines, 3);
    String settings =
        "label = y, weight = w, group = g, fields = [ user, genre ], vocabulary.min-count = 1,"
            + " output.block-rows = 16";
    DataSetManifest expected = at.encode(at.config(csv, settings), "of-files").manifest();

    EncodedDataSet data = new TableEncoder(spark, SETTINGS).encode(joined, at.path("of-join"));
    assertThat(data.manifest().fingerprint()).isEqualTo(expected.fingerprint());
    assertThat(data.manifest().vocabularyFingerprint()).isEqualTo(expected.vocabularyFingerprint());
    assertThat(data.manifest().rows(Split.TRAIN)).isBetween(200L, 280L);
  }

  @Test
  void aValueThatIsTooFrequentGetsNoId() {
    Dataset<Row> rows =
        spark.sql(
            "select id % 2 as y, 'all' as genre, if(id % 3 = 0, 'often', concat('u', id % 3)) as"
                + " user, array('a', concat('t', id % 3)) as tags from range(3000)");
    VocabularyConfig limits = new VocabularyConfig(1, 1, 0, Map.of(), 0.9, Map.of("user", 0.34));
    assertThat(limits.mostOccurrences("user", 300)).isEqualTo(102);
    // A product of doubles is below 29.
    assertThat(new VocabularyConfig(1, 1, 0, Map.of(), 0.29, Map.of()).mostOccurrences("a", 100))
        .isEqualTo(29);
    List<FieldSpec> fields =
        List.of(
            FieldSpec.categorical("user"), FieldSpec.categorical("genre"), FieldSpec.multi("tags"));
    for (double share : new double[] {0.4, 0.25}) {
      EncodingConfig config =
          EncodingConfig.of("y")
              .withFields(fields)
              .withVocabulary(new VocabularyConfig(1, 1, 0, Map.of(), 0.9, Map.of("user", share)));
      EncodedDataSet data = new TableEncoder(spark, config).encode(rows, at.path("often" + share));
      List<String> values =
          IntStream.range(0, data.manifest().vocabularySize())
              .mapToObj(EncodingCase.vocabulary(data)::entry)
              .filter(entry -> entry.use() == Vocabulary.Use.VALUE)
              .map(entry -> entry.field() + "=" + entry.value())
              .toList();
      List<String> users = List.of("user=often", "user=u1", "user=u2");
      assertThat(values)
          .containsExactlyInAnyOrderElementsOf(
              Stream.concat(
                      share == 0.4 ? users.stream() : Stream.empty(),
                      Stream.of("tags=t0", "tags=t1", "tags=t2"))
                  .toList());
    }
  }

  @Test
  void columnsThatAreHardlyCategoriesAreDoubted() {
    Dataset<Row> rows =
        spark.sql(
            "select id % 2 as y, concat(id % 12 + 1, '/', id % 28 + 1, '/2026 ', id % 24, ':00')"
                + " as at, if(id % 50 = 0, 'n/a', string(double(id * 7 % 997) / 8)) as price"
                + " from range(2400)");
    EncodingConfig all =
        EncodingConfig.of("y").withVocabulary(new VocabularyConfig(1, 1)).withBlockRows(16);
    List<String> warnings =
        new TableEncoder(spark, all).encode(rows, at.path("all")).manifest().warnings();
    assertThat(warnings).hasSize(2);
    assertThat(warnings.get(0)).matches("field at: [\\d,]+ timestamps are separate categories.*");
    assertThat(warnings.get(1))
        .matches("field price: \\d{3} numbers with fractions are separate categories.*")
        .contains("{ name = price, kind = numeric, transform = quantile }");
  }

  @Test
  void numbersThatTheTransformDoesNotTellApartAreDoubted() {
    Dataset<Row> rows =
        spark.sql(
            "select id % 2 as y, (id % 100) / 99.0 as share, id % 2 as flag, id as n from range(900)");
    List<FieldSpec> fields =
        Stream.of("share", "flag", "n")
            .map(name -> FieldSpec.numeric(name, Transform.LOG_SQUARED))
            .toList();
    EncodingConfig config =
        EncodingConfig.of("y").withFields(fields).withVocabulary(new VocabularyConfig(1, 1));
    assertThat(
            new TableEncoder(spark, config).encode(rows, at.path("shares")).manifest().warnings())
        .containsExactly(
            "field share: transform = log-squared gives different numbers the same id"
                + " (number of ids: 2); use transform = quantile");
  }

  @Test
  void theJobsOfTheCallerKeepTheirName() {
    spark.sparkContext().setJobDescription("the caller's work");
    try {
      new TableEncoder(spark, SETTINGS).encode(joined, at.path("named"));
      assertThat(spark.sparkContext().getLocalProperty("spark.job.description"))
          .isEqualTo("the caller's work");
    } finally {
      spark.sparkContext().setJobDescription(null);
    }
  }

  @Test
  void anEarlierVocabularyKeepsItsIds() {
    EncodedDataSet first =
        new TableEncoder(spark, SETTINGS).encode(joined.filter("g < 3"), at.path("first"));
    StoredVocabulary earlier =
        StoredVocabulary.open(
            spark.sparkContext().hadoopConfiguration(), first.vocabularyDirectory());
    Dataset<Row> others = joined.selectExpr("y", "w", "g", "concat('v', user) as user", "genre");
    EncodedDataSet second =
        new TableEncoder(spark, SETTINGS, Optional.of(earlier)).encode(others, at.path("second"));
    List<String> before = new ArrayList<>();
    List<String> after = new ArrayList<>();
    for (int id = 0; id < first.manifest().vocabularySize(); id++) {
      before.add(EncodingCase.vocabulary(first).entry(id).toString());
      after.add(EncodingCase.vocabulary(second).entry(id).toString());
    }
    assertThat(after).isEqualTo(before);
    assertThat(second.manifest().vocabularySize())
        .isEqualTo(first.manifest().vocabularySize() + 17);
  }

  @Test
  void badRowsAreCountedAndKept() {
    Dataset<Row> bad = joined.withColumn("y", functions.expr("g + y"));
    assertThatThrownBy(() -> new TableEncoder(spark, SETTINGS).encode(bad, at.path("refused")))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("the table: 210 of 300 rows cannot be read");
    DataSetManifest kept =
        new TableEncoder(spark, SETTINGS.withQuarantine(new QuarantineConfig(1)))
            .encode(bad, at.path("kept"))
            .manifest();
    assertThat(kept.quarantined()).isEqualTo(210);
  }

  @Test
  void mistakesAreNamed() throws IOException {
    EncodingConfig none = EncodingConfig.of("clicked");
    assertThatThrownBy(() -> new TableEncoder(spark, none).encode(joined, at.path("a")))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith(
            "column \"clicked\" (label) not found in the table; columns: item,");
    EncodingConfig paths =
        SETTINGS.withSplit(new SplitConfig.ByPaths("a", Optional.empty(), Optional.empty()));
    assertThatThrownBy(() -> new TableEncoder(spark, paths).encode(joined, at.path("b")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("split must be by fraction or date");
    Files.writeString(Files.createDirectory(directory.resolve("mine")).resolve("a.txt"), "a");
    assertThatThrownBy(() -> new TableEncoder(spark, SETTINGS).encode(joined, at.path("mine")))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("mine holds");
    assertThat(directory.resolve("mine/a.txt")).exists();
  }
}
