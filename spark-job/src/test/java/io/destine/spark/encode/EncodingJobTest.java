package io.destine.spark.encode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.destine.feature.BatchBuilder;
import io.destine.feature.ByteHash;
import io.destine.feature.EncodedBatch;
import io.destine.feature.FeatureEncoder;
import io.destine.feature.FittedFields;
import io.destine.feature.Vocabulary;
import io.destine.spark.SharedSpark;
import io.destine.spark.conf.JobConfig;
import io.destine.spark.conf.UserError;
import io.destine.spark.source.SourceParts;
import io.destine.spark.source.SplitRule;
import io.destine.testing.Full;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.regex.Pattern;
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
      rates = none
      vocabulary { min-count = 2, oov-buckets = 3 }
      """;

  private static final List<String> FIELDS =
      List.of("user", "item", "price", "bucket", "age", "tags", "vec");

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

  private record Result(
      StoredVocabulary stored, Vocabulary words, String vocabulary, StoredRows rows) {}

  /** Encodings within limits of tasks, in the full tier also the smallest that can be. */
  private List<Result> encodeInParts(JobConfig config) {
    List<EncodingLimits> limits =
        List.of(new EncodingLimits(37, 1 << 20, 50, 100), new EncodingLimits(100, 1, 1, 1 << 20));
    List<Result> results = new ArrayList<>();
    for (int n = 0; n < Full.Tier.size("limits of tasks of EncodingJobTest", 2, 1); n++) {
      results.add(encode(config, limits.get(n), 64, "parts" + n));
    }
    return results;
  }

  private Result encode(JobConfig config, EncodingLimits limits, int blockRows, String name) {
    return encode(config, limits, blockRows, name, Optional.empty());
  }

  private Result encode(
      JobConfig config,
      EncodingLimits limits,
      int blockRows,
      String name,
      Optional<StoredVocabulary> earlier) {
    SparkSession spark = SharedSpark.session();
    SourceParts source = SourceParts.read(spark, config);
    RowRoles roles = RowRoles.of(config.encoding(), source.fields());
    String at = directory.resolve(name).toString();
    try (EncodingJob job = new EncodingJob(spark, source, roles, limits)) {
      RowStatistics statistics = job.read();
      FittedFields fields = earlier.map(StoredVocabulary::fields).orElseGet(job::fit);
      StoredVocabulary vocabulary =
          job.writeVocabulary(
              fields, config.vocabulary(), earlier, false, Optional.empty(), at + "/vocabulary");
      long[] rows = {
        statistics.rows(Split.TRAIN), statistics.rows(Split.VALIDATION), statistics.rows(Split.TEST)
      };
      BlockPlan plan = new BlockPlan(rows, blockRows, 2, limits.taskRows(), 1);
      StoredRows stored = job.writeRows(fields, vocabulary, plan, at + "/rows");
      return new Result(vocabulary, vocabulary.read(), vocabulary.fingerprint(), stored);
    }
  }

  /**
   * Encoding in parts uses chunks of 37 rows, shards of about 50 values, and a task for every 100
   * rows.
   */
  @Test
  void limitsOfTasksDoNotChangeIdsOrBlocks() {
    EncodingCase at = new EncodingCase(directory);
    JobConfig config = at.config(at.writeParts("source", HEADER, rows(2000), 5), SETTINGS);
    Result one = encode(config, EncodingLimits.DEFAULT, 64, "one");
    List<Result> parts = encodeInParts(config);
    Result many = parts.get(0);
    assertThat(many.words().shards().size()).isGreaterThan(8);
    assertThat(one.words().shards()).hasSize(1);
    assertThat(many.vocabulary()).isEqualTo(one.vocabulary());
    assertThat(many.words().fingerprint()).isEqualTo(one.vocabulary());
    assertThat(parts)
        .allSatisfy(
            part -> assertThat(part.rows().fingerprint()).isEqualTo(one.rows().fingerprint()));
    assertThat(many.rows().blocks().get(Split.TRAIN)).hasSizeGreaterThan(20);
    assertThat(many.rows().blocks().get(Split.TRAIN).stream().map(Block::file).distinct().count())
        .isGreaterThan(5);
  }

  /**
   * A scorer's lookup in the value map gives the same ids as the exchange of values during
   * encoding.
   */
  @Test
  void idsThatComeFromShardsAreThoseOfTheMap() {
    idsOfShardsAreThoseOfTheMap(SETTINGS, "data", 9);
  }

  /** Both ways map values beyond the limits to the buckets of unknown values of their field. */
  @Test
  void idsThatComeFromShardsAreThoseOfTheMapWhenFieldsHaveLimits() {
    idsOfShardsAreThoseOfTheMap(limited(20, Map.of("user", 5, "tags", 0)), "limited", 5);
  }

  /** A text, a number and the texts of a list. */
  @Test
  void idsOfFieldsWithHashBucketsAreThoseOfTheScorer() {
    idsOfShardsAreThoseOfTheMap(hashed(), "hashed", 0);
  }

  private void idsOfShardsAreThoseOfTheMap(String settings, String name, int users) {
    EncodingCase at = new EncodingCase(directory);
    List<String> rows = rows(700);
    JobConfig config = at.config(at.writeParts("source", HEADER, rows, 3), settings);
    EncodedDataSet data = at.encode(config, name);
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
    assertThat(stored.firstIds(9)[0]).hasSize(users);
  }

  private static String hashed() {
    return SETTINGS
        .replace("{ name = user }", "{ name = user, hash-buckets = 16 }")
        .replace("transform = linear", "transform = none, hash-buckets = 11")
        .replace(
            "{ name = tags, kind = multi }", "{ name = tags, kind = multi, hash-buckets = 7 }");
  }

  /** Ids: user 0 and 16 buckets, item 17 and 3 of unknown values, then its values. */
  @Test
  void theVocabularyKnowsNoValueOfFieldsWithHashBuckets() throws IOException {
    EncodingCase at = new EncodingCase(directory);
    JobConfig config = at.config(at.writeParts("source", HEADER, rows(2000), 5), hashed());
    Result one = encode(config, EncodingLimits.DEFAULT, 64, "one");
    for (Result result : encodeInParts(config)) {
      assertThat(result.vocabulary()).isEqualTo(one.vocabulary());
      assertThat(result.words().fingerprint()).isEqualTo(one.vocabulary());
      assertThat(result.rows().fingerprint()).isEqualTo(one.rows().fingerprint());
    }
    int[] values = one.words().valuesByField();
    assertThat(values).startsWith(0).endsWith(0, 0, 0);
    assertThat(values[1]).isGreaterThan(100);
    assertThat(one.words().missing(1)).isEqualTo(17);
    assertThat(one.words().size())
        .isEqualTo(17 + 3 * 4 + 12 + 8 + values[1] + values[2] + values[3]);
    Path json = directory.resolve("one/vocabulary/_vocabulary.json");
    assertThat(json).content().contains("\"format_version\" : 3", "\"hash_buckets\"");
    assertThat(directory.resolve("one/vocabulary/_fields.json")).content().contains("hash_buckets");

    Path newer = Files.createDirectory(directory.resolve("newer"));
    Files.writeString(
        newer.resolve("_vocabulary.json"),
        Files.readString(json).replace("\"format_version\" : 3", "\"format_version\" : 5"));
    Files.copy(json.resolveSibling("_fields.json"), newer.resolve("_fields.json"));
    assertThatThrownBy(
            () ->
                StoredVocabulary.open(
                    SharedSpark.session().sparkContext().hadoopConfiguration(), newer.toString()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageEndingWith(
            "_vocabulary.json: format_version must be 2 to 4, which this program reads, got 5");

    JobConfig others = at.config(at.writeParts("others", HEADER, rows(900), 2), hashed());
    Result grown = encode(others, EncodingLimits.DEFAULT, 64, "grown", Optional.of(one.stored()));
    for (int id = 0; id < one.words().size(); id++) {
      assertThat(grown.words().entry(id)).isEqualTo(one.words().entry(id));
    }
    assertThat(grown.words().id(0, "somebody")).isEqualTo(one.words().id(0, "somebody"));
    assertThat(grown.words().valuesByField()).startsWith(0).endsWith(0, 0, 0);
  }

  /**
   * The limit is one value per shard; the 2,000 values need only one empty shard, since they are in
   * hash buckets.
   */
  @Test
  void valuesInHashBucketsCostTheVocabularyNothing() throws IOException {
    EncodingCase at = new EncodingCase(directory);
    List<String> rows = new ArrayList<>();
    for (int i = 0; i < 2000; i++) {
      rows.add(i % 2 + ",user" + i);
    }
    Path source = at.writeParts("source", "clicked,user", rows, 2);
    String settings = "label = clicked, fields = [ { name = user, hash-buckets = 1000000 } ]";
    Result result =
        encode(at.config(source, settings), new EncodingLimits(500, 1 << 20, 1, 100), 64, "data");
    assertThat(result.words().shards()).hasSize(1);
    assertThat(result.words().shards().get(0).count()).isZero();
    assertThat(result.words().size()).isEqualTo(1_000_001);
    assertThat(Files.size(directory.resolve("data/vocabulary/part-00000.safetensors")))
        .isLessThan(2000);
    Result known =
        encode(
            at.config(source, "label = clicked, fields = [ user ]"),
            EncodingLimits.DEFAULT,
            64,
            "known");
    assertThat(directory.resolve("known/vocabulary/_vocabulary.json"))
        .content()
        .contains("\"format_version\" : 2")
        .doesNotContain("hash_buckets");
    assertThat(known.rows().blocks()).isNotEmpty();
  }

  private static String limited(int all, Map<String, Integer> byField) {
    String settings = SETTINGS;
    for (Map.Entry<String, Integer> field : byField.entrySet()) {
      String name = "{ name = " + field.getKey();
      settings =
          settings.replaceFirst(Pattern.quote(name), name + ", max-values = " + field.getValue());
    }
    return settings
        + "vocabulary.max-values = "
        + all
        + "\nsplit { train = 1, validation = 0, test = 0 }\n";
  }

  /** A value of field m with its training rows. */
  private record Counted(int m, String value, int rows) {
    long hash() {
      return ByteHash.of(m, value);
    }
  }

  /** All values of some rows, sorted by field, then by descending number of rows, then by hash. */
  private static List<Counted> counted(List<String> rows, FittedFields fields) {
    List<Counted> all = new ArrayList<>();
    for (int m = 0; m < FIELDS.size(); m++) {
      int cell = List.of(1, 2, 3, 3, 4, 5, 6).get(m);
      Map<String, Integer> counts = new HashMap<>();
      for (String row : rows) {
        fields
            .fields()
            .get(m)
            .vocabularyValues(row.split(",", -1)[cell])
            .forEach(value -> counts.merge(value, 1, Integer::sum));
      }
      int field = m;
      counts.forEach((value, count) -> all.add(new Counted(field, value, count)));
    }
    all.sort(
        Comparator.comparingInt(Counted::m)
            .thenComparing(Comparator.comparingInt(Counted::rows).reversed())
            .thenComparing(Counted::hash, Long::compareUnsigned));
    return all;
  }

  private static int oov(Counted value, int missing) {
    return missing + 1 + (int) ((value.hash() >>> 32) % 3);
  }

  private static List<String> found(Vocabulary words, List<Counted> values) {
    return values.stream().map(v -> v + " " + words.id(v.m(), v.value())).toList();
  }

  /**
   * At most 40 values of each field, with other limits for user and tags, and no limit for price.
   */
  @Test
  void aLimitGivesIdsToTheMostFrequentValuesOfAField() {
    EncodingCase at = new EncodingCase(directory);
    List<String> rows = rows(2000);
    Map<String, Integer> limits = Map.of("user", 7, "tags", 12, "price", 0);
    JobConfig config = at.config(at.writeParts("source", HEADER, rows, 5), limited(40, limits));
    Result one = encode(config, EncodingLimits.DEFAULT, 64, "one");
    Result many = encode(config, new EncodingLimits(37, 1 << 20, 50, 100), 64, "many");
    List<Counted> values = counted(rows, one.stored().fields());
    List<String> expected = new ArrayList<>();
    int[] own = new int[FIELDS.size()];
    int id = 0;
    int missing = 0;
    for (int i = 0; i < values.size(); i++) {
      Counted value = values.get(i);
      if (i == 0 || values.get(i - 1).m() != value.m()) {
        missing = id;
        id += 4;
      }
      int limit = limits.getOrDefault(FIELDS.get(value.m()), 40);
      boolean taken = value.rows() >= 2 && (limit == 0 || own[value.m()] < limit);
      own[value.m()] += taken ? 1 : 0;
      expected.add(value + " " + (taken ? id++ : oov(value, missing)));
    }
    assertThat(own).containsExactly(7, 40, own[2], 5, 0, 12, 0);
    assertThat(own[2]).isGreaterThan(40);
    for (Result result : List.of(one, many)) {
      assertThat(found(result.words(), values)).isEqualTo(expected);
      assertThat(result.words().size()).isEqualTo(id);
      assertThat(result.words().valuesByField()).isEqualTo(own);
      assertThat(result.stored().valuesByField()).isEqualTo(own);
    }
    assertThat(many.words().shards().size()).isGreaterThan(8);
    assertThat(many.vocabulary()).isEqualTo(one.vocabulary());
    assertThat(many.rows().fingerprint()).isEqualTo(one.rows().fingerprint());
  }

  /**
   * There is room for 5 new values of user, for none of item, which already exceeds its limit, and
   * for all of tags.
   */
  @Full
  @Test
  void aVocabularyGrowsUpToTheLimitsAndKeepsAllItsIds() {
    EncodingCase at = new EncodingCase(directory);
    List<String> rows = rows(2000);
    List<String> first = rows.subList(0, 1000);
    List<String> second = rows.subList(1000, rows.size());
    Result before =
        encode(
            at.config(
                at.writeParts("first", HEADER, first, 2),
                limited(40, Map.of("user", 7, "tags", 6))),
            EncodingLimits.DEFAULT,
            64,
            "before");
    Map<String, Integer> limits = Map.of("user", 12, "tags", 0, "item", 30);
    JobConfig config = at.config(at.writeParts("second", HEADER, second, 3), limited(50, limits));
    Optional<StoredVocabulary> earlier = Optional.of(before.stored());
    Result one = encode(config, EncodingLimits.DEFAULT, 64, "one", earlier);
    Result many = encode(config, new EncodingLimits(41, 1 << 20, 30, 100), 64, "many", earlier);
    int[] own = before.words().valuesByField();
    assertThat(own).startsWith(7, 40).endsWith(0, 6, 0);
    int id = before.words().size();
    List<String> expected = new ArrayList<>();
    List<Counted> values = counted(second, before.stored().fields());
    for (Counted value : values) {
      int limit = limits.getOrDefault(FIELDS.get(value.m()), 50);
      if (before.words().knows(value.m(), value.value())) {
        expected.add(value + " " + before.words().id(value.m(), value.value()));
      } else if (value.rows() >= 2 && (limit == 0 || own[value.m()] < limit)) {
        own[value.m()]++;
        expected.add(value + " " + id++);
      } else {
        expected.add(value + " " + oov(value, before.words().missing(value.m())));
      }
    }
    assertThat(own).startsWith(12, 40);
    assertThat(own[5]).isGreaterThan(20);
    for (Result result : List.of(one, many)) {
      assertThat(found(result.words(), values)).isEqualTo(expected);
      assertThat(result.words().size()).isEqualTo(id);
      assertThat(result.stored().valuesByField()).isEqualTo(own);
      for (int old = 0; old < before.words().size(); old++) {
        assertThat(result.words().entry(old)).isEqualTo(before.words().entry(old));
      }
    }
    assertThat(many.words().shards().size()).isGreaterThan(8);
    assertThat(many.vocabulary()).isEqualTo(one.vocabulary());
    assertThat(many.rows().fingerprint()).isEqualTo(one.rows().fingerprint());
  }

  /**
   * The vocabulary was built from other rows: many values are unknown to it and map to its buckets.
   */
  @Test
  void rowsAreGivenTheIdsOfAnEarlierVocabularyInTheirOrder() {
    EncodingCase at = new EncodingCase(directory);
    JobConfig first = at.config(at.writeParts("first", HEADER, rows(120), 2), SETTINGS);
    EncodedDataSet earlier = at.encode(first, "earlier");
    StoredVocabulary stored =
        StoredVocabulary.open(
            SharedSpark.session().sparkContext().hadoopConfiguration(),
            earlier.vocabularyDirectory());
    List<String> rows = rows(900);
    JobConfig config = at.config(at.writeParts("source", HEADER, rows, 1), SETTINGS);
    FeatureEncoder encoder = stored.encoder();
    BatchBuilder builder = new BatchBuilder(encoder.layout());
    for (String row : rows) {
      String[] cells = row.split(",", -1);
      Object[] values = {cells[1], cells[2], cells[3], cells[3], cells[4], cells[5], cells[6]};
      encoder.encode(m -> values[m], builder);
      builder.endRow(Float.parseFloat(cells[0]), Float.parseFloat(cells[7]), 0);
    }
    EncodedBatch expected = builder.build(0);
    SparkSession spark = SharedSpark.session();
    SourceParts source = SourceParts.read(spark, config);
    RowRoles roles = RowRoles.of(config.encoding(), source.fields());
    EncodingLimits small = new EncodingLimits(100, 1 << 20, 50, 200);
    try (EncodingJob job = new EncodingJob(spark, source, roles, small)) {
      RowStatistics statistics = job.read();
      List<String> found = texts(job.encoded(stored, Optional.empty()).collect());
      assertThat(found).isEqualTo(texts(List.of(expected)));
      List<String> bySplit = new ArrayList<>();
      for (Split split : Split.values()) {
        List<String> some = texts(job.encoded(stored, Optional.of(split)).collect());
        assertThat(some).hasSize((int) statistics.rows(split)).hasSizeGreaterThan(20);
        bySplit.addAll(some);
      }
      assertThat(bySplit).containsExactlyInAnyOrderElementsOf(found);
    }
  }

  private static List<String> texts(List<EncodedBatch> batches) {
    List<String> texts = new ArrayList<>();
    for (EncodedBatch batch : batches) {
      for (int n = 0; n < batch.rows(); n++) {
        texts.add(text(batch, n));
      }
    }
    return texts;
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
            source.open(),
            List.of(
                new SourceParts.Part(
                    table.mapPartitions(shuffled, Encoders.row(table.schema())), rule)),
            List.of(),
            Optional.empty());
    RowRoles roles = RowRoles.of(config.encoding(), source.fields());
    try (EncodingJob job = new EncodingJob(spark, other, roles, EncodingLimits.DEFAULT)) {
      job.read();
      job.forgetChunks();
      assertThatThrownBy(job::fit)
          .rootCause()
          .isInstanceOf(UserError.class)
          .hasMessageStartingWith("the source returned other rows");
    }
  }
}
