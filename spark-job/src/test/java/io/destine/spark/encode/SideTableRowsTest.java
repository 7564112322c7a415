package io.destine.spark.encode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.destine.feature.EncodedBatch;
import io.destine.feature.FittedField;
import io.destine.feature.FittedFields;
import io.destine.feature.LabelRate;
import io.destine.feature.SideTables;
import io.destine.feature.Vocabulary;
import io.destine.spark.SharedSpark;
import io.destine.spark.conf.JobConfig;
import io.destine.spark.conf.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rows of a log joined by key with rows of side tables. */
class SideTableRowsTest {
  private static final String SETTINGS =
      """
      source.format = parquet
      label = y
      fields = [user]
      crosses = none
      vocabulary { min-count = 1 }
      split { train = 0.8, validation = 0.1, test = 0.1, seed = 1 }
      output.block-rows = 128
      """;
  private static final String CONTENT =
      """
      { name = maker }, { name = tags, kind = multi }
      { name = price, kind = numeric, transform = none }
      { name = image, kind = vector, length = 3 }
      { name = title, kind = text }
      """;

  @TempDir Path directory;
  private final SparkSession spark = SharedSpark.session();
  private EncodingCase cases;

  @BeforeEach
  void write() {
    cases = new EncodingCase(directory);
    // Items 0 to 59; the log has items up to 64 and some rows without one.
    spark
        .sql(
            "select concat('i', id) as item, concat('m', id % 7) as maker, if(id % 5 = 0,"
                + " cast(null as array<string>), array(concat('t', id % 3), concat('t', id % 4)))"
                + " as tags, if(id % 11 = 0, null, cast(id as double)) as price,"
                + " cast(pmod(hash(id), 100) as double) as weight, concat('Film no. ', id % 6, if(id % 2 = 0, ' (Été)', '')) as title, array(cast(id as float) / 8,"
                + " cast(1.0 as float), cast(-id as float)) as image from range(60)")
        .repartition(3)
        .write()
        .parquet(cases.path("items"));
    spark
        .sql(
            "select cast(pmod(hash(id, 1), 2) as int) as y, concat('u', pmod(hash(id), 20)) as"
                + " user, nullif(concat('i', pmod(hash(id, 2), 65)), 'i64') as item from"
                + " range(3000)")
        .repartition(4)
        .write()
        .parquet(cases.path("log"));
  }

  /** Learnt from rows: from those of the items where these are apart. */
  private static final String FITTED =
      """
      { name = cost, column = price, kind = numeric, transform = quantile, buckets = 4 }
      { name = weight, kind = numeric, transform = linear }
      """;

  private static String tables(Path items) {
    return "tables.item { path = \"%s\", format = parquet, key = item, fields = [ %s ] }\n"
        .formatted(items, CONTENT);
  }

  private JobConfig config(Path log, String settings) {
    return cases.config(log, SETTINGS + settings);
  }

  private EncodedDataSet encoded(String name) {
    return cases.encode(config(directory.resolve("log"), tables(directory.resolve("items"))), name);
  }

  private static List<String> all(EncodedDataSet data) {
    return Stream.of(Split.values())
        .flatMap(split -> EncodingCase.decoded(data, split).stream())
        .sorted()
        .toList();
  }

  /** The data set of the rows joined with the side table by Spark. */
  private EncodedDataSet inline() {
    Dataset<Row> items = spark.read().parquet(cases.path("items"));
    spark
        .read()
        .parquet(cases.path("log"))
        .join(items, "item", "left")
        .write()
        .parquet(cases.path("wide"));
    String fields = "fields = [ { name = user }, " + CONTENT.replace("\n", ", ") + " ]\n";
    return cases.encode(config(directory.resolve("wide"), fields), "inline");
  }

  @Test
  void rowsHaveTheValuesThatAJoinGivesThem() {
    EncodedDataSet data = encoded("data");
    assertThat(all(data)).hasSize(3000).isEqualTo(all(inline()));
    assertThat(data.manifest().stored().size()).isEqualTo(2);
    assertThat(data.manifest().tables())
        .containsExactly("side table item: 60 keys, 60 of them in training rows");
    assertThat(data.manifest().warnings())
        .contains(
            "side table item: 4 values of column item have no row, such as i60, i61, i62, i63; their"
                + " fields count as missing");
  }

