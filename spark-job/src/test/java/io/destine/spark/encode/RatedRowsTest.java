package io.destine.spark.encode;

import static org.assertj.core.api.Assertions.assertThat;

import io.destine.feature.EncodedBatch;
import io.destine.feature.FieldSpec;
import io.destine.feature.FittedFields;
import io.destine.feature.LabelRate;
import io.destine.feature.Vocabulary;
import io.destine.metric.EvaluationReport;
import io.destine.spark.SharedSpark;
import io.destine.spark.conf.CrossConfig;
import io.destine.spark.conf.EncodingConfig;
import io.destine.spark.conf.FieldText;
import io.destine.spark.conf.JobConfig;
import io.destine.spark.conf.JobConfigReader;
import io.destine.spark.conf.Rates;
import io.destine.spark.conf.VocabularyConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RatedRowsTest {
  /** a, b, the cross of both, and the rates of these. */
  private static final int FIELDS = 3;

  @TempDir Path directory;
  private final SparkSession spark = SharedSpark.session();

  /**
   * Rows of a, one of 1,000 users with six rows each, and b, one of ten.
   *
   * @param label an expression of p, from 0 to 9 with b, and id
   */
  private Dataset<Row> rows(String label) {
    return spark.sql(
        "select cast("
            + label
            + " as int) as y, nullif(concat('a', pmod(hash(id), 1000)), 'a0') as a,"
            + " concat('b', p) as b from (select id, pmod(hash(id, 1), 10) as p from range(6000))");
  }

  private EncodedDataSet encode(Dataset<Row> rows, String name, Optional<StoredVocabulary> before) {
    EncodingConfig config =
        EncodingConfig.of("y")
            .withFields(List.of(FieldSpec.categorical("a"), FieldSpec.categorical("b")))
            .withCrosses(
                new CrossConfig(CrossConfig.Search.NONE, List.of(List.of("a", "b")), 0, 1_000_000))
            .withRates(Rates.ALL)
            .withVocabulary(new VocabularyConfig(2, 1))
            .withBlockRows(128);
    return new TableEncoder(spark, config, before).encode(rows, directory.resolve(name).toString());
  }

  /** Labels, ids of a field, and buckets of its rate, by row. */
  private record Column(List<Float> labels, List<Integer> ids, List<Integer> buckets) {
    static Column of(EncodedDataSet data, Split split, int m) {
      Column column = new Column(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
      int singles = data.manifest().fields().singles();
      int first = EncodingCase.vocabulary(data).missing(FIELDS + m) + 1;
      for (EncodedBatch batch : data.partitions(split, 3).collect()) {
        for (int n = 0; n < batch.rows(); n++) {
          column.labels.add(batch.labels()[n]);
          column.ids.add(batch.ids()[n * singles + m]);
          column.buckets.add(batch.ids()[n * singles + FIELDS + m] - first);
        }
      }
      return column;
    }

    double auc() {
      double[] scores = buckets.stream().mapToDouble(Integer::doubleValue).toArray();
      float[] label = new float[scores.length];
      for (int n = 0; n < label.length; n++) {
        label[n] = labels.get(n);
      }
      return EvaluationReport.of(scores, label, null, null).auc().orElseThrow();
    }
  }

  @Test
  void rowsThatDoNotTrainHaveTheRateOfAllThatDo() {
    EncodedDataSet data = encode(rows("pmod(hash(id, 2), 10) < p"), "rates", Optional.empty());
    Vocabulary vocabulary = EncodingCase.vocabulary(data);
    for (int m = 0; m < FIELDS; m++) {
      Column train = Column.of(data, Split.TRAIN, m);
      Map<Integer, long[]> counts = new HashMap<>();
      long[] all = new long[2];
      for (int n = 0; n < train.ids.size(); n++) {
        for (long[] to :
            List.of(all, counts.computeIfAbsent(train.ids.get(n), id -> new long[2]))) {
          to[0]++;
          to[1] += train.labels.get(n) == 1 ? 1 : 0;
        }
      }
      Column test = Column.of(data, Split.TEST, m);
      int known = 0;
      for (int n = 0; n < test.ids.size(); n++) {
        int id = test.ids.get(n);
        boolean own = vocabulary.entry(id).use() == Vocabulary.Use.VALUE;
        known += own ? 1 : 0;
        long[] of = own ? counts.get(id) : new long[2];
        assertThat(test.buckets.get(n))
            .isEqualTo(LabelRate.bucket(of[0], of[1], (double) all[1] / all[0]));
        assertThat(vocabulary.rateId(FIELDS + m, id))
            .isEqualTo(vocabulary.missing(FIELDS + m) + 1 + test.buckets.get(n));
      }
      assertThat(known).isGreaterThan(m == 2 ? 20 : 400);
    }
  }

  /**
   * If a row's own label were part of its rate, the rate would reveal the label, since a user has
   * only six rows.
   */
  @Test
  void ofLabelsThatFollowFromNothingRatesTellTrainingRowsNothing() {
    EncodedDataSet data = encode(rows("pmod(hash(id, 2), 2)"), "noise", Optional.empty());
    for (int m = 0; m < FIELDS; m++) {
      Column train = Column.of(data, Split.TRAIN, m);
      // Half of 4,800 rows each: a standard error of 0.0083.
      assertThat(train.auc()).as("field %d", m).isBetween(0.475, 0.525);
    }
    EncodedDataSet told = encode(rows("pmod(hash(id, 2), 10) < p"), "told", Optional.empty());
    assertThat(Column.of(told, Split.TRAIN, 1).auc()).isGreaterThan(0.75);
  }

  @Test
  void theFieldsAsAConfigurationHaveTheSameRates() {
    EncodedDataSet data = encode(rows("pmod(hash(id, 2), 2)"), "text", Optional.empty());
    FittedFields fields =
        StoredVocabulary.open(
                spark.sparkContext().hadoopConfiguration(), data.vocabularyDirectory())
            .fields();
    JobConfig read = read(fields.specs());
    assertThat(read.fields()).isEqualTo(fields.inputs());
    assertThat(read.crosses().fields()).containsExactly(List.of("a", "b"));
    assertThat(read.crosses().search()).isEqualTo(CrossConfig.Search.NONE);
    assertThat(read.rates()).isEqualTo(Rates.ALL);
    List<FieldSpec> ofCrosses =
        fields.specs().stream()
            .filter(spec -> !spec.isRate() || spec.parts().contains("a x b"))
            .toList();
    assertThat(read(ofCrosses).rates()).isEqualTo(Rates.CROSSES);
    assertThat(read(fields.inputs()).rates()).isEqualTo(Rates.NONE);
  }

  private static JobConfig read(List<FieldSpec> fields) {
    String others = "source.path = p, label = y, output.model = m\n";
    return JobConfigReader.parse(others + FieldText.of(fields), List.of());
  }

  @Test
  void areTheSameInAnyPartitions() {
    Dataset<Row> rows = rows("pmod(hash(id, 2), 10) < p");
    EncodedDataSet few = encode(rows.coalesce(1), "few", Optional.empty());
    EncodedDataSet many = encode(rows.repartition(7), "many", Optional.empty());
    assertThat(many.manifest().fingerprint()).isEqualTo(few.manifest().fingerprint());
    assertThat(many.manifest().vocabularyFingerprint())
        .isEqualTo(few.manifest().vocabularyFingerprint());
    EncodedDataSet others = encode(rows("pmod(hash(id, 3), 10) < p"), "others", Optional.empty());
    assertThat(others.manifest().vocabularyFingerprint())
        .isNotEqualTo(few.manifest().vocabularyFingerprint());
  }

  /** Later rows, whose labels are the other way round, do not change what is known. */
  @Test
  void anEarlierVocabularyKeepsItsRatesAndNewValuesHaveThePriors() {
    EncodedDataSet first =
        encode(rows("pmod(hash(id, 2), 10) < p").filter("b != 'b9'"), "first", Optional.empty());
    StoredVocabulary earlier =
        StoredVocabulary.open(
            spark.sparkContext().hadoopConfiguration(), first.vocabularyDirectory());
    EncodedDataSet next = encode(rows("pmod(hash(id, 2), 10) >= p"), "next", Optional.of(earlier));
    Vocabulary before = earlier.load();
    Vocabulary after = EncodingCase.vocabulary(next);
    int size = before.size();
    assertThat(Arrays.copyOf(after.rates(), size)).isEqualTo(before.rates());
    for (Split split : List.of(Split.TRAIN, Split.TEST)) {
      Column column = Column.of(next, split, 1);
      for (int n = 0; n < column.ids.size(); n++) {
        int id = column.ids.get(n);
        int expected = id < size ? before.rates()[id] : LabelRate.PRIOR_BUCKET;
        assertThat(column.buckets.get(n)).isEqualTo(expected);
      }
      assertThat(column.ids).anyMatch(id -> id >= size);
    }
    assertThat(Column.of(next, Split.TRAIN, 1).auc()).isLessThan(0.35);
  }
}
