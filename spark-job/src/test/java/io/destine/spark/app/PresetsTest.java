package io.destine.spark.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.destine.feature.FieldKind;
import io.destine.feature.FieldSpec;
import io.destine.spark.SharedSpark;
import io.destine.spark.encode.StoredVocabulary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The shipped presets on made-up files of the form of their data sets. */
class PresetsTest {
  @TempDir Path directory;
  private final SparkSession spark = SharedSpark.session();

  private String lines(String name, int count, IntFunction<String> line) throws IOException {
    Path file = directory.resolve(name);
    Files.write(file, IntStream.range(0, count).mapToObj(line).toList());
    return file.toString();
  }

  private JsonNode encoded(String preset, String... settings) throws IOException {
    return run("encode", preset, settings);
  }

  private JsonNode run(String command, String preset, String... settings) throws IOException {
    List<String> arguments = new ArrayList<>(List.of(command, "--config"));
    arguments.add(Path.of("..", "conf", "presets", preset + ".conf").toString());
    for (String setting : settings) {
      arguments.addAll(List.of("--set", setting));
    }
    arguments.addAll(List.of("--set", "output.model=" + directory.resolve("model")));
    arguments.addAll(List.of("--set", "output.data=" + directory.resolve("data")));
    CommandRun run = CommandRun.of(arguments.toArray(String[]::new));
    assertThat(run.code()).as(run.err()).isZero();
    return run.json();
  }

  private StoredVocabulary vocabulary() {
    return StoredVocabulary.open(
        spark.sparkContext().hadoopConfiguration(),
        directory.resolve("data/vocabulary").toString());
  }

  private static void assertRows(JsonNode json, int train, int validation, int test) {
    assertThat(json.get("train_rows").asInt()).isEqualTo(train);
    assertThat(json.get("validation_rows").asInt()).isEqualTo(validation);
    assertThat(json.get("test_rows").asInt()).isEqualTo(test);
  }

  /** {@code 1 3:1 104:1 ...}: index of field m from 100 m on. */
  private static String libfm(int n, int fields) {
    StringBuilder line = new StringBuilder(n % 3 == 0 ? "1" : "-1");
    for (int m = 0; m < fields; m++) {
      line.append(' ').append(100 * m + (n * (m + 1) + m) % 20).append(":1");
    }
    return line.toString();
  }

  private JsonNode libfm(String preset, int fields) throws IOException {
    return libfm("encode", preset, fields);
  }

  private JsonNode libfm(String command, String preset, int fields) throws IOException {
    String damaged = lines("train", 71, n -> n == 70 ? "1 1:1 2:0.5" : libfm(n, fields));
    return run(
        command,
        preset,
        "split.paths.train=" + damaged,
        "split.paths.validation=" + lines("validation", 20, n -> libfm(n + 70, fields)),
        "split.paths.test="
            + lines(
                "test",
                10,
                n ->
                    (n % 3 == 0 ? "# " + n + "\n \n" : "\t")
                        + libfm(n + 90, fields)
                        + (n % 2 == 0 ? "\t" : " \t# row")),
        "quarantine.max-fraction=0.05",
        "train.epochs=1");
  }

  @Test
  void predictWithoutInputScoresTheRowsOfAllPaths() throws IOException {
    libfm("train", "movielens-tag", 3);
    CommandRun predicted =
        CommandRun.of(
            "predict",
            "--model",
            directory.resolve("model").toString(),
            "--output",
            directory.resolve("scores").toString());
    assertThat(predicted.code()).as(predicted.err()).isZero();
    assertThat(predicted.json().get("rows").asInt()).isEqualTo(71 + 20 + 10);
    assertThat(spark.read().parquet(directory.resolve("scores").toString()).count()).isEqualTo(101);
  }

  @Test
  void frappe() throws IOException {
    JsonNode json = libfm("frappe", 10);
    assertRows(json, 70, 20, 10);
    assertThat(json.get("quarantined").asInt()).isEqualTo(1);
    // Each field has 20 indexes, or a divisor of that; all of them in training rows.
    assertThat(vocabulary().valuesByField()).containsExactly(20, 10, 20, 5, 4, 10, 20, 5, 20, 2);
  }

  @Test
  void movielensTags() throws IOException {
    assertRows(libfm("movielens-tag", 3), 70, 20, 10);
    assertThat(vocabulary().valuesByField()).containsExactly(20, 10, 20);
    assertThat(vocabulary().load().knows(1, "101")).isTrue();
  }

  @Test
  void avazu() throws IOException {
    IntFunction<String> row =
        n -> {
          StringBuilder line = new StringBuilder(n < 0 ? "label" : n % 5 == 0 ? "1" : "0");
          for (int m = 1; m <= 22; m++) {
            line.append(n < 0 ? ",feat_" + m : "," + (n * m % 30 + 1000 * m));
          }
          return line.toString();
        };
    JsonNode json =
        encoded(
            "avazu",
            "split.paths.train=" + lines("train.csv", 71, n -> row.apply(n - 1)),
            "split.paths.validation=" + lines("valid.csv", 11, n -> row.apply(n - 1)),
            "split.paths.test=" + lines("test.csv", 21, n -> row.apply(n - 1)));
    assertRows(json, 70, 10, 20);
    assertThat(vocabulary().fields().inputs()).hasSize(22);
    assertThat(vocabulary().valuesByField()).startsWith(30, 15, 10);
  }