  /** A column of the log may have the name of a column of the table. */
  @Test
  void aFieldOfTheTableIsNotDoubtedForValuesOfTheLog() {
    spark
        .sql("select concat('i', id) as item, concat('word ', id) as at from range(150)")
        .write()
        .parquet(cases.path("words"));
    spark
        .sql(
            "select id % 2 as y, concat('i', id % 150) as item,"
                + " concat('2026-03-01 10:', lpad(id % 60, 2, '0')) as at from range(1200)")
        .write()
        .parquet(cases.path("times"));
    String settings =
        SETTINGS.replace("fields = [user]", "fields = \"*\"")
            + "tables.item { path = \"%s\", format = parquet, key = item,"
                .formatted(directory.resolve("words"))
            + " fields = [ { name = word, column = at } ] }\n";
    EncodedDataSet data = cases.encode(cases.config(directory.resolve("times"), settings), "data");
    assertThat(data.manifest().fields().size()).isGreaterThan(1);
    assertThat(data.manifest().warnings()).noneMatch(text -> text.contains("timestamps"));
  }

  /** Rows of a key that differ only in a list, in both orders. */
  @Test
  void oneRowOfAKeyIsUsedInEachRun() {
    List<List<Integer>> used = new ArrayList<>();
    for (String order : List.of("id", "-id")) {
      spark
          .sql(
              "select concat('i', floor(id / 2)) as item, array(concat('t', id % 2)) as tags from"
                  + " range(120) order by "
                  + order)
          .coalesce(1)
          .write()
          .parquet(cases.path("twice" + order));
      EncodedDataSet data =
          cases.encode(
              config(
                  directory.resolve("log"),
                  "tables.item { path = \""
                      + directory.resolve("twice" + order)
                      + "\", format = parquet, key = item, fields = [{ name = tags, kind = multi"
                      + " }] }\n"),
              "once" + order);
      SideTables tables = data.sideTables().orElseThrow().sideTables();
      for (int item = 0; item < 60; item++) {
        int number = tables.number(0, "i" + item);
        EncodedBatch row = tables.join(EncodedBatch.ofIds(new int[] {0, number}, new float[1]));
        used.add(Arrays.stream(row.multiIds()).boxed().toList());
      }
    }
    assertThat(used.subList(60, 120)).isEqualTo(used.subList(0, 60));
  }

  /** Related items share the ids of items: the first hop of a graph. */
  @Test
  void linksShareTheIdsOfItems() {
    spark
        .sql(
            "select concat('i', id) as item, array(concat('i', (id + 1) % 60), concat('i', (id + 7) %"
                + " 60)) as related, concat('i', id % 3) as head from range(60)")
        .write()
        .parquet(cases.path("graph"));
    EncodedDataSet data =
        cases.encode(
            config(
                directory.resolve("log"),
                "fields = [user, item]\ntables.item { path = \""
                    + directory.resolve("graph")
                    + "\", format = parquet, key = item, fields = ["
                    + "{ name = related, kind = multi, shares = item },"
                    + "{ name = head, shares = item } ] }\n"),
            "links");
    Vocabulary words = EncodingCase.vocabulary(data);
    SideTables tables = data.sideTables().orElseThrow().sideTables();
    // User, item: missing and unknown of each, 20 users, 64 items of the log.
    assertThat(words.size()).isEqualTo(4 + 20 + 64);
    assertThat(words.missing(2)).isEqualTo(words.missing(3)).isEqualTo(words.missing(1));
    for (int item = 0; item < 60; item++) {
      int number = tables.number(0, "i" + item);
      EncodedBatch row = tables.join(EncodedBatch.ofIds(new int[] {0, 0, number}, new float[1]));
      assertThat(row.multiIds())
          .containsExactly(words.id(1, "i" + (item + 1) % 60), words.id(1, "i" + (item + 7) % 60));
      assertThat(row.ids()[2])
          .isEqualTo(words.id(1, "i" + item % 3))
          .isEqualTo(words.id(3, "i" + item % 3));
    }
    assertThatThrownBy(
            () ->
                cases.encode(
                    config(
                        directory.resolve("log"),
                        "fields = [{ name = user, shares = nobody }, item]\n"),
                    "bad"))
        .hasMessageContaining("field user: shares must name an earlier field");
  }

