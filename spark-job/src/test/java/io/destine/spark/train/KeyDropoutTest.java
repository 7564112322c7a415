package io.destine.spark.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.destine.feature.EncodedBatch;
import io.destine.feature.LabelRate;
import io.destine.feature.Vocabulary;
import io.destine.spark.SharedSpark;
import io.destine.spark.conf.JobConfig;
import io.destine.spark.conf.JobConfigReader;
import io.destine.spark.encode.DataSetEncoder;
import io.destine.spark.encode.EncodedDataSet;
import io.destine.spark.encode.StoredVocabulary;
import io.destine.spark.parameters.ModelBase;
import io.destine.train.TrainingListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyDropoutTest {
  private static final int ROWS = 4000;

  @TempDir Path directory;

  private JobConfig config(Path outputs, String fields) throws IOException {
    StringBuilder log = new StringBuilder("clicked,user,item,hour\n");
    StringBuilder items = new StringBuilder("item,maker\n");
    for (int n = 0; n < 400; n++) {
      log.append(n % 2).append(",u").append(n % 3).append(",i").append(n % 5);
      log.append(",h").append(n % 4).append("\n");
    }
    for (int item = 0; item < 5; item++) {
      items.append('i').append(item).append(",m").append(item % 2).append('\n');
    }
    Files.writeString(directory.resolve("log.csv"), log);
    Files.writeString(directory.resolve("items.csv"), items);
    return JobConfigReader.parse(
        """
            source.path = "%s/log.csv"
            label = clicked
            %s
            rates = all
            tables.item { path = "%s/items.csv", key = item, fields = [maker] }
            output { model = "%s/model", data = "%s/data" }
            """
            .formatted(directory, fields, directory, outputs, outputs),
        List.of());
  }

  private StoredVocabulary vocabulary(String fields) throws IOException {
    EncodedDataSet data =
        new DataSetEncoder()
            .encode(
                SharedSpark.session(),
                config(directory, fields),
                directory.resolve("data").toString());
    return data.sideTables().orElseThrow();
  }

  /** The embedding of unknown items after an epoch in whose rows all items are known. */
  private double[] unknown(double rate, List<String> said) throws IOException {
    return unknown("fields = [user, item]", rate, said);
  }

  private double[] unknown(String fields, double rate, List<String> said) throws IOException {
    String settings =
        """
        , crosses = none, model { embedding-dim = 4, heads = 1, head-dim = 4, key-dropout = %s }
        train { epochs = 1, batch-size = 64, embedding-l2 = 0, average = 0 }
        """
            .formatted(rate);
    Path own = Files.createTempDirectory(directory, "trained");
    JobConfig config = config(own, fields + settings);
    new TrainJob(SharedSpark.session(), config, "test", said::add).run(TrainingListener.NONE);
    Configuration hadoop = SharedSpark.context().hadoopConfiguration();
    String model = own.resolve("model").toString();
    Vocabulary words = StoredVocabulary.open(hadoop, model + "/vocabulary").load();
    int id = words.missing(fields.contains("item") ? 1 : 0) + 1;
    double[] row = new double[4];
    ModelBase.open(hadoop, model)
        .read(
            reader -> {
              reader.parameters().embedding().read(id, row, 0);
              return reader;
            });
    return row;
  }

  @Test
  void aTrainingLearnsTheEmbeddingOfUnknownKeysWithItAlone() throws IOException {
    List<String> said = new ArrayList<>();
    double[] initial = unknown(0, said);
    assertThat(unknown(0.25, said)).isNotEqualTo(initial);
    assertThat(said).noneMatch(line -> line.contains("key-dropout"));
    unknown("fields = [user]", 0.25, said);
    assertThat(said)
        .contains(
            "warning: model.key-dropout has no effect: no field of the log is the key of a side"
                + " table");
  }

  /** Stored rows: user, item, cross, rates of the three, and the number of the item's row. */
  @Test
  void theKeyItsCrossesAndTheirRatesCountAsUnknown() throws IOException {
    StoredVocabulary stored = vocabulary("fields = [user, item], crosses = [[user, item]]");
    Vocabulary words = stored.load();
    int[] row = {words.id(0, "u1"), words.id(1, "i2"), words.missing(3) + 3, 901, 902, 903, 3};
    int[] ids = new int[ROWS * row.length];
    for (int n = 0; n < ROWS; n++) {
      System.arraycopy(row, 0, ids, n * row.length, row.length);
    }
    EncodedBatch rows = EncodedBatch.ofIds(ids, new float[ROWS]);
    KeyDropout dropout = KeyDropout.of(0.25, 7, stored);
    // Fields: user, item, maker, cross, rates of user, item and cross.
    int[] dropped = row.clone();
    dropped[1] = words.missing(1) + 1;
    dropped[2] = words.missing(3) + 1;
    dropped[4] = words.missing(5) + 1 + LabelRate.PRIOR_BUCKET;
    dropped[5] = words.missing(6) + 1 + LabelRate.PRIOR_BUCKET;
    EncodedBatch after = dropout.apply(rows, 0);
    int count = 0;
    for (int n = 0; n < ROWS; n++) {
      int[] own = Arrays.copyOfRange(after.ids(), n * row.length, (n + 1) * row.length);
      count += Arrays.equals(own, dropped) ? 1 : 0;
      assertThat(own)
          .satisfiesAnyOf(
              o -> assertThat(o).containsExactly(row), o -> assertThat(o).containsExactly(dropped));
    }
    // Five standard deviations of a binomial distribution.
    assertThat(count).isBetween(1000 - 137, 1000 + 137);
    assertThat(rows.ids()).containsExactly(ids);
    assertThat(dropout.apply(rows, 0).ids()).containsExactly(after.ids());
    assertThat(dropout.apply(rows, 1).ids()).isNotEqualTo(after.ids());
    // A row is treated alike in any company.
    int[] order = {17, 3999, 4};
    EncodedBatch few = dropout.apply(rows.select(order, 0, 3), 0);
    for (int i = 0; i < order.length; i++) {
      assertThat(Arrays.copyOfRange(few.ids(), i * row.length, (i + 1) * row.length))
          .containsExactly(
              Arrays.copyOfRange(after.ids(), order[i] * row.length, (order[i] + 1) * row.length));
    }
  }

  /** As a hash chooses the ids of new values, each equally often, also together with a cross. */
  @Test
  void allIdsOfUnknownValuesAreTrained() throws IOException {
    StoredVocabulary stored =
        vocabulary("fields = [user, item], crosses = [[user, item]], vocabulary.oov-buckets = 4");
    Vocabulary words = stored.load();
    int[] ids = new int[ROWS * 7];
    EncodedBatch after =
        KeyDropout.of(0.25, 7, stored).apply(EncodedBatch.ofIds(ids, new float[ROWS]), 0);
    int[][] counts = new int[4][4];
    for (int at = 0; at < ids.length; at += 7) {
      if (after.ids()[at + 1] != 0) {
        counts[after.ids()[at + 1] - words.missing(1) - 1][
            after.ids()[at + 2] - words.missing(3) - 1]++;
      }
    }
    // Each of 16 pairs has a share of 1 / 64 of the rows; five standard deviations.
    assertThat(Arrays.stream(counts).flatMapToInt(Arrays::stream))
        .allSatisfy(count -> assertThat(count).isBetween(62 - 39, 62 + 39));
  }

  /** The rate of an unknown item's cross is that of the cross that it contains. */
  @Test
  void theRateOfAnUnknownCrossIsThatOfWhatItContains() throws IOException {
    StoredVocabulary stored =
        vocabulary(
            "fields = [user, item, hour], crosses = [[user, item, hour], [hour, user], [item, user]]");
    Vocabulary words = stored.load();
    // Stored: user, item, hour, three crosses, rates of the six, and the number of the item's row.
    int[] row = {1, 2, 3, 4, 5, 6, 0, 0, 0, 0, 0, 0, 1};
    for (int i = 0; i < 6; i++) {
      // Fields of the vocabulary: with maker after hour.
      row[6 + i] = words.missing(7 + i) + 1 + 10 * i;
    }
    int[] ids = new int[ROWS * row.length];
    for (int n = 0; n < ROWS; n++) {
      System.arraycopy(row, 0, ids, n * row.length, row.length);
    }
    EncodedBatch after =
        KeyDropout.of(0.25, 7, stored).apply(EncodedBatch.ofIds(ids, new float[ROWS]), 0);
    int count = 0;
    for (int at = 0; at < ids.length; at += row.length) {
      boolean dropped = after.ids()[at + 1] != row[1];
      count += dropped ? 1 : 0;
      // The rates of user x item x hour, hour x user, and item x user.
      assertThat(after.ids()[at + 9]).isEqualTo(words.missing(10) + 1 + (dropped ? 40 : 30));
      assertThat(after.ids()[at + 10]).isEqualTo(row[10]);
      assertThat(after.ids()[at + 11])
          .isEqualTo(words.missing(12) + 1 + (dropped ? LabelRate.PRIOR_BUCKET : 50));
    }
    assertThat(count).isPositive();
  }

  @Test
  void nothingIsDroppedWhereNoFieldIsAKey() throws IOException {
    assertThat(KeyDropout.of(0.25, 7, vocabulary("fields = [user], crosses = none"))).isNull();
    assertThat(KeyDropout.of(0, 7, vocabulary("fields = [user, item], crosses = [[user, item]]")))
        .isNull();
    assertThat(KeyDropout.of(0.25, 7, null)).isNull();
  }
}
