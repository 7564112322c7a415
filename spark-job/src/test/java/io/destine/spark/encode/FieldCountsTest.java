package io.destine.spark.encode;

import static org.assertj.core.api.Assertions.assertThat;

import io.destine.feature.EncodedBatch;
import io.destine.feature.FieldLayout;
import io.destine.feature.FieldShape;
import io.destine.feature.FieldSpec;
import io.destine.feature.Vocabulary;
import io.destine.spark.SharedSpark;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FieldCountsTest {
  private static final FieldLayout LAYOUT =
      new FieldLayout(
          List.of(FieldShape.id("site"), FieldShape.multi("tags"), FieldShape.linear("price")));

  /** Ids: site 0 missing, 1-2 oov; tags 3 missing, 4-5 oov; a 6, b 7, c 8; red 9, blue 10. */
  private static Vocabulary vocabulary() {
    return Vocabulary.builder(List.of("site", "tags", "price"), 2)
        .reserve(0)
        .reserve(1)
        .add(0, "a")
        .add(0, "b")
        .add(0, "c")
        .add(1, "red")
        .add(1, "blue")
        .build();
  }

  /** {@code rows} rows of one site with tags red and blue, the first {@code positives} positive. */
  private static EncodedBatch batch(int site, int rows, int positives) {
    int[] ids = new int[rows];
    int[] offsets = new int[rows + 1];
    int[] tags = new int[2 * rows];
    float[] labels = new float[rows];
    for (int n = 0; n < rows; n++) {
      ids[n] = site;
      offsets[n + 1] = 2 * n + 2;
      tags[2 * n] = 9;
      tags[2 * n + 1] = n == 0 ? 5 : 10;
      labels[n] = n < positives ? 1 : 0;
    }
    return new EncodedBatch(0, ids, offsets, tags, new float[rows], labels, null, null, null);
  }

  /** Ids: site 0 missing, 1-8 buckets; tags 9 missing, 10-11 oov. */
  @Test
  void valuesInHashBucketsAreNotOutOfTheVocabulary() {
    Vocabulary hashed =
        Vocabulary.builder(List.of("site", "tags", "price"), 2).reserve(0, 8).reserve(1).build();
    List<EncodedBatch> batches = List.of(batch(2, 40, 20), batch(0, 10, 0));
    FieldCounts counts =
        FieldCounts.of(SharedSpark.context().parallelize(batches, 2), LAYOUT, hashed);
    assertThat(counts.oovRate(0)).isZero();
    assertThat(counts.missingRate(0)).isEqualTo(10.0 / 50);
    assertThat(counts.labelRates(0)).isEmpty();
    assertThat(counts.oovRate(1)).isEqualTo(48.0 / 100);
  }

  /** A data set of 400 values of a field. */
  @Test
  void withoutLabelRatesTheSharesAreTheSameAndTakeAFewBytes(@TempDir Path directory)
      throws IOException {
    EncodingCase at = new EncodingCase(directory);
    List<String> rows = new ArrayList<>();
    for (int n = 0; n < 4000; n++) {
      rows.add(n % 2 + ",u" + n % 400);
    }
    EncodedDataSet data =
        at.encode(
            at.config(
                at.writeParts("source", "y,user", rows, 2),
                "label = y, fields = [ user ], vocabulary.min-count = 8"),
            "data");
    StoredVocabulary stored =
        StoredVocabulary.open(
            SharedSpark.context().hadoopConfiguration(), data.vocabularyDirectory());
    JavaRDD<EncodedBatch> batches = data.partitions(Split.TEST, 2);
    FieldCounts all = FieldCounts.of(batches, stored);
    FieldCounts shares = FieldCounts.withoutLabelRates(batches, stored);
    List<FieldSpec> specs = stored.fields().specs();
    assertThat(all.oovRate(0)).isPositive();
    assertThat(shares.oovRates(specs)).isEqualTo(all.oovRates(specs));
    assertThat(shares.missingRate(0)).isEqualTo(all.missingRate(0));
    assertThat(shares.labelRates(0)).isEmpty();
    int values = stored.valuesByField()[0];
    assertThat(values).isBetween(200, 400);
    assertThat(bytes(all)).isGreaterThan(2 * Long.BYTES * values);
    assertThat(bytes(shares)).isLessThan(500);
  }

  private static int bytes(FieldCounts counts) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(counts);
    }
    return bytes.size();
  }

  /** Of n partitions, about twice the root of n send their sums to the driver. */
  @Test
  void theDriverReceivesFewSumsOfManyPartitions() {
    List<EncodedBatch> batches = Collections.nCopies(100, batch(0, 1, 0));
    int results =
        ResultTasks.of(
            SharedSpark.context(),
            () ->
                assertThat(
                        FieldCounts.of(
                                SharedSpark.context().parallelize(batches, 100),
                                LAYOUT,
                                vocabulary())
                            .missingRate(0))
                    .isEqualTo(1));
    assertThat(results).isBetween(1, 20);
  }

  @Test
  void noPartitionsHaveNoShares() {
    FieldCounts counts =
        FieldCounts.of(SharedSpark.context().<EncodedBatch>emptyRDD(), LAYOUT, vocabulary());
    assertThat(counts.oovRate(0)).isZero();
    assertThat(counts.labelRates(0)).isEmpty();
  }

  @Test
  void sharesAndLabelRatesAreThoseOfTheRowsForAnyNumberOfTasks() {
    List<EncodedBatch> batches =
        new ArrayList<>(
            List.of(
                batch(6, 200, 20), // a: 10%
                batch(7, 100, 60), // b: 60%
                batch(8, 99, 99), // c: a row too few to count
                batch(0, 10, 0),
                batch(2, 30, 0),
                batch(6, 61, 0))); // a: 20 of 261
    for (int tasks : new int[] {1, 3, 6}) {
      FieldCounts counts =
          FieldCounts.of(SharedSpark.context().parallelize(batches, tasks), LAYOUT, vocabulary());
      assertThat(counts.missingRate(0)).isEqualTo(10.0 / 500);
      assertThat(counts.oovRate(0)).isEqualTo(30.0 / 500);
      assertThat(counts.oovRate(1)).isEqualTo(6.0 / 1000);
      assertThat(counts.missingRate(2)).isZero();
      assertThat(counts.labelRates(0)).hasValue(new FieldCounts.LabelRates(20.0 / 261, 0.6));
      // Red is in all 500 rows, 179 positive; blue in all but six, whose sites have positives
      // thrice.
      assertThat(counts.labelRates(1))
          .hasValue(new FieldCounts.LabelRates(176.0 / 494, 179.0 / 500));
      assertThat(counts.labelRates(2)).isEmpty();
    }
  }
}