  @Test
  void movielens1m() throws IOException {
    JsonNode json =
        encoded(
            "movielens-1m",
            "source.path="
                + lines(
                    "ratings.dat",
                    1000,
                    n -> 1 + n % 40 + "::" + (1 + n % 50) + "::" + (1 + n % 5) + "::97" + n),
            "tables.user.path="
                + lines(
                    "users.dat", 40, n -> 1 + n + "::" + (n % 2 == 0 ? "F" : "M") + "::25::7::z"),
            "tables.movie.path="
                + lines("movies.dat", 60, n -> 1 + n + "::No. " + n % 7 + " (1995)::Drama|War"));
    int rows =
        json.get("train_rows").asInt()
            + json.get("validation_rows").asInt()
            + json.get("test_rows").asInt();
    // Without those of three stars.
    assertThat(rows).isEqualTo(800);
    assertThat(vocabulary().fields().specs())
        .extracting(FieldSpec::name)
        .startsWith("user", "movie", "genres", "title", "gender", "age", "occupation", "zip");
    assertThat(vocabulary().sideTables().table(0).rows()).isEqualTo(61);
    assertThat(vocabulary().load().knows(2, "War")).isTrue();
    assertThat(vocabulary().load().knows(3, "1995")).isTrue();
  }

  @Test
  void movielensLatest() throws IOException {
    JsonNode json =
        encoded(
            "movielens-latest",
            "source.path="
                + lines(
                    "ratings.csv",
                    501,
                    n ->
                        n == 0
                            ? "userId,movieId,rating,timestamp"
                            : n % 20 + "," + n % 30 + "," + (0.5 + n % 10 / 2.0) + ",97" + n),
            "tables.movie.path="
                + lines(
                    "movies.csv",
                    31,
                    n ->
                        n == 0
                            ? "movieId,title,genres"
                            : n - 1 + ",\"Film, The (199" + n % 9 + ")\",Comedy|Drama"));
    assertThat(json.get("train_rows").asInt()).isBetween(360, 440);
    assertThat(json.get("quarantined").asInt()).isZero();
    assertThat(vocabulary().load().knows(3, "film")).isTrue();
  }

  @Test
  void adult() throws IOException {
    IntFunction<String> person =
        n ->
            (17 + n % 60)
                + ", Private, "
                + n
                + ", HS-grad, 9, "
                + (n % 3 == 0 ? "?" : "Divorced")
                + ", Sales, Husband, White, Male, 0, 0, "
                + (20 + n % 40)
                + ", Cuba, "
                + (n % 4 == 0 ? ">50K" : "<=50K");
    JsonNode json =
        encoded(
            "adult",
            "source.path=["
                + lines("adult.data", 300, person)
                + ","
                + lines(
                    "adult.test",
                    101,
                    n -> n == 0 ? "|1x3 Cross validator" : person.apply(n + 300) + ".")
                + "]",
            "quarantine.max-fraction=0.05");
    int train = json.get("train_rows").asInt();
    assertThat(train).isBetween(250, 310);
    assertThat(json.get("quarantined").asInt()).isEqualTo(1);
    assertThat(vocabulary().fields().inputs()).hasSize(12);
    assertThat(vocabulary().load().knows(3, "Divorced")).isTrue();
    assertThat(vocabulary().load().knows(3, "?")).isFalse();
  }

  @Test
  void mmgcn() throws IOException {
    String vector = "transform(sequence(1, 128), j -> cast(id * j % 7 as float))";
    spark
        .sql(
            "select id as item, "
                + vector
                + " as visual, "
                + vector
                + " as acoustic, "
                + vector
                + " as textual from range(30)")
        .write()
        .parquet(directory.resolve("items").toString());
    for (String part : List.of("train", "validation", "test")) {
      spark
          .sql("select id % 2 as label, id % 11 as user, id % 30 as item from range(90)")
          .write()
          .parquet(directory.resolve(part).toString());
    }
    JsonNode json =
        encoded(
            "mmgcn",
            "split.paths.train=" + directory.resolve("train"),
            "split.paths.validation=" + directory.resolve("validation"),
            "split.paths.test=" + directory.resolve("test"),
            "tables.item.path=" + directory.resolve("items"));
    assertRows(json, 90, 90, 90);
    assertThat(vocabulary().fields().specs().subList(2, 5))
        .allMatch(field -> field.kind() == FieldKind.VECTOR && field.length() == 128);
    assertThat(vocabulary().sideTables().table(0).rows()).isEqualTo(31);
  }
}