  /** The SQL and the settings of docs/side-tables.md. */
  @Test
  void aSecondHopIsAColumnOfTheTable() throws IOException {
    String document = Files.readString(Path.of("../docs/side-tables.md"));
    String hop = document.substring(document.indexOf("**A second hop**"));
    String sql = hop.substring(hop.indexOf("```sql") + 6, hop.indexOf("```\n\n    tables.item"));
    String settings = hop.substring(hop.indexOf("    tables.item"), hop.indexOf("## Where"));
    spark
        .sql(
            "select concat('i', id) as item_id, concat('m', id % 3) as maker, array(concat('i', (id +"
                + " 1) % 60), concat('i', (id + 7) % 60)) as related from range(60)")
        .createOrReplaceTempView("items");
    spark
        .sql("select concat('m', id) as maker, concat('c', id % 2) as country from range(3)")
        .createOrReplaceTempView("makers");
    spark.sql("drop table if exists item_content");
    try {
      spark.sql(sql);
      spark
          .sql("select 1 as y, concat('i', id % 60) as item_id from range(600)")
          .union(spark.sql("select 0 as y, concat('i', id % 60) as item_id from range(600)"))
          .write()
          .parquet(cases.path("hops"));
      String fields = SETTINGS.replace("fields = [user]", "fields = [item_id]");
      EncodedDataSet data =
          cases.encode(cases.config(directory.resolve("hops"), fields + settings), "second");
      Vocabulary words = EncodingCase.vocabulary(data);
      SideTables tables = data.sideTables().orElseThrow().sideTables();
      for (int item = 0; item < 60; item++) {
        int number = tables.number(0, "i" + item);
        EncodedBatch row = tables.join(EncodedBatch.ofIds(new int[] {0, number}, new float[1]));
        assertThat(row.ids()[2]).isEqualTo(words.id(2, "c" + item % 3 % 2));
        int[] two = {(item + 2) % 60, (item + 8) % 60, (item + 14) % 60};
        assertThat(Arrays.copyOfRange(row.multiIds(), row.multiOffsets()[1], row.multiOffsets()[2]))
            .containsExactlyInAnyOrder(Arrays.stream(two).map(i -> words.id(0, "i" + i)).toArray());
      }
    } finally {
      spark.sql("drop table if exists item_content");
      spark.catalog().dropTempView("items");
      spark.catalog().dropTempView("makers");
    }
  }

  /** The rate of an item is that of its own rows, however many others are related to it. */
  @Test
  void linksDoNotCountInLabelRates() {
    spark
        .sql(
            "select concat('i', id) as item, array(concat('i', id % 5), concat('i', id % 7)) as"
                + " related from range(60)")
        .write()
        .parquet(cases.path("graph"));
    // The key of a table is a part of the row's hash, which chooses the split.
    String fields =
        "fields = [user, item]\nrates = all\nsplit { train = 1, validation = 0, test = 0 }\n";
    Vocabulary alone =
        EncodingCase.vocabulary(cases.encode(config(directory.resolve("log"), fields), "alone"));
    String table =
        "tables.item { path = \"%s\", format = parquet, key = item, fields = [ %s ] }\n"
            .formatted(
                directory.resolve("graph"), "{ name = related, kind = multi, shares = item }");
    Vocabulary linked =
        EncodingCase.vocabulary(
            cases.encode(config(directory.resolve("log"), fields + table), "linked"));
    for (int item = 0; item < 64; item++) {
      assertThat(linked.rates()[linked.id(1, "i" + item)])
          .as("i%d", item)
          .isEqualTo(alone.rates()[alone.id(1, "i" + item)]);
    }
    assertThat(linked.rates()[linked.id(1, "i3")]).isNotEqualTo(LabelRate.PRIOR_BUCKET);
  }

