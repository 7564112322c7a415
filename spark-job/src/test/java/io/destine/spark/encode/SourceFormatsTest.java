package io.destine.spark.encode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.destine.spark.SharedSpark;
import io.destine.spark.conf.JobConfig;
import io.destine.spark.conf.JobConfigReader;
import io.destine.spark.conf.UserError;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TimeZone;
import java.util.stream.IntStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SourceFormatsTest {
  private static final String TYPED =
      """
      label = y, weight = w, group = g
      fields = [
        { name = user }
        { name = n, kind = numeric, transform = none }
        { name = tags, kind = multi }
        { name = image, kind = vector, length = 2 }
      ]
      vocabulary.min-count = 1
      split { train = 1, validation = 0, test = 0 }
      """;

  @TempDir Path directory;
  private EncodingCase at;

  @BeforeEach
  void openCase() {
    at = new EncodingCase(directory);
  }

  private static List<String> typedRows() {
    return IntStream.range(0, 60)
        .mapToObj(
            i ->
                String.format(
                    "%d,%d.5,g%d,u%d,%d,a%d|b%d,0.5|%d",
                    i % 2, i % 4, i % 5, i % 7, i, i % 3, i % 4, i))
        .toList();
  }

  private Dataset<Row> typedTable(Path csv) {
    return SharedSpark.session()
        .read()
        .option("header", true)
        .csv(csv.toString())
        .selectExpr(
            "y = '1' as y",
            "cast(w as double) as w",
            "g",
            "user",
            "cast(n as bigint) as n",
            "split(tags, '[|]') as tags",
            "transform(split(image, '[|]'), x -> cast(x as float)) as image");
  }

  @Test
  void csvParquetAndJsonOfTheSameRowsGiveTheSameDataSet() {
    Path csv = at.writeParts("csv", "y,w,g,user,n,tags,image", typedRows(), 2);
    String fingerprint = at.encode(at.config(csv, TYPED), "a").manifest().fingerprint();
    typedTable(csv).write().parquet(at.path("parquet"));
    typedTable(csv).write().json(at.path("json"));
    typedTable(csv).write().orc(at.path("orc"));
    for (String format : List.of("parquet", "json", "orc")) {
      JobConfig config = at.config(directory.resolve(format), TYPED + "source.format = " + format);
      assertThat(at.encode(config, "data-" + format).manifest().fingerprint())
          .as(format)
          .isEqualTo(fingerprint);
    }
  }

  @Test
  void weightsGroupsListsAndVectorsArriveWithTheirRows() {
    Path csv = at.writeParts("csv", "y,w,g,user,n,tags,image", typedRows(), 2);
    EncodedDataSet data = at.encode(at.config(csv, TYPED), "data");
    List<String> expected = new ArrayList<>();
    for (String row : typedRows()) {
      String[] c = row.split(",");
      String[] image = c[6].split("\\|");
      expected.add(
          String.format(
              "%s,%s,[%s],%s,%s.0 -> %s.0 * %s",
              c[3], c[4], c[5].replace("|", ", "), image[0], image[1], c[0], c[1]));
    }
    assertThat(EncodingCase.decoded(data, Split.TRAIN))
        .containsExactlyInAnyOrderElementsOf(expected);
    long groups =
        data.partitions(Split.TRAIN, 2).collect().stream()
            .flatMapToLong(batch -> Arrays.stream(batch.groups()))
            .distinct()
            .count();
    assertThat(groups).isEqualTo(5);
  }

  @Test
  void aNegativeWeightIsQuarantined() {
    Path csv = at.write("a.csv", List.of("y,w,g,user,n,tags,image", "1,-1,g,u,1,a,1|2"));
    assertThatThrownBy(() -> at.encode(at.config(csv, TYPED), "data"))
        .isInstanceOf(UserError.class)
        .hasMessageEndingWith(
            "column \"w\": weight -1 is not allowed; a weight is 0 or a number from 1e-30 to 1e30;"
                + " rows that cannot be read are kept in "
                + directory.resolve("data/quarantine"));
  }

  @Test
  void aFileOfCriteosShapeIsEncodedByTheShippedConfiguration() {
    Random random = new Random(1);
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < 400; i++) {
      List<String> row = new ArrayList<>(List.of(Integer.toString(random.nextInt(4) == 0 ? 1 : 0)));
      for (int k = 0; k < 13; k++) {
        row.add(random.nextInt(5) == 0 ? "" : Integer.toString(random.nextInt(900) - 2));
      }
      for (int k = 0; k < 26; k++) {
        row.add(random.nextInt(9) == 0 ? "" : String.format("%08x", random.nextInt(30)));
      }
      lines.add(String.join("\t", row));
    }
    Path file = at.write("train.txt", lines);
    JobConfig config =
        JobConfigReader.read(
            Path.of("../conf/criteo.conf"),
            List.of("source.path=" + file, "train.blocks-per-step=4"));
    EncodedDataSet data = at.encode(config, "data");
    assertThat(data.manifest().fields().singles()).isEqualTo(39);
    assertThat(data.manifest().quarantined()).isZero();
    long rows = 0;
    for (Split split : Split.values()) {
      rows += data.manifest().rows(split);
      assertThat(data.manifest().positives(split)).isBetween(1L, data.manifest().rows(split) / 2);
    }
    assertThat(rows).isEqualTo(400);
  }

  @Test
  void separatePathsAreTheSplits() {
    String header = "y,user";
    Path train = at.write("a.csv", List.of(header, "0,x", "1,y", "1,x"));
    Path validation = at.write("b.csv", List.of(header, "0,y"));
    JobConfig config =
        JobConfigReader.parse(
            String.format(
                "label = y, output.model = m, vocabulary.min-count = 1%n"
                    + "split.paths { train = \"%s\", validation = \"%s\" }",
                train, validation),
            List.of());
    EncodedDataSet data = at.encode(config, "data");
    assertThat(EncodingCase.decoded(data, Split.TRAIN))
        .containsExactlyInAnyOrder("x -> 0.0 * 1.0", "y -> 1.0 * 1.0", "x -> 1.0 * 1.0");
    assertThat(EncodingCase.decoded(data, Split.VALIDATION)).containsExactly("y -> 0.0 * 1.0");
    assertThat(data.manifest().warnings())
        .anyMatch(w -> w.startsWith("split validation: all labels are 0"));
  }

  @Test
  void aColumnToChooseFieldsFromMustBeInTheFileOfEachSplit() {
    Path train = at.write("a.csv", List.of("y,user,site", "0,x,s", "1,y,t", "1,x,t"));
    Path validation = at.write("b.csv", List.of("y,user", "0,y", "1,x"));
    JobConfig config =
        JobConfigReader.parse(
            String.format(
                "label = y, output.model = m, fields = \"*\"%n"
                    + "split.paths { train = \"%s\", validation = \"%s\" }",
                train, validation),
            List.of());
    assertThatThrownBy(() -> at.encode(config, "data"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("column \"site\" not found in " + validation);
  }

  @Test
  void anAbsentSourceIsOneClearLine() {
    assertThatThrownBy(() -> at.encode(at.config(directory.resolve("none"), "label = y"), "data"))
        .isInstanceOfSatisfying(UserError.class, e -> assertThat(e.problems()).hasSize(1))
        .hasMessageEndingWith("none: no such file or directory");
  }

  /** The session's zone is UTC, as conf/spark-defaults.conf has it. */
  @Test
  void timestampsGiveTheSameIdsAndSplitsInEveryZoneOfTheJvm() {
    SharedSpark.session()
        .sql(
            "select cast(id % 3 = 0 as int) as y,"
                + " timestamp_seconds(1767225600 + id * 1800) as at,"
                + " array(timestamp_seconds(id % 5 * 86400)) as days,"
                + " date_from_unix_date(20000 + id % 7) as day from range(90)")
        .write()
        .parquet(at.path("times"));
    String settings =
        "label = y, source.format = parquet, date = day, vocabulary.min-count = 1\n"
            + "fields = [ at, day, { name = days, kind = multi } ]";
    JobConfig config = at.config(directory.resolve("times"), settings);
    TimeZone before = TimeZone.getDefault();
    try {
      TimeZone.setDefault(TimeZone.getTimeZone("UTC"));
      EncodedDataSet utc = at.encode(config, "utc");
      TimeZone.setDefault(TimeZone.getTimeZone("Asia/Tokyo"));
      EncodedDataSet tokyo = at.encode(config, "tokyo");
      assertThat(tokyo.manifest().vocabularyFingerprint())
          .isEqualTo(utc.manifest().vocabularyFingerprint());
      assertThat(tokyo.manifest().fingerprint()).isEqualTo(utc.manifest().fingerprint());
      assertThat(EncodingCase.decoded(utc, Split.TRAIN))
          .anyMatch(row -> row.startsWith("2026-01-0"))
          .noneMatch(row -> row.contains("oov"));
    } finally {
      TimeZone.setDefault(before);
    }
  }

  @Test
  void aTimeWithoutAZoneIsComparedWithBoundsAsATimestampIs() {
    SharedSpark.session()
        .sql(
            "select cast(id % 2 as int) as y, concat('u', id) as user,"
                + " timestamp_ntz'2024-03-31 09:00:00' + make_dt_interval(0, id) as ts"
                + " from range(6)")
        .write()
        .parquet(at.path("clock"));
    EncodedDataSet data =
        at.encode(
            at.config(
                directory.resolve("clock"),
                """
                label = y, source.format = parquet, vocabulary.min-count = 1
                fields = [ user, ts ]
                split.by-date { column = ts, validation-from = "2024-03-31 12:00:00" }
                """),
            "by-clock");
    assertThat(EncodingCase.decoded(data, Split.TRAIN))
        .containsExactlyInAnyOrder(
            "u0,2024-03-31 09:00:00.0 -> 0.0 * 1.0",
            "u1,2024-03-31 10:00:00.0 -> 1.0 * 1.0",
            "u2,2024-03-31 11:00:00.0 -> 0.0 * 1.0");
  }

  private static final String TEXTS =
      """
      label = y
      vocabulary.min-count = 1, quarantine.max-fraction = 1
      split { train = 1, validation = 0, test = 0 }
      """;

  private List<String> encoded(Path source, String settings, String name) {
    return EncodingCase.decoded(at.encode(at.config(source, TEXTS + settings), name), Split.TRAIN);
  }

  /** Why rows of an encoded source are in its quarantine. */
  private List<String> reasons(String name) {
    return SharedSpark.session()
        .read()
        .json(at.path(name + "/quarantine"))
        .select("reason")
        .as(Encoders.STRING())
        .collectAsList();
  }

  /** Bytes e9 and e8 are \u00e9 and \u00e8 in ISO-8859-1, and no text in UTF-8. */
  @Test
  void differentBytesThatAreNotTextNeverBecomeOneValue() throws IOException {
    Path csv = directory.resolve("latin.csv");
    Files.writeString(
        csv, "y,u\n1,caf\u00e9\n0,caf\u00e8\n1,tea\n0,milk\n", StandardCharsets.ISO_8859_1);
    assertThat(encoded(csv, "", "wrong"))
        .containsExactlyInAnyOrder("tea -> 1.0 * 1.0", "milk -> 0.0 * 1.0");
    assertThat(reasons("wrong"))
        .hasSize(2)
        .allMatch(reason -> reason.contains("field u: \"caf\uFFFD\" holds bytes that are"));
    assertThat(encoded(csv, "source.options.encoding = ISO-8859-1", "right"))
        .containsExactlyInAnyOrder(
            "caf\u00e9 -> 1.0 * 1.0",
            "caf\u00e8 -> 0.0 * 1.0",
            "tea -> 1.0 * 1.0",
            "milk -> 0.0 * 1.0");
    SharedSpark.session()
        .sql(
            "select 1 as y, cast(X'636166e9' as string) as u"
                + " union all select 0, 'tea' union all select 1, 'milk'")
        .write()
        .parquet(at.path("broken"));
    assertThat(encoded(directory.resolve("broken"), "source.format = parquet", "of-parquet"))
        .containsExactlyInAnyOrder("tea -> 0.0 * 1.0", "milk -> 1.0 * 1.0");
  }

  /** Row 100 is in the second slice of rows, after 64 rows that have been read. */
  @ParameterizedTest
  @CsvSource({"multi, |", "text, ' '"})
  void aListThatIsNotTextLeavesTheListsOfEarlierRowsAsTheyAre(String kind, String separator)
      throws IOException {
    StringBuilder csv = new StringBuilder("y,tags\n");
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      csv.append(i % 2).append(",a").append(i).append(separator);
      csv.append(i == 100 ? "\u00e9" : "b" + i).append('\n');
      if (i != 100) {
        expected.add(String.format("[a%d, b%d] -> %d.0 * 1.0", i, i, i % 2));
      }
    }
    Path file = directory.resolve("lists.csv");
    Files.writeString(file, csv, StandardCharsets.ISO_8859_1);
    assertThat(encoded(file, "fields = [ { name = tags, kind = " + kind + " } ]", kind))
        .containsExactlyInAnyOrderElementsOf(expected);
    assertThat(reasons(kind)).hasSize(1);
  }

  @Test
  void aBadRowWithTimesWithoutAZoneAndIntervalsIsKeptInQuarantine() {
    SharedSpark.session()
        .sql(
            "select cast(id as int) as y, timestamp_ntz'2024-03-31 02:30:00' as ts,"
                + " interval '1' day as age, concat('u', id) as user from range(3)")
        .write()
        .parquet(at.path("clock"));
    assertThat(
            encoded(
                directory.resolve("clock"),
                "source.format = parquet, fields = [ user, ts, age ]",
                "intervals"))
        .hasSize(2);
    Row bad =
        SharedSpark.session().read().json(at.path("intervals/quarantine")).collectAsList().get(0);
    assertThat(bad.<String>getAs("reason")).contains("label");
    assertThat(bad.mkString(" "))
        .contains("\"y\":\"2\"", "\"ts\":\"2024-03-31 02:30:00.0\"", "\"user\":\"u2\"");
  }

  @Test
  void aGroupThatIsNotTextIsNamedByItsColumn() throws IOException {
    Path csv = directory.resolve("session.csv");
    Files.writeString(
        csv, "y,u,s\n1,tea,a\n0,milk,b\n0,cola,\u00e9\n", StandardCharsets.ISO_8859_1);
    assertThat(encoded(csv, "fields = [ { name = u } ], group = s", "session"))
        .containsExactlyInAnyOrder("tea -> 1.0 * 1.0", "milk -> 0.0 * 1.0");
    assertThat(reasons("session"))
        .singleElement()
        .asString()
        .contains("field s: \"\uFFFD\" holds bytes that are");
  }
}
