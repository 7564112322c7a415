package io.destine.spark.encode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.destine.feature.EncodedBatch;
import io.destine.spark.SharedSpark;
import io.destine.spark.conf.JobConfig;
import io.destine.spark.conf.UserError;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Splits by the value of a column that is no field. */
class SplitKeyTest {
  private static final String HEADER = "clicked,user,n,w";
  private static final String SETTINGS =
      """
      label = clicked, weight = w
      fields = [ { name = n, kind = vector, length = 1 } ]
      split { train = 0.7, validation = 0.2, test = 0.1, seed = 3, key = user }
      """;

  private static final int USERS = 600;
  private static final int WITHOUT = 1000;

  @TempDir Path directory;

  /**
   * Every user has five rows with the user's number as n; in rows without a user, n is unique. Each
   * user also has a row with n from 10,000 on, a number shared by several users whose rows differ
   * only by the user.
   */
  private static List<String> rows() {
    Random random = new Random(5);
    List<String> rows = new ArrayList<>();
    for (int user = 0; user < USERS; user++) {
      for (int i = 0; i < 5; i++) {
        rows.add(random.nextInt(2) + "," + user + "," + user + "," + (1 + random.nextInt(3)));
      }
      rows.add("1," + user + "," + (10_000 + user % 7) + ",1");
    }
    for (int i = 0; i < WITHOUT; i++) {
      rows.add(random.nextInt(2) + ",," + (1000 + i) + ",1");
    }
    Collections.shuffle(rows, random);
    return rows;
  }

  /** How often each number n is in each split. */
  private static Map<String, Integer> encoded(EncodedDataSet data) {
    Map<String, Integer> counts = new HashMap<>();
    for (Split split : Split.values()) {
      for (EncodedBatch block : data.partitions(split, 2).collect()) {
        for (int n = 0; n < block.rows(); n++) {
          counts.merge((int) block.dense()[n] + " " + split.ordinal(), 1, Integer::sum);
        }
      }
    }
    return counts;
  }

  /** The same of rows that are read with the vocabulary of a data set. */
  private static Map<String, Integer> read(JobConfig config, EncodedDataSet data) {
    StoredVocabulary vocabulary =
        StoredVocabulary.open(
            SharedSpark.session().sparkContext().hadoopConfiguration(), data.vocabularyDirectory());
    Map<String, Integer> counts = new HashMap<>();
    try (SourceRows rows = SourceRows.read(SharedSpark.session(), config)) {
      for (Split split : Split.values()) {
        for (EncodedBatch batch : rows.encoded(vocabulary, Optional.of(split)).collect()) {
          for (int n = 0; n < batch.rows(); n++) {
            counts.merge((int) batch.dense()[n] + " " + split.ordinal(), 1, Integer::sum);
          }
        }
      }
    }
    return counts;
  }

  private static int of(Map<String, Integer> counts, int n, int split) {
    return counts.getOrDefault(n + " " + split, 0);
  }

  @Test
  void rowsOfOneValueAreOnOneSideAndRowsWithoutAValueOnAll() {
    EncodingCase at = new EncodingCase(directory);
    JobConfig config = at.config(at.writeParts("source", HEADER, rows(), 3), SETTINGS);
    Map<String, Integer> counts = encoded(at.encode(config, "data"));
    int[] users = new int[3];
    int[] without = new int[3];
    Map<Integer, int[]> shared = new HashMap<>();
    for (int user = 0; user < USERS; user++) {
      Set<Integer> splits = new HashSet<>();
      for (int split = 0; split < 3; split++) {
        if (of(counts, user, split) > 0) {
          splits.add(split);
          users[split]++;
          shared.computeIfAbsent(10_000 + user % 7, n -> new int[3])[split]++;
        }
      }
      assertThat(splits).as("splits of user %d", user).hasSize(1);
    }
    for (int i = 0; i < WITHOUT; i++) {
      for (int split = 0; split < 3; split++) {
        without[split] += of(counts, 1000 + i, split);
      }
    }
    // Three standard deviations of 600 and 1,000 draws.
    assertThat(users[0]).isBetween(387, 453);
    assertThat(users[1]).isBetween(91, 149);
    assertThat(users[0] + users[1] + users[2]).isEqualTo(USERS);
    assertThat(without[0]).isBetween(657, 743);
    assertThat(without[1]).isBetween(163, 237);
    assertThat(without[0] + without[1] + without[2]).isEqualTo(WITHOUT);
    // The rows that differ by their users alone are each where the user's other rows are.
    shared.forEach(
        (n, expected) -> {
          for (int split = 0; split < 3; split++) {
            assertThat(of(counts, n, split)).isEqualTo(expected[split]);
          }
        });
  }

  /** As text, as whole numbers and as decimal ones. */
  @Test
  void splitsDoNotDependOnFormatPartitionsOrOrder() {
    EncodingCase at = new EncodingCase(directory);
    List<String> rows = rows();
    JobConfig text = at.config(at.writeParts("text", HEADER, rows, 3), SETTINGS);
    EncodedDataSet expected = at.encode(text, "data");
    Map<String, Integer> counts = encoded(expected);
    assertThat(read(text, expected)).isEqualTo(counts);
    Collections.shuffle(rows, new Random(8));
    Path shuffled = at.writeParts("shuffled", HEADER, rows, 5);
    EncodedDataSet other = at.encode(at.config(shuffled, SETTINGS), "shuffled-data");
    assertThat(other.manifest().fingerprint()).isEqualTo(expected.manifest().fingerprint());
    Dataset<Row> table =
        SharedSpark.session().read().option("header", true).csv(shuffled.toString());
    for (String type : List.of("int", "double")) {
      Path parquet = directory.resolve(type);
      table
          .selectExpr("int(clicked) clicked", type + "(user) user", "n", "float(w) w")
          .coalesce(2)
          .write()
          .parquet(parquet.toString());
      JobConfig config = at.config(parquet, SETTINGS + "source.format = parquet");
      assertThat(at.encode(config, type + "-data").manifest().fingerprint())
          .isEqualTo(expected.manifest().fingerprint());
      assertThat(read(config, expected)).isEqualTo(counts);
    }
  }

  @Test
  void withoutAKeyUsersAreOnSeveralSides() {
    EncodingCase at = new EncodingCase(directory);
    Path source = at.writeParts("source", HEADER, rows(), 2);
    String byContentSettings = SETTINGS.replace(", key = user", "");
    Map<String, Integer> byUser = encoded(at.encode(at.config(source, SETTINGS), "by-user"));
    Map<String, Integer> byContent =
        encoded(at.encode(at.config(source, byContentSettings), "by-content"));
    assertThat(usersOnTwoSides(byUser)).isZero();
    assertThat(usersOnTwoSides(byContent)).isGreaterThan(100);
  }

  private static long usersOnTwoSides(Map<String, Integer> counts) {
    return IntStream.range(0, USERS)
        .filter(user -> of(counts, user, 0) > 0 && of(counts, user, 1) > 0)
        .count();
  }

  @Test
  void aColumnThatIsNotThereIsNamed() {
    EncodingCase at = new EncodingCase(directory);
    Path source = at.writeParts("source", HEADER, rows(), 1);
    JobConfig config = at.config(source, SETTINGS.replace("key = user", "key = usr"));
    assertThatThrownBy(() -> at.encode(config, "data"))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith("column \"usr\" (split.key) not found in ")
        .hasMessageEndingWith("; did you mean \"user\"?");
  }
}
