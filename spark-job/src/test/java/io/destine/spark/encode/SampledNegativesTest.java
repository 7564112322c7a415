package io.destine.spark.encode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.destine.feature.EncodedBatch;
import io.destine.feature.FieldSpec;
import io.destine.spark.SharedSpark;
import io.destine.spark.conf.CrossConfig;
import io.destine.spark.conf.EncodingConfig;
import io.destine.spark.conf.Sampling;
import io.destine.spark.conf.UserError;
import io.destine.spark.conf.VocabularyConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SampledNegativesTest {
  private static final Sampling TENTH = new Sampling(0.1, 1);

  @TempDir Path directory;
  private final SparkSession spark = SharedSpark.session();
  private final Dataset<Row> rows =
      spark.sql(
          "select cast(pmod(hash(id), 4) = 0 as int) as y, 1.5 as w, pmod(hash(id, 1), 700) as a"
              + " from range(6000)");

  private EncodedDataSet encode(Dataset<Row> table, Sampling sampling, Optional<String> weight) {
    EncodingConfig config =
        EncodingConfig.of("y")
            .withFields(List.of(FieldSpec.categorical("a")))
            .withCrosses(new CrossConfig(CrossConfig.Search.NONE, List.of(), 0, 1))
            .withSampling(sampling)
            .withVocabulary(new VocabularyConfig(2, 1))
            .withColumns(weight, Optional.empty(), Optional.empty())
            .withBlockRows(256);
    String name = directory.resolve(sampling + "-" + table.rdd().getNumPartitions()).toString();
    return new TableEncoder(spark, config).encode(table, name);
  }

  /** Label and weight of each row of a split, sorted. */
  private static List<String> labels(EncodedDataSet data, Split split) {
    List<String> labels = new ArrayList<>();
    for (EncodedBatch batch : data.partitions(split, 2).collect()) {
      for (int n = 0; n < batch.rows(); n++) {
        labels.add(batch.labels()[n] + " x " + batch.weight(n));
      }
    }
    Collections.sort(labels);
    return labels;
  }

  @Test
  void aShareOfTheNegativesThatTrainIsKept() {
    DataSetManifest all = encode(rows, Sampling.NONE, Optional.empty()).manifest();
    EncodedDataSet sampled = encode(rows, TENTH, Optional.empty());
    DataSetManifest some = sampled.manifest();
    long negatives = all.rows(Split.TRAIN) - all.positives(Split.TRAIN);
    long kept = some.rows(Split.TRAIN) - some.positives(Split.TRAIN);
    assertThat(some.positives(Split.TRAIN)).isEqualTo(all.positives(Split.TRAIN));
    assertThat((double) kept)
        .isCloseTo(0.1 * negatives, within(4 * Math.sqrt(negatives * 0.1 * 0.9)));
    assertThat(some.dropped()).isEqualTo(negatives - kept);
    assertThat(all.dropped()).isZero();
    for (Split split : List.of(Split.VALIDATION, Split.TEST)) {
      assertThat(some.rows(split)).isEqualTo(all.rows(split));
      assertThat(some.positives(split)).isEqualTo(all.positives(split));
    }
    assertThat(some.sampling().logitShift()).isCloseTo(Math.log(0.1), within(1e-15));
    // Of each value 8.6 rows in the mean; two that are kept make an id.
    assertThat(some.vocabularySize()).isLessThan(all.vocabularySize());
    String json = ManifestFormat.write(some);
    assertThat(ManifestFormat.read(json, "manifest.json").sampling()).isEqualTo(TENTH);
    assertThat(ManifestFormat.read(json.replace("negatives", "x"), "of before").sampling())
        .isEqualTo(Sampling.NONE);
  }

  @Test
  void aShareThatLeavesNoNegativeIsRefused() {
    assertThatThrownBy(() -> encode(rows, new Sampling(1e-9, 1), Optional.empty()))
        .isInstanceOf(UserError.class)
        .hasMessage(
            "split train: negatives = 1.0E-9 leaves no row with label 0; training needs rows of"
                + " both labels");
    assertThatThrownBy(() -> encode(rows.filter("y = 1"), TENTH, Optional.empty()))
        .isInstanceOf(UserError.class)
        .hasMessage(
            "split train: the label \"y\" is 1 in every row; training needs rows of both labels");
  }

  @Test
  void theSameRowsAreKeptHoweverTheTableIsPartitioned() {
    DataSetManifest one = encode(rows.coalesce(1), TENTH, Optional.empty()).manifest();
    DataSetManifest seven = encode(rows.repartition(7), TENTH, Optional.empty()).manifest();
    assertThat(seven.fingerprint()).isEqualTo(one.fingerprint());
    assertThat(seven.vocabularyFingerprint()).isEqualTo(one.vocabularyFingerprint());
    assertThat(seven.dropped()).isEqualTo(one.dropped());
  }

  @Test
  void positiveRowsThatTrainWeighMoreAndNoOthersDo() {
    Sampling threefold = new Sampling(1, 3);
    EncodedDataSet data = encode(rows, threefold, Optional.empty());
    assertThat(labels(data, Split.TRAIN)).containsOnly("0.0 x 1.0", "1.0 x 3.0");
    assertThat(labels(data, Split.VALIDATION)).containsOnly("0.0 x 1.0", "1.0 x 1.0");
    assertThat(labels(data, Split.TEST)).containsOnly("0.0 x 1.0", "1.0 x 1.0");
    assertThat(data.manifest().sampling().logitShift()).isCloseTo(-Math.log(3), within(1e-15));
    EncodedDataSet weighted = encode(rows.coalesce(1), threefold, Optional.of("w"));
    assertThat(labels(weighted, Split.TRAIN)).containsOnly("0.0 x 1.5", "1.0 x 4.5");
    assertThat(labels(weighted, Split.TEST)).containsOnly("0.0 x 1.5", "1.0 x 1.5");
  }
}