  /** From 2026-03-01 23:30 in UTC on, a row an hour; JSON has the local time of New York. */
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '"',
      value = {
        "parquet; timestamp_seconds(1772407800 + id * 3600); header = true",
        "json; date_format(timestamp_seconds(1772389800 + id * 3600), 'yyyy-MM-dd HH:mm:ss');"
            + " options.inferTimestamp = true"
      })
  void timestampsOfASideTableAreInItsOwnZone(String format, String at, String options) {
    spark
        .sql("select concat('i', id) as item, " + at + " as at from range(60)")
        .write()
        .format(format)
        .save(cases.path("times"));
    EncodedDataSet data =
        cases.encode(
            config(
                directory.resolve("log"),
                "tables.item { path = \"%s\", format = %s, key = item, %s\n"
                        .formatted(cases.path("times"), format, options)
                    + "time-zone = \"America/New_York\"\n"
                    + "fields = [{ name = hour, column = at, part = hour }] }\n"),
            "zoned");
    Vocabulary words = EncodingCase.vocabulary(data);
    SideTables tables = data.sideTables().orElseThrow().sideTables();
    for (int item = 0; item < 60; item++) {
      int number = tables.number(0, "i" + item);
      EncodedBatch row = tables.join(EncodedBatch.ofIds(new int[] {0, number}, new float[1]));
      assertThat(row.ids()[1]).isEqualTo(words.id(1, String.valueOf((18 + item) % 24)));
    }
  }

  @Test
  void anyPartitioningGivesTheSameFiles() throws IOException {
    EncodedDataSet one = encoded("one");
    for (String table : List.of("log", "items")) {
      Dataset<Row> rows = spark.read().parquet(cases.path(table));
      rows.repartition(7).write().parquet(cases.path("more-" + table));
    }
    EncodedDataSet more =
        cases.encode(
            config(directory.resolve("more-log"), tables(directory.resolve("more-items"))), "more");
    assertThat(more.manifest().fingerprint()).isEqualTo(one.manifest().fingerprint());
    assertThat(more.manifest().vocabularySha256()).isEqualTo(one.manifest().vocabularySha256());
  }

  @Test
  void aKeyWithoutRowsInTheLogHasContentToo() {
    spark
        .sql("select 1 as y, 'u1' as user, concat('i', id) as item from range(10)")
        .union(spark.sql("select 0 as y, 'u2' as user, concat('i', id) as item from range(10)"))
        .repartition(2)
        .write()
        .parquet(cases.path("few"));
    EncodedDataSet data =
        cases.encode(
            cases.config(
                directory.resolve("few"),
                (SETTINGS
                        + tables(directory.resolve("items"))
                            .replace("fields = [", "fields = [" + FITTED))
                    .replace(
                        "train = 0.8, validation = 0.1, test = 0.1",
                        "train = 1, validation = 0, test = 0")),
            "few-data");
    SideTables tables = data.sideTables().orElseThrow().sideTables();
    assertThat(tables.table(0).rows()).isEqualTo(61);
    int known = tables.number(0, "i3");
    int cold = tables.number(0, "i59");
    assertThat(known).isPositive();
    assertThat(cold).isPositive().isNotEqualTo(known);
    assertThat(tables.number(0, "i60")).isZero();
    EncodedBatch batch = EncodedBatch.ofIds(new int[] {0, cold}, new float[1]);
    EncodedBatch row = tables.join(batch);
    Row fitted =
        spark
            .read()
            .parquet(cases.path("items"))
            .filter("cast(substr(item, 2) as int) < 10")
            .selectExpr("avg(weight)", "stddev_pop(weight)")
            .first();
    FittedField weight = fields(data).fields().get(2);
    assertThat(weight.spec().name()).isEqualTo("weight");
    assertThat(weight.mean()).isCloseTo(fitted.getDouble(0), Offset.offset(1e-12));
    assertThat(weight.std()).isCloseTo(fitted.getDouble(1), Offset.offset(1e-12));
    // Prices 1 to 9; item 0 has none.
    assertThat(fields(data).fields().get(1).cuts()).containsExactly(3, 5, 7);
    assertThat(row.dense()).endsWith(59f / 8, 1f, -59f);
    // Its maker, m3, is known from the items of the log.
    EncodedBatch other = tables.join(EncodedBatch.ofIds(new int[] {0, known}, new float[1]));
    assertThat(row.ids()[2]).isEqualTo(other.ids()[2]);
  }

  private FittedFields fields(EncodedDataSet data) {
    return data.sideTables().orElseThrow().fields();
  }

  @Test
  void whatIsWrongWithASideTableIsSaidInALine() {
    assertThatThrownBy(
            () ->
                cases.encode(
                    config(
                        directory.resolve("log"),
                        tables(directory.resolve("items")).replace("key = item", "key = itme")),
                    "bad"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("column \"itme\"");
    assertThatThrownBy(
            () ->
                cases.encode(
                    config(
                        directory.resolve("log"),
                        tables(directory.resolve("items")).replace("maker", "marker")),
                    "bad"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("side table item")
        .hasMessageContaining("\"marker\"");
    assertThat(Files.exists(directory.resolve("bad"))).isFalse();
  }
}
