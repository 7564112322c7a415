package io.destine.spark.encode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import com.fasterxml.jackson.databind.node.MissingNode;
import io.destine.feature.EncodedBatch;
import io.destine.feature.FieldSpec;
import io.destine.feature.FittedFields;
import io.destine.feature.LabelRate;
import io.destine.feature.RateIds;
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
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RatedRowsTest {
  /** a, b, c, d, three crosses, and the rates of these. */
  private static final int FIELDS = 7;

  private static final List<List<String>> CROSSES =
      List.of(List.of("a", "b"), List.of("b", "c", "d"), List.of("d", "b"));

  /** [fields] the cross whose rates are the priors of the field's rates. */
  private static final int[] CONTAINED = {-1, -1, -1, -1, -1, 6, -1};

  private static final double PRIOR_ROWS = 20;

  @TempDir Path directory;
  private final SparkSession spark = SharedSpark.session();

  /**
   * Rows of a, one of 1,000 users with six rows each, and b, c, d, one of ten, three, and forty.
   *
   * @param label an expression of p, from 0 to 9 with b, and id
   */
  private Dataset<Row> rows(String label) {
    return spark.sql(
        "select cast("
            + label
            + " as int) as y, nullif(concat('a', pmod(hash(id), 1000)), 'a0') as a,"
            + " concat('b', p) as b, concat('c', pmod(hash(id, 4), 3)) as c,"
            + " nullif(concat('d', pmod(hash(id, 5), 40)), 'd0') as d from (select id, pmod(hash(id, 1), 10) as p from range(6000))");
  }

  private EncodedDataSet encode(Dataset<Row> rows, String name, Optional<StoredVocabulary> before) {
    return encode(rows, name, before, true);
  }

  private EncodedDataSet encode(
      Dataset<Row> rows, String name, Optional<StoredVocabulary> before, boolean seen) {
    EncodingConfig config =
        EncodingConfig.of("y")
            .withFields(Stream.of("a", "b", "c", "d").map(FieldSpec::categorical).toList())
            .withCrosses(new CrossConfig(CrossConfig.Search.NONE, CROSSES, 0, 1_000_000))
            .withRates(Rates.ALL)
            .withVocabulary(new VocabularyConfig(2, 1))
            .withBlockRows(128);
    return new TableEncoder(spark, config, before, seen)
        .encode(rows, directory.resolve(name).toString());
  }

  /** Labels and [ids] of the rows of a split. */
  private record Rows(List<Float> labels, List<int[]> ids) {
    static Rows of(EncodedDataSet data, Split split) {
      Rows rows = new Rows(new ArrayList<>(), new ArrayList<>());
      int singles = data.manifest().fields().singles();
      for (EncodedBatch batch : data.partitions(split, 3).collect()) {
        for (int n = 0; n < batch.rows(); n++) {
          rows.labels.add(batch.labels()[n]);
          rows.ids.add(Arrays.copyOfRange(batch.ids(), n * singles, (n + 1) * singles));
        }
      }
      return rows;
    }
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

  /** The bucket of r, given the logit of p: 64 buckets from -4 to 4. */
  private static int bucket(double r, double p) {
    double logits = Math.log(r / (1 - r)) - Math.log(p / (1 - p));
    return (int) Math.max(0, Math.min(63, 32 + Math.round(8 * logits)));
  }

  private static boolean known(Vocabulary vocabulary, int id) {
    return vocabulary.entry(id).use() == Vocabulary.Use.VALUE;
  }

  @Test
  void rowsThatDoNotTrainHaveTheRateOfAllThatDo() {
    EncodedDataSet data = encode(rows("pmod(hash(id, 2), 10) < p"), "rates", Optional.empty());
    Vocabulary vocabulary = EncodingCase.vocabulary(data);
    RateIds rateIds = new RateIds(fields(data), vocabulary);
    Rows train = Rows.of(data, Split.TRAIN);
    double p = train.labels.stream().mapToDouble(Float::doubleValue).average().orElseThrow();
    Map<Integer, double[]> counts = new HashMap<>();
    for (int n = 0; n < train.ids.size(); n++) {
      for (int m = 0; m < FIELDS; m++) {
        double[] of = counts.computeIfAbsent(train.ids.get(n)[m], id -> new double[2]);
        of[0]++;
        of[1] += train.labels.get(n);
      }
    }
    int[] withoutId = new int[FIELDS];
    int[] withId = new int[FIELDS];
    for (int[] ids : Rows.of(data, Split.TEST).ids) {
      for (int m = 0; m < FIELDS; m++) {
        int of = m;
        while (!known(vocabulary, ids[of]) && CONTAINED[of] >= 0) {
          of = CONTAINED[of];
        }
        List<double[]> path = new ArrayList<>();
        for (int at = of; at >= 0 && known(vocabulary, ids[at]); at = CONTAINED[at]) {
          path.add(0, counts.get(ids[at]));
        }
        double r = p;
        for (double[] rows : path) {
          r = (rows[1] + PRIOR_ROWS * r) / (rows[0] + PRIOR_ROWS);
        }
        (known(vocabulary, ids[m]) ? withId : withoutId)[m]++;
        int id = vocabulary.missing(FIELDS + m) + 1 + bucket(r, p);
        assertThat(ids[FIELDS + m]).isEqualTo(id);
        assertThat(rateIds.id(m, rate -> ids[rate])).isEqualTo(id);
      }
    }
    assertThat(withId[0]).isGreaterThan(400);
    assertThat(withId[4]).isGreaterThan(20);
    assertThat(withId[5]).isGreaterThan(400);
    assertThat(withoutId[5]).isGreaterThan(20);
    assertThat(withId[6]).isGreaterThan(550);
  }

  private StoredVocabulary stored(EncodedDataSet data) {
    return StoredVocabulary.open(
        spark.sparkContext().hadoopConfiguration(), data.vocabularyDirectory());
  }

  private FittedFields fields(EncodedDataSet data) {
    return stored(data).fields();
  }

  /**
   * Training rows of a contained cross whose own rows decide nothing: the rates of the larger cross
   * follow those of the smaller one.
   */
  @Test
  void trainingRowsOfRareValuesHaveTheRateOfWhatTheyContain() {
    EncodedDataSet data = encode(rows("pmod(hash(id, 2), 10) < p"), "rare", Optional.empty());
    Vocabulary vocabulary = EncodingCase.vocabulary(data);
    int first = vocabulary.missing(FIELDS + 5) - vocabulary.missing(FIELDS + 6);
    int rare = 0;
    for (int[] ids : Rows.of(data, Split.TRAIN).ids) {
      if (!known(vocabulary, ids[5])) {
        assertThat(ids[FIELDS + 5] - first).isEqualTo(ids[FIELDS + 6]);
        rare++;
      }
    }
    assertThat(rare).isGreaterThan(50);
    assertThat(Column.of(data, Split.TRAIN, 5).auc()).isGreaterThan(0.75);
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
    FittedFields fields = fields(data);
    JobConfig read = read(fields.specs());
    assertThat(read.fields()).isEqualTo(fields.inputs());
    assertThat(read.crosses().fields()).isEqualTo(CROSSES);
    assertThat(read.crosses().search()).isEqualTo(CrossConfig.Search.NONE);
    assertThat(read.rates()).isEqualTo(Rates.ALL);
    List<FieldSpec> ofCrosses =
        fields.specs().stream()
            .filter(spec -> !spec.isRate() || spec.parts().get(0).contains(" x "))
            .toList();
    assertThat(read(ofCrosses).rates()).isEqualTo(Rates.CROSSES);
    List<FieldSpec> without = ofCrosses.stream().filter(spec -> !spec.isRate()).toList();
    assertThat(read(without).rates()).isEqualTo(Rates.AUTO);
    assertThat(Rates.AUTO.of(without)).isEmpty();
    List<FieldSpec> nested = Rates.NESTED.of(without);
    assertThat(nested)
        .extracting(FieldSpec::name)
        .containsExactly("rate of b x c x d", "rate of d x b");
    assertThat(read(Stream.concat(without.stream(), nested.stream()).toList()).rates())
        .isEqualTo(Rates.NESTED);
    assertThat(read(fields.inputs()).rates()).isEqualTo(Rates.AUTO);
  }

  private static JobConfig read(List<FieldSpec> fields) {
    String others = "source.path = p, label = y, output.model = m\n";
    return JobConfigReader.parse(
        others + FieldText.of(fields, MissingNode.getInstance()), List.of());
  }

  /** Effects of pairs and triples with a standard deviation of 2. */
  private EncodedDataSet searched(Rates rates) {
    String effect = "3.46 * 2 * (pmod(hash(%s), 1000) / 1000 - 0.5)";
    Dataset<Row> rows =
        spark.sql(
            ("select int(pmod(hash(id, 9), 10000) / 10000 < 1 / (1 + exp(1 - %s - %s))) as y, a, b, c"
                    + " from (select id, concat('a', pmod(hash(id), 40)) as a, concat('b', pmod(hash(id, 1), 40)) as b,"
                    + " concat('c', pmod(hash(id, 2), 12)) as c from range(40000))")
                .formatted(effect.formatted("a, b"), effect.formatted("a, b, c")));
    EncodingConfig config =
        EncodingConfig.of("y")
            .withFields(Stream.of("a", "b", "c").map(FieldSpec::categorical).toList())
            .withRates(rates);
    String data = directory.resolve("searched-" + rates).toString();
    return new TableEncoder(spark, config, Optional.empty()).encode(rows, data);
  }

  @Test
  void theSearchForCrossesDecidesWhetherNestedCrossesHaveRates() {
    EncodedDataSet data = searched(Rates.AUTO);
    assertThat(data.manifest().found().crosses())
        .extracting(FoundCross::parts)
        .containsExactlyInAnyOrder(List.of("a", "b"), List.of("a", "b", "c"));
    assertThat(data.manifest().found().lines())
        .hasSize(3)
        .last(STRING)
        .matches("label rates of nested crosses: the log loss of an additive model falls from .+");
    assertThat(rates(data)).containsExactly("rate of a x b", "rate of a x b x c");
    assertThat(data.manifest().found().rates().orElseThrow().gain()).isPositive();
    EncodedDataSet without = searched(Rates.NONE);
    assertThat(without.manifest().found().crosses()).isEqualTo(data.manifest().found().crosses());
    assertThat(without.manifest().found().rates()).isEmpty();
    assertThat(rates(without)).isEmpty();
  }

  private List<String> rates(EncodedDataSet data) {
    return fields(data).specs().stream().filter(FieldSpec::isRate).map(FieldSpec::name).toList();
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

  @Test
  void rowsOfTheEarlierVocabularyAreEncodedAsBefore() {
    Dataset<Row> rows = rows("pmod(hash(id, 2), 10) < p");
    EncodedDataSet first = encode(rows, "before", Optional.empty());
    EncodedDataSet again = encode(rows, "again", Optional.of(stored(first)));
    assertThat(again.manifest().fingerprint()).isEqualTo(first.manifest().fingerprint());
    assertThat(again.manifest().vocabularyFingerprint())
        .isEqualTo(first.manifest().vocabularyFingerprint());
  }

  /** Labels that follow from nothing: a rate that includes the label of its row would reveal it. */
  @Test
  void ofRowsOfWhichTheEarlierVocabularyKnowsSomeRatesTellTrainingRowsNothing() {
    Dataset<Row> rows = rows("pmod(hash(id, 2), 2)");
    EncodedDataSet first = encode(rows.filter("b != 'b9'"), "some", Optional.empty());
    EncodedDataSet all = encode(rows, "all", Optional.of(stored(first)));
    Vocabulary before = EncodingCase.vocabulary(first);
    Vocabulary after = EncodingCase.vocabulary(all);
    assertThat(Arrays.copyOf(after.rates(), before.size())).isEqualTo(before.rates());
    for (int m = 0; m < FIELDS; m++) {
      assertThat(Column.of(all, Split.TRAIN, m).auc()).as("field %d", m).isBetween(0.475, 0.525);
    }
    // Other rows have the kept rates.
    RateIds rateIds = new RateIds(fields(all), after);
    for (int[] ids : Rows.of(all, Split.TEST).ids) {
      for (int m = 0; m < FIELDS; m++) {
        assertThat(ids[FIELDS + m]).isEqualTo(rateIds.id(m, rate -> ids[rate]));
      }
    }
  }

  /** Later rows, whose labels are the other way round, do not change what is known. */
  @Test
  void anEarlierVocabularyKeepsItsRatesAndNewValuesHaveThoseOfWhatTheyContain() {
    EncodedDataSet first =
        encode(rows("pmod(hash(id, 2), 10) < p").filter("b != 'b9'"), "first", Optional.empty());
    StoredVocabulary earlier = stored(first);
    EncodedDataSet next =
        encode(rows("pmod(hash(id, 2), 10) >= p"), "next", Optional.of(earlier), false);
    Vocabulary before = earlier.load();
    Vocabulary after = EncodingCase.vocabulary(next);
    int size = before.size();
    assertThat(Arrays.copyOf(after.rates(), size)).isEqualTo(before.rates());
    for (Split split : List.of(Split.TRAIN, Split.TEST)) {
      int later = 0;
      for (int[] ids : Rows.of(next, split).ids) {
        for (int m = 0; m < FIELDS; m++) {
          int of = m;
          while (of >= 0 && (ids[of] >= size || !known(before, ids[of]))) {
            of = CONTAINED[of];
          }
          int expected = of < 0 ? LabelRate.PRIOR_BUCKET : before.rates()[ids[of]];
          assertThat(ids[FIELDS + m] - after.missing(FIELDS + m) - 1).isEqualTo(expected);
          later += of >= 0 && of != m && ids[m] >= size ? 1 : 0;
        }
      }
      assertThat(later).as("new values of known ones in %s", split).isPositive();
    }
    assertThat(Column.of(next, Split.TRAIN, 1).ids).anyMatch(id -> id >= size);
    assertThat(Column.of(next, Split.TRAIN, 1).auc()).isLessThan(0.35);
  }
}
