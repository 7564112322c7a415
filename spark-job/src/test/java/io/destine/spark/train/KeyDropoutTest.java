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
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyDropoutTest {
  private static final int ROWS = 4000;

  @TempDir Path directory;

  private StoredVocabulary vocabulary(String fields) throws IOException {
    StringBuilder log = new StringBuilder("clicked,user,item\n");
    StringBuilder items = new StringBuilder("item,maker\n");
    for (int n = 0; n < 400; n++) {
      log.append(n % 2).append(",u").append(n % 3).append(",i").append(n % 5).append('\n');
    }
    for (int item = 0; item < 5; item++) {
      items.append('i').append(item).append(",m").append(item % 2).append('\n');
    }
    Files.writeString(directory.resolve("log.csv"), log);
    Files.writeString(directory.resolve("items.csv"), items);
    JobConfig config =
        JobConfigReader.parse(
            """
            source.path = "%s/log.csv"
            label = clicked
            %s
            rates = all
            tables.item { path = "%s/items.csv", key = item, fields = [maker] }
            output { model = "%s/model", data = "%s/data" }
            """
                .formatted(directory, fields, directory, directory, directory),
            List.of());
    EncodedDataSet data =
        new DataSetEncoder()
            .encode(SharedSpark.session(), config, directory.resolve("data").toString());
    return data.sideTables().orElseThrow();
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

  @Test
  void nothingIsDroppedWhereNoFieldIsAKey() throws IOException {
    assertThat(KeyDropout.of(0.25, 7, vocabulary("fields = [user], crosses = none"))).isNull();
    assertThat(KeyDropout.of(0, 7, vocabulary("fields = [user, item], crosses = [[user, item]]")))
        .isNull();
    assertThat(KeyDropout.of(0.25, 7, null)).isNull();
  }
}
