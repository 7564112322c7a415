package io.destine.spark.encode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.destine.artifact.VocabularyFile;
import io.destine.feature.ByteHash;
import io.destine.feature.EncodedBatch;
import io.destine.feature.FittedField;
import io.destine.feature.Vocabulary;
import io.destine.spark.ModelDigests;
import io.destine.spark.SharedSpark;
import io.destine.spark.conf.JobConfig;
import io.destine.spark.conf.UserError;
import io.destine.testing.Full;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.rdd.RDD;
import org.apache.spark.sql.Row;
import org.assertj.core.api.Condition;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import scala.reflect.ClassTag$;

class DataSetEncoderTest {
  private static final String HEADER = "clicked,user,item,price,tags,day";
  private static final String SETTINGS =
      """
      label = clicked, date = day
      fields = [
        user, item
        { name = bucket, column = price, kind = numeric, transform = quantile, buckets = 4 }
        { name = price, kind = numeric, transform = linear }
        { name = tags, kind = multi }
      ]
      train.blocks-per-step = 8
      """;

  @TempDir Path directory;
  private EncodingCase at;

  @BeforeEach
  void openCase() {
    at = new EncodingCase(directory);
  }

  private static List<String> rows(int count) {
    Random random = new Random(count);
    List<String> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      rows.add(
          String.format(
              "%d,u%d,i%d,%s,%s,2026-01-%02d",
              random.nextInt(2),
              random.nextInt(40),
              random.nextInt(200),
              random.nextInt(10) == 0 ? "" : Double.toString(random.nextInt(1000) / 8.0),
              "t" + random.nextInt(5) + "|t" + random.nextInt(9),
              1 + random.nextInt(9)));
    }
    return rows;
  }

  @Test
  void theSameRowsInAnyOrderAndPartitioningGiveTheSameBytesAndFingerprints() throws IOException {
    List<String> rows = rows(600);
    EncodedDataSet first = null;
    for (int parts : new int[] {1, 3, 7}) {
      Path source = at.writeParts("source" + parts, HEADER, rows, parts);
      EncodedDataSet data = at.encode(at.config(source, SETTINGS), "data" + parts);
      if (first == null) {
        first = data;
      }
      assertThat(data.manifest().fingerprint()).isEqualTo(first.manifest().fingerprint());
      assertThat(data.manifest().vocabularyFingerprint())
          .isEqualTo(first.manifest().vocabularyFingerprint());
      assertThat(sums(data.vocabularyDirectory())).isEqualTo(sums(first.vocabularyDirectory()));
      Collections.shuffle(rows, new Random(parts));
    }
  }

  private static List<Integer> sums(String directory) throws IOException {
    return EncodingCase.bytes(directory).stream().map(Arrays::hashCode).toList();
  }

  @Test
  void everyRowIsInExactlyOneSplitWithItsOwnValues() {
    List<String> rows = rows(500);
    List<String> expected = new ArrayList<>();
    for (String row : rows) {
      String[] columns = row.split(",", -1);
      expected.add(columns[1] + "," + columns[2] + " -> " + columns[0] + ".0 * 1.0");
    }
    EncodedDataSet data =
        at.encode(
            at.config(
                at.writeParts("source", HEADER, rows, 2),
                "label = clicked, fields = [ user, item ], vocabulary.min-count = 1"),
            "data");
    List<String> training = EncodingCase.decoded(data, Split.TRAIN);
    List<String> found = new ArrayList<>(training);
    found.addAll(EncodingCase.decoded(data, Split.VALIDATION));
    found.addAll(EncodingCase.decoded(data, Split.TEST));
    assertThat(training).hasSizeBetween(350, 450).noneMatch(row -> row.contains("oov"));
    assertThat(found).hasSameSizeAs(expected);
    expected.removeAll(found);
    assertThat(expected).allMatch(row -> found.stream().anyMatch(f -> alike(f, row)));
  }

  /** Equal but for values that training has not seen. */
  private static boolean alike(String found, String expected) {
    String pattern = found.replace(".", "\\.").replace("*", "\\*").replace("oov", "[^,]*");
    return expected.matches(pattern);
  }

  /**
   * 1,000 rows, all equal to one of two: if equal rows stayed together, each of the two groups
   * would be in one split and block.
   */
  @Test
  void equalRowsAreSplitAndPlacedLikeAnyOthers() {
    List<String> rows = new ArrayList<>();
    for (int n = 0; n < 1000; n++) {
      rows.add(n % 2 + ",u,i,1,t,2026-01-01");
    }
    String settings = "label = clicked, fields = [ user, item ]";
    EncodedDataSet one =
        at.encode(at.config(at.writeParts("one", HEADER, rows, 1), settings), "d1");
    Collections.shuffle(rows, new Random(1));
    EncodedDataSet many =
        at.encode(at.config(at.writeParts("many", HEADER, rows, 5), settings), "d5");
    assertThat(many.manifest().fingerprint()).isEqualTo(one.manifest().fingerprint());
    assertThat(one.manifest().rows(Split.TRAIN)).isBetween(740L, 860L);
    assertThat(one.manifest().positives(Split.TRAIN)).isBetween(350L, 450L);
    assertThat(one.manifest().positives(Split.TEST)).isBetween(25L, 75L);
    for (int count : one.manifest().rowsByBlock(Split.TRAIN)) {
      assertThat(count).isBetween(20, 90);
    }
  }

  @Test
  void theVocabularyCountsTrainingRowsAndOrdersByCountThenHash() throws IOException {
    EncodedDataSet data =
        at.encode(
            at.config(
                at.writeParts("source", HEADER, rows(600), 3),
                SETTINGS + "vocabulary { min-count = 3, oov-buckets = 2 }"),
            "data");
    Map<String, Long> counts = new HashMap<>();
    for (String row : EncodingCase.decoded(data, Split.TRAIN)) {
      counts.merge(row.substring(0, row.indexOf(',')), 1L, Long::sum);
    }
    List<VocabularyFile.Values> parts = EncodingCase.vocabularyParts(data);
    Vocabulary vocabulary = EncodingCase.vocabulary(data);
    assertThat(vocabulary.missing(0)).isZero();
    assertThat(vocabulary.entry(1).use()).isEqualTo(Vocabulary.Use.OOV);
    assertThat(vocabulary.entry(2).use()).isEqualTo(Vocabulary.Use.OOV);
    TreeMap<Integer, String> places = new TreeMap<>();
    int values = 0;
    for (VocabularyFile.Values part : parts) {
      values += part.count();
      for (int i = 0; i < part.count(); i++) {
        int from = part.offsets()[i];
        int length = part.offsets()[i + 1] - from;
        assertThat(part.fieldOf()[i]).as("price has no ids").isNotEqualTo((short) 3);
        if (part.fieldOf()[i] == 0) {
          String value = new String(part.bytes(), from, length, StandardCharsets.UTF_8);
          assertThat(part.counts()[i]).isEqualTo(counts.get(value)).isGreaterThanOrEqualTo(3);
          assertThat(part.dates().get(part.firstSeen()[i])).isBetween("2026-01-01", "2026-01-09");
          long hash = ByteHash.of(0, part.bytes(), from, length);
          places.put(
              part.ids()[i],
              String.format(
                  "%09d %020d",
                  1_000_000 - part.counts()[i], new BigInteger(Long.toUnsignedString(hash))));
        }
      }
    }
    assertThat(places.firstKey()).isEqualTo(3);
    assertThat(places.lastKey()).isEqualTo(2 + places.size());
    assertThat(new ArrayList<>(places.values())).isSorted().hasSizeGreaterThan(10);
    int fieldsWithIds = 4;
    assertThat(values + 3 * fieldsWithIds).isEqualTo(data.manifest().vocabularySize());
  }

  @Test
  void bucketsAndMomentsAreThoseOfTheTrainingValues() {
    List<String> rows =
        IntStream.rangeClosed(1, 100).mapToObj(i -> i % 2 + ",a,b," + i + ",t,1").toList();
    EncodedDataSet data =
        at.encode(
            at.config(
                at.writeParts("source", HEADER, rows, 3),
                SETTINGS + "split { train = 1, validation = 0, test = 0 }"),
            "data");
    List<FittedField> fields =
        StoredVocabulary.open(
                SharedSpark.session().sparkContext().hadoopConfiguration(),
                data.vocabularyDirectory())
            .fields()
            .fields();
    assertThat(fields.get(2).cuts()).containsExactly(25, 50, 75);
    assertThat(fields.get(3).mean()).isEqualTo(50.5);
    assertThat(fields.get(3).std()).isCloseTo(Math.sqrt((100.0 * 100 - 1) / 12), within(1e-12));
    assertThat(data.manifest().warnings())
        .anyMatch(w -> w.startsWith("field user: number of values with an id of their own: 1;"));
  }

  @Test
  void growingAVocabularyKeepsItsIdsAndAppendsNewValues() {
    String settings = "label = clicked, fields = [ user ], vocabulary.min-count = 1\n";
    String everything = settings + "split { train = 1, validation = 0, test = 0 }";
    Path first = at.write("a.csv", List.of(HEADER, "0,x,1,1,t,1", "1,y,1,1,t,1"));
    Path second = at.write("b.csv", List.of(HEADER, "0,y,1,1,t,1", "1,a,1,1,t,1"));
    EncodedDataSet old = at.encode(at.config(first, everything), "old");
    EncodedDataSet grown = grown(at.config(second, everything), old);
    Vocabulary vocabulary = EncodingCase.vocabulary(grown);
    Vocabulary before = EncodingCase.vocabulary(old);
    assertThat(grown.manifest().vocabularySize()).isEqualTo(5);
    for (int id = 0; id < 4; id++) {
      assertThat(vocabulary.entry(id)).isEqualTo(before.entry(id));
    }
    assertThat(ModelDigests.values(directory.resolve("new")))
        .isEqualTo(
            Map.of(
                2, "0 " + before.entry(2).value() + " 1",
                3, "0 " + before.entry(3).value() + " 1",
                4, "0 a 1"));
    List<String> values = List.of(vocabulary.entry(4).value());
    assertThat(values).containsExactly("a");
    assertThat(EncodingCase.decoded(grown, Split.TRAIN))
        .containsExactlyInAnyOrder("y -> 0.0 * 1.0", "a -> 1.0 * 1.0");
  }

  private EncodedDataSet grown(JobConfig config, EncodedDataSet from) {
    return new DataSetEncoder()
        .encode(
            SharedSpark.session(),
            config,
            at.path("new"),
            Optional.of(from.vocabularyDirectory()),
            false,
            Optional.empty(),
            Optional.empty());
  }

  @Test
  void rowsAreEncodedAgainWhenTheVocabularyThatTheyGrewHasChangedInPlace() {
    String settings =
        "label = clicked, fields = [ user ], vocabulary.min-count = 1\n"
            + "split { train = 1, validation = 0, test = 0 }";
    Path first = at.write("a.csv", List.of(HEADER, "0,x,1,1,t,1", "1,y,1,1,t,1"));
    Path other = at.write("b.csv", List.of(HEADER, "0,z,1,1,t,1", "1,w,1,1,t,1"));
    JobConfig config =
        at.config(at.write("c.csv", List.of(HEADER, "1,a,1,1,t,1", "0,a,1,1,t,1")), settings);
    assertThat(values(grown(config, at.encode(at.config(first, settings), "old"))))
        .containsExactlyInAnyOrder("x", "y", "a");
    assertThat(values(grown(config, at.encode(at.config(other, settings), "old"))))
        .containsExactlyInAnyOrder("z", "w", "a");
  }

  private static List<String> values(EncodedDataSet data) {
    Vocabulary vocabulary = EncodingCase.vocabulary(data);
    return IntStream.range(2, data.manifest().vocabularySize())
        .mapToObj(id -> vocabulary.entry(id).value())
        .toList();
  }

  @Test
  void badRowsAreCountedAndKeptWithTheirReasons() {
    List<String> rows = rows(200);
    rows.set(3, "maybe,u1,i1,1,t,2026-01-01");
    rows.set(50, "1,u1,i1,cheap,t,2026-01-01");
    rows.set(70, "1,u1");
    Path source = at.writeParts("source", HEADER, rows, 2);
    EncodedDataSet data =
        at.encode(at.config(source, SETTINGS + "quarantine.max-fraction = 0.02"), "data");
    assertThat(data.manifest().quarantined()).isEqualTo(3);
    assertThat(
            data.manifest().rows(Split.TRAIN)
                + data.manifest().rows(Split.VALIDATION)
                + data.manifest().rows(Split.TEST))
        .isEqualTo(197);
    List<Row> bad = quarantine();
    assertThat(bad)
        .extracting(row -> row.<String>getAs("reason"))
        .containsExactlyInAnyOrder(
            "the label is \"maybe\"; labels are 0 and 1, or false and true",
            "field bucket: value must be a finite number, got cheap",
            "the line is malformed, or has more or fewer values than there are columns");
    assertThat(bad)
        .extracting(row -> row.<String>getAs("raw"))
        .anyMatch(raw -> raw.equals("1,u1"))
        .anyMatch(raw -> raw.contains("\"price\":\"cheap\""));
  }

  /** A missing date is noticed after all values have been read, some of which are bad. */
  @Test
  void rowsWithoutADateAreTheBadOnesBesideOthersWithABadValue() {
    List<String> rows = rows(200);
    rows.set(3, "1,u1,i1,cheap,t,2026-01-01");
    rows.set(5, "1,without,i1,1,t,");
    rows.set(60, "1,without,i1,1,t,");
    rows.set(61, "1,u1,i1,dear,t,2026-01-08");
    String byDate =
        SETTINGS
            + "quarantine.max-fraction = 0.02, split.by-date { column = day, validation-from ="
            + " \"2026-01-07\", test-from = \"2026-01-09\" }";
    Path source = at.writeParts("source", HEADER, rows, 1);
    EncodedDataSet data = at.encode(at.config(source, byDate), "data");
    assertThat(quarantine())
        .extracting(row -> row.<String>getAs("reason") + " " + row.<String>getAs("raw"))
        .hasSize(4)
        .areExactly(2, containing("the date is missing", "\"user\":\"without\""))
        .areExactly(1, containing("got cheap", "\"price\":\"cheap\""))
        .areExactly(1, containing("got dear", "\"price\":\"dear\""));
    assertThat(data.manifest().rows(Split.TRAIN)).isEqualTo(trainingRows(rows));
  }

  private List<Row> quarantine() {
    return SharedSpark.session().read().json(at.path("data/quarantine")).collectAsList();
  }

  private static Condition<String> containing(String reason, String value) {
    return new Condition<>(
        text -> text.contains(reason) && text.contains(value), "has %s and %s", reason, value);
  }

  private static long trainingRows(List<String> rows) {
    return rows.stream()
        .map(row -> row.split(",", -1))
        .filter(values -> !values[3].matches("cheap|dear") && !values[5].isEmpty())
        .filter(values -> values[5].compareTo("2026-01-07") < 0)
        .count();
  }

  @Test
  void tooManyBadRowsStopTheJobAndLeaveTheQuarantineBehind() {
    List<String> rows = rows(100);
    rows.set(3, "maybe,u1,i1,1,t,2026-01-01");
    JobConfig config = at.config(at.writeParts("source", HEADER, rows, 2), SETTINGS);
    assertThatThrownBy(() -> at.encode(config, "data"))
        .isInstanceOf(UserError.class)
        .hasMessage(
            at.path("source")
                + ": 1 of 100 rows cannot be read, a share of 0.0100 (quarantine.max-fraction"
                + " allows 0.001): the label is \"maybe\"; labels are 0 and 1, or false and true; rows"
                + " that cannot be read are kept in "
                + at.path("data/quarantine"));
    assertThat(Files.exists(directory.resolve("data/quarantine"))).isTrue();
    assertThat(Files.exists(directory.resolve("data/manifest.json"))).isFalse();
    assertThat(Files.exists(directory.resolve("data.temporary"))).isFalse();
  }

  @Test
  void allMissingColumnsAreListedWithTheNearestName() {
    Path source = at.write("a.csv", List.of(HEADER, "0,x,1,1,t,1"));
    JobConfig config =
        at.config(source, "label = cliked, fields = [ user, itm, colour ], weight = w");
    assertThatThrownBy(() -> at.encode(config, "data"))
        .isInstanceOfSatisfying(
            UserError.class,
            e ->
                assertThat(e.problems())
                    .containsExactly(
                        "column \"cliked\" (label) not found in "
                            + source
                            + "; columns: clicked, user, item, price, tags, day; did you mean"
                            + " \"clicked\"?",
                        "column \"w\" (weight) not found",
                        "column \"itm\" not found; did you mean \"item\"?",
                        "column \"colour\" not found"));
  }

  @Test
  void anEmptySplitAndASingleLabelAreRefused() {
    Path source =
        at.write("a.csv", List.of(HEADER, "1,x,1,1,t,2026-01-01", "1,y,1,1,t,2026-01-01"));
    String byDate =
        "label = clicked, fields = [ user ]\n"
            + "split.by-date { column = day, validation-from = \"2026-01-02\" }";
    assertThatThrownBy(() -> at.encode(at.config(source, byDate), "data"))
        .isInstanceOf(UserError.class)
        .hasMessage("split validation: there are no rows in it; check the split settings");
    String all = "label = clicked, split { train = 1, validation = 0, test = 0 }";
    assertThatThrownBy(() -> at.encode(at.config(source, all), "data"))
        .isInstanceOf(UserError.class)
        .hasMessage(
            "split train: the label \"clicked\" is 1 in every row; training needs rows of both"
                + " labels");
  }

  @Test
  void datesSplitRowsAtTheirBounds() {
    EncodedDataSet data =
        at.encode(
            at.config(
                at.writeParts("source", HEADER, rows(300), 2),
                "label = clicked, fields = [ { name = day } ], vocabulary.min-count = 1\n"
                    + "split.by-date { column = day, validation-from = \"2026-01-07\","
                    + " test-from = \"2026-01-09\" }"),
            "data");
    assertThat(EncodingCase.decoded(data, Split.TRAIN))
        .isNotEmpty()
        .allMatch(row -> row.substring(0, 10).compareTo("2026-01-07") < 0);
    assertThat(data.manifest().rows(Split.VALIDATION)).isPositive();
    assertThat(data.manifest().rows(Split.TEST)).isPositive();
  }

  /** Many rows differ only in the column of the split. */
  @Test
  void rowsAreSplitByTheColumnOfTheSplitBesideADate() throws IOException {
    List<String> rows = new ArrayList<>();
    for (int n = 0; n < 400; n++) {
      String ts = n / 2 % 3 == 0 ? "09:00:00" : n / 2 % 3 == 1 ? "13:00:00" : "18:00:00";
      rows.add(n % 2 + ",u" + n / 40 + ",2026-01-0" + (1 + n % 4 / 2) + ",2024-03-31 " + ts);
    }
    String settings =
        """
        label = clicked, date = day, fields = [ user, ts ], vocabulary.min-count = 1
        split.by-date {
          column = ts, validation-from = "2024-03-31 12:00:00", test-from = "2024-03-31 18:00:00"
        }
        """;
    String header = "clicked,user,day,ts";
    EncodedDataSet data =
        at.encode(at.config(at.writeParts("one", header, rows, 1), settings), "d1");
    assertThat(data.manifest().rows(Split.TRAIN)).isEqualTo(134);
    assertThat(data.manifest().rows(Split.VALIDATION)).isEqualTo(134);
    assertThat(data.manifest().rows(Split.TEST)).isEqualTo(132);
    assertThat(EncodingCase.decoded(data, Split.TRAIN))
        .allMatch(row -> row.contains(",2024-03-31 09:00:00"));
    for (VocabularyFile.Values part : EncodingCase.vocabularyParts(data)) {
      assertThat(part.dates()).isSubsetOf("2026-01-01", "2026-01-02");
    }

    String withoutTs = settings.replace("user, ts", "user");
    EncodedDataSet first =
        at.encode(at.config(at.writeParts("first", header, rows, 1), withoutTs), "first-data");
    assertThat(first.manifest().rows(Split.TRAIN)).isEqualTo(134);
    Collections.shuffle(rows, new Random(1));
    EncodedDataSet other =
        at.encode(at.config(at.writeParts("other", header, rows, 5), withoutTs), "other-data");
    assertThat(other.manifest().fingerprint()).isEqualTo(first.manifest().fingerprint());
    EncodedDataSet chosen =
        at.encode(
            at.config(
                at.writeParts("chosen", header, rows, 3),
                settings.replace("[ user, ts ]", "\"*\"")),
            "chosen-data");
    assertThat(chosen.manifest().rows(Split.TRAIN)).isEqualTo(134);
    assertThat(chosen.manifest().rows(Split.VALIDATION)).isEqualTo(134);
  }

  @Test
  void tasksHoldContiguousLogicalPartitionsWhateverTheirNumber() {
    EncodedDataSet data =
        at.encode(at.config(at.writeParts("source", HEADER, rows(300), 2), SETTINGS), "data");
    for (int tasks : new int[] {1, 3, 8, 11}) {
      assertThat(serializedBytes(data.partitions(Split.TRAIN, tasks)))
          .as("what travels with every task")
          .isLessThan(10_000);
      List<List<EncodedBatch>> parts = data.partitions(Split.TRAIN, tasks).glom().collect();
      assertThat(parts).hasSize(tasks);
      for (int t = 0; t < tasks; t++) {
        List<Integer> expected =
            IntStream.range(t * 16 / tasks, (t + 1) * 16 / tasks).boxed().toList();
        assertThat(parts.get(t)).extracting(EncodedBatch::partition).isEqualTo(expected);
      }
    }
  }

  @Test
  void anUnchangedSourceIsNotEncodedAgainAndAChangedOneIs() throws IOException {
    List<String> rows = rows(100);
    Path source = at.writeParts("source", HEADER, rows, 1);
    JobConfig config = at.config(source, SETTINGS);
    at.encode(config, "data");
    Path marker = Files.writeString(directory.resolve("data/rows/part-99999.blocks"), "still here");
    at.encode(config, "data");
    assertThat(marker).exists();
    rows.addAll(rows(50));
    at.writeParts("source", HEADER, rows, 1);
    EncodedDataSet changed = at.encode(config, "data");
    assertThat(marker).doesNotExist();
    assertThat(changed.manifest().rows(Split.TRAIN)).isGreaterThan(100);
  }

  @Full
  @Test
  void aDataSetWhoseVocabularyIsDamagedIsEncodedAgain() throws IOException {
    Path source = at.writeParts("source", HEADER, rows(100), 1);
    JobConfig config = at.config(source, SETTINGS);
    at.encode(config, "data");
    Path vocabulary = directory.resolve("data/vocabulary");
    Map<String, String> sound = ModelDigests.of(vocabulary, name -> !name.endsWith(".crc"));
    assertThat(sound).containsKeys("_fields.json", "_vocabulary.json").hasSizeGreaterThan(2);
    for (String name : sound.keySet()) {
      Path file = vocabulary.resolve(name);
      // Without the local file system's own checksum.
      Files.deleteIfExists(file.resolveSibling("." + name + ".crc"));
      byte[] bytes = Files.readAllBytes(file);
      for (int place : new int[] {0, bytes.length / 3, bytes.length / 2, bytes.length - 2}) {
        byte[] damaged = bytes.clone();
        damaged[place] ^= 1;
        Files.write(file, damaged);
        at.encode(config, "data");
        assertThat(ModelDigests.of(vocabulary, other -> !other.endsWith(".crc")))
            .as(name + " at " + place)
            .isEqualTo(sound);
        Files.deleteIfExists(file.resolveSibling("." + name + ".crc"));
      }
    }
  }

  @Test
  void aDamagedBlockIsNamedWithARemedy() throws IOException {
    Path source = at.writeParts("source", HEADER, rows(100), 1);
    EncodedDataSet data = at.encode(at.config(source, SETTINGS), "data");
    Path file = directory.resolve("data/rows/part-00000.blocks");
    Files.deleteIfExists(file.resolveSibling(".part-00000.blocks.crc"));
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 1;
    Files.write(file, bytes);
    BlockReader blocks = data.blocks(Split.TRAIN);
    assertThatThrownBy(() -> IntStream.range(0, blocks.rows().length).forEach(blocks::read))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("encoded data set " + directory.resolve("data") + " is damaged: ")
        .hasMessageContaining("part-00000.blocks: at byte ")
        .hasMessageEndingWith("; remove the directory, and its rows are encoded again");
  }

  @Test
  void aDirectoryOfSomethingElseIsNotReplaced() {
    Path source = at.writeParts("source", HEADER, rows(50), 1);
    Path precious = at.write("data/precious.txt", List.of("mine"));
    assertThatThrownBy(() -> at.encode(at.config(source, SETTINGS), "data"))
        .isInstanceOf(UserError.class)
        .hasMessage(
            "output.data: "
                + directory.resolve("data")
                + " holds other files; give the encoded data set a directory of its own");
    assertThat(precious).exists();
  }

  /** Bytes of an RDD with its lineage, as each job that uses it sends them. */
  private static int serializedBytes(JavaRDD<EncodedBatch> rows) {
    return SparkEnv.get()
        .closureSerializer()
        .newInstance()
        .serialize(rows.rdd(), ClassTag$.MODULE$.apply(RDD.class))
        .remaining();
  }
}
