package io.destine.spark.generate;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.countDistinct;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.destine.spark.SharedSpark;
import io.destine.testing.Full;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;

class ClickLogGeneratorTest {
  private static final List<GeneratedField> MIXED = mixed();

  private static List<GeneratedField> mixed() {
    List<GeneratedField> fields = new ArrayList<>(Shape.plain(1, 4, 40, 1));
    fields.add(GeneratedField.multi("tags", 30));
    fields.add(GeneratedField.vector("image", 3));
    return List.copyOf(fields);
  }

  private static ClickLog log(List<GeneratedField> fields, long rows, TeacherSettings teacher) {
    return new ClickLog(fields, "label", rows, 5, 1.05, 0.1, 4, teacher, true);
  }

  private static TeacherSettings teacher(List<GeneratedField> fields) {
    return TeacherSettings.factorizationMachine(0.2, 0.7, 0.9, ClickLog.consecutivePairs(fields));
  }

  private static TeacherSettings attention() {
    return TeacherSettings.attention(0.2, 0.7, 0.9);
  }

  private static List<Row> rows(ClickLog log, int partitions) {
    return new ClickLogGenerator(SharedSpark.session(), log)
        .rows(partitions, false)
        .collectAsList();
  }

  @Test
  void rowsDoNotDependOnPartitions() {
    ClickLog log = log(MIXED, 1_000, teacher(MIXED));
    List<Row> whole = rows(log, 1);
    assertThat(whole).hasSize(1_000).doesNotHaveDuplicates();
    assertThat(rows(log, 7)).isEqualTo(whole);
    ClickLog attentive = log(MIXED, 1_000, attention());
    assertThat(rows(attentive, 7)).isEqualTo(rows(attentive, 1)).isNotEqualTo(whole);
    // More partitions than rows.
    ClickLog few = log(MIXED, 4, teacher(MIXED));
    assertThat(rows(few, 9)).isEqualTo(rows(few, 1)).hasSize(4);
  }

  /** The digest is that of version 0.1.0: rows, labels and probabilities stay what they are. */
  @Test
  void rowsOfTheFactorizationMachineStayWhatTheyAre() throws NoSuchAlgorithmException {
    String json =
        String.join(
            "\n",
            new ClickLogGenerator(SharedSpark.session(), log(MIXED, 2_000, teacher(MIXED)))
                .rows(3, true)
                .toJSON()
                .collectAsList());
    byte[] digest =
        MessageDigest.getInstance("SHA-256").digest(json.getBytes(StandardCharsets.UTF_8));
    assertThat(HexFormat.of().formatHex(digest))
        .isEqualTo("9977a6fdbda7ce31569358dff6bd6d7ea71b66104c08965b0e7a3df362826cf1");
  }

  @Test
  void anotherSeedGivesOtherRows() {
    ClickLog log = log(MIXED, 100, teacher(MIXED));
    ClickLog other = new ClickLog(MIXED, "label", 100, 6, 1.05, 0.1, 4, teacher(MIXED), true);
    assertThat(rows(other, 1)).doesNotContainAnyElementsOf(rows(log, 1));
  }

  /** Of 20,000 rows and 4 days the first 5,000 are of the first day, and so on. */
  @Test
  void daysFollowEachOtherInEqualParts() {
    List<Row> days =
        new ClickLogGenerator(SharedSpark.session(), log(MIXED, 20_000, teacher(MIXED)))
            .rows(3, false)
            .groupBy("day")
            .count()
            .orderBy("day")
            .collectAsList();
    assertThat(days.stream().map(row -> row.get(0) + " " + row.get(1)))
        .containsExactly(
            "2024-01-01 5000", "2024-01-02 5000", "2024-01-03 5000", "2024-01-04 5000");
  }

  @Full
  @Test
  void fieldsHaveTheirCardinalityMissingShareAndSkew() {
    List<GeneratedField> fields = Shape.plain(1, 3, 40, 1);
    TeacherSettings none = TeacherSettings.factorizationMachine(0.2, 0.7, 0, List.of());
    Dataset<Row> rows =
        new ClickLogGenerator(SharedSpark.session(), log(fields, 100_000, none))
            .rows(2, false)
            .cache();
    for (String field : List.of("c1", "c2", "c3")) {
      // The rarest value has a share of 0.006: that it is absent has a chance of e^-500.
      assertThat(rows.agg(countDistinct(field)).first().getLong(0)).as(field).isEqualTo(40);
      double present = rows.filter(col(field).isNotNull()).count();
      // The standard error of a share of 100,000 rows is below 0.0016; five of them.
      assertThat(present / 100_000).as(field).isCloseTo(0.9, within(0.005));
      double[] shares =
          rows.filter(col(field).isNotNull()).groupBy(field).count().collectAsList().stream()
              .mapToDouble(row -> row.getLong(1) / present)
              .sorted()
              .toArray();
      double e = -0.05;
      double span = Math.pow(41, e) - 1;
      for (int k = 1; k <= 3; k++) {
        double expected = (Math.pow(k + 1, e) - Math.pow(k, e)) / span;
        assertThat(shares[40 - k]).as("%s, rank %d", field, k).isCloseTo(expected, within(0.008));
      }
    }
    assertThat(rows.filter(col("n1").isNull()).count() / 1e5).isCloseTo(0.1, within(0.005));
    double low = rows.filter(col("n1").leq(0)).count() / (1e5 * 0.9);
    // P(x < 1) = 1 - (1 + 1 / 2)^-1.5 with scale 2.
    assertThat(low).isCloseTo(1 - Math.pow(1.5, -1.5), within(0.008));
    rows.unpersist();
  }

  /** In a quarter of the rows c2 has the rank of c1, and in others now and then by chance. */
  @Test
  void aFieldAtAnEvenPlaceIsCorrelatedWithTheOneBefore() {
    List<GeneratedField> fields = Shape.plain(0, 3, 100, 1);
    DrawnRow row =
        new DrawnRow(
            new ClickLog(
                fields,
                "label",
                1,
                5,
                0,
                0,
                0,
                TeacherSettings.factorizationMachine(0.2, 0.7, 0, List.of()),
                false));
    int second = 0;
    int third = 0;
    for (int i = 0; i < 100_000; i++) {
      row.draw(i);
      second += row.rank(0, 0) == row.rank(1, 0) ? 1 : 0;
      third += row.rank(1, 0) == row.rank(2, 0) ? 1 : 0;
    }
    assertThat(second / 1e5).isCloseTo(0.01, within(0.002));
    assertThat(third / 1e5).isCloseTo(0.25 + 0.75 * 0.01, within(0.007));
  }

  @Test
  void labelsAreDrawnWithTheTeachersProbabilities() {
    ClickLog log = log(MIXED, 100_000, teacher(MIXED));
    ClickLogGenerator generator = new ClickLogGenerator(SharedSpark.session(), log);
    ClickLogRows.Accumulators into = generator.accumulators();
    List<Row> rows =
        generator
            .rows(3, false, into)
            .select("label", ClickLog.TEACHER_PROBABILITY)
            .collectAsList();
    TeacherScores scores = into.all().value();
    double[] p = rows.stream().mapToDouble(row -> row.getDouble(1)).toArray();
    int[] labels = rows.stream().mapToInt(row -> row.getInt(0)).toArray();
    double clicks = Arrays.stream(labels).sum();
    assertThat(scores.rows()).isEqualTo(100_000);
    assertThat(scores.clicks()).isEqualTo((long) clicks);
    // Five standard errors of a mean of 100,000 draws, and what the sample of the scale is off.
    assertThat(clicks / 1e5).isCloseTo(0.2, within(0.01));
    assertThat(Arrays.stream(p).average().orElseThrow()).isCloseTo(0.2, within(0.004));
    double loss = 0;
    for (int n = 0; n < p.length; n++) {
      loss -= Math.log(labels[n] == 1 ? p[n] : 1 - p[n]) / p.length;
    }
    assertThat(scores.logLoss()).isCloseTo(loss, within(1e-9));
    // The last of four days.
    double last = 0;
    for (int n = 75_000; n < p.length; n++) {
      last -= Math.log(labels[n] == 1 ? p[n] : 1 - p[n]) / 25_000;
    }
    assertThat(into.lastDay().value().rows()).isEqualTo(25_000);
    assertThat(into.lastDay().value().logLoss()).isCloseTo(last, within(1e-9)).isNotEqualTo(loss);
    assertThat(scores.aucError()).isLessThan(1e-3);
    assertThat(scores.auc()).isCloseTo(exactAuc(p, labels), within(scores.aucError() + 1e-12));
    // A tenth of the rows is where p is above its 0.9 quantile: are labels as frequent as it says?
    double cut = Arrays.stream(p).sorted().toArray()[90_000];
    double said = 0;
    double seen = 0;
    for (int n = 0; n < p.length; n++) {
      if (p[n] >= cut) {
        said += p[n];
        seen += labels[n];
      }
    }
    assertThat(seen / said).isCloseTo(1, within(0.05));
  }

  /** The share of pairs of a click and a non-click in which the click has the larger p. */
  private static double exactAuc(double[] p, int[] labels) {
    Integer[] order = new Integer[p.length];
    Arrays.setAll(order, n -> n);
    Arrays.sort(order, (a, b) -> Double.compare(p[a], p[b]));
    double below = 0;
    double won = 0;
    double clicks = 0;
    for (int i = 0; i < order.length; ) {
      int j = i;
      double here = 0;
      double misses = 0;
      for (; j < order.length && p[order[j]] == p[order[i]]; j++) {
        here += labels[order[j]];
        misses += 1 - labels[order[j]];
      }
      won += here * (below + misses / 2);
      below += misses;
      clicks += here;
      i = j;
    }
    return won / (clicks * below);
  }

  /** The teacher changes labels alone: values are drawn without it. */
  @Test
  void bothTeachersSeeTheSameValues() {
    List<List<Row>> values = new ArrayList<>();
    for (TeacherSettings teacher : List.of(teacher(MIXED), attention())) {
      values.add(
          new ClickLogGenerator(SharedSpark.session(), log(MIXED, 500, teacher))
              .rows(1, true)
              .drop("label", ClickLog.TEACHER_PROBABILITY)
              .collectAsList());
    }
    assertThat(values.get(0)).isEqualTo(values.get(1));
  }

  /** Logits are recovered from probabilities; both parts are uncorrelated, so variances add up. */
  @Test
  void theLogitHasTheStatedStandardDeviation() {
    List<GeneratedField> fields = Shape.plain(0, 8, 50, 1);
    for (double[] parts : new double[][] {{0.7, 0}, {0, 0.9}, {0.7, 0.9}}) {
      TeacherSettings teacher =
          TeacherSettings.factorizationMachine(
              0.2, parts[0], parts[1], ClickLog.consecutivePairs(fields));
      double[] logits =
          rows(log(fields, 50_000, teacher), 2).stream()
              .mapToDouble(row -> row.getDouble(row.length() - 1))
              .map(p -> Math.log(p / (1 - p)))
              .toArray();
      double mean = Arrays.stream(logits).average().orElseThrow();
      double variance =
          Arrays.stream(logits).map(x -> (x - mean) * (x - mean)).average().orElseThrow();
      assertThat(Math.sqrt(variance))
          .as("deviations %s", Arrays.toString(parts))
          .isCloseTo(Math.hypot(parts[0], parts[1]), within(0.05));
    }
  }

  /** With no interactions the teacher is its first-order part; with them it knows more. */
  @Test
  void singleValuesAloneLoseWhatPairsTell() {
    List<GeneratedField> fields = Shape.plain(0, 8, 50, 1);
    TeacherScores linear =
        scores(fields, TeacherSettings.factorizationMachine(0.2, 0.7, 0, List.of()));
    assertThat(linear.firstOrderLogLoss()).isCloseTo(linear.logLoss(), within(1e-6));
    TeacherScores pairs =
        scores(
            fields,
            TeacherSettings.factorizationMachine(0.2, 0.7, 1.5, ClickLog.consecutivePairs(fields)));
    assertThat(pairs.firstOrderLogLoss()).isGreaterThan(pairs.logLoss() + 0.03);
    TeacherScores pairsAlone =
        scores(
            fields,
            TeacherSettings.factorizationMachine(0.2, 0, 1.5, ClickLog.consecutivePairs(fields)));
    double entropy = -0.2 * Math.log(0.2) - 0.8 * Math.log(0.8);
    assertThat(pairsAlone.firstOrderLogLoss()).isCloseTo(entropy, within(0.015));
  }

  private static TeacherScores scores(List<GeneratedField> fields, TeacherSettings teacher) {
    ClickLogGenerator generator =
        new ClickLogGenerator(SharedSpark.session(), log(fields, 50_000, teacher));
    ClickLogRows.Accumulators into = generator.accumulators();
    assertThat(generator.rows(2, false, into).collectAsList()).hasSize(50_000);
    return into.all().value();
  }

  private static ClickLog ofItems(int rows) {
    List<GeneratedField> fields =
        List.of(
            GeneratedField.categorical("user", 20),
            GeneratedField.categorical("hour", 24),
            GeneratedField.categorical("maker", 8),
            GeneratedField.text("title", 50),
            GeneratedField.vector("picture", 4));
    TeacherSettings teacher =
        TeacherSettings.factorizationMachine(
            0.3, 1, 1, List.of(new FieldPair(0, 3), new FieldPair(1, 4)));
    return new ClickLog(fields, "label", rows, 5, 0.9, 0, 10, 200, 3, teacher, true);
  }

  @Test
  void fieldsOfItemsAreInATableOfTheirOwn() {
    ClickLog log = ofItems(40_000);
    ClickLogGenerator generator = new ClickLogGenerator(SharedSpark.session(), log);
    List<Row> items = generator.items(3, false).collectAsList();
    assertThat(items).hasSize(200);
    assertThat(items.stream().map(row -> row.getString(0)).distinct()).hasSize(200);
    assertThat(items.get(0).schema().fieldNames())
        .containsExactly("item", "maker", "title", "picture");
    assertThat(items.get(17).getString(2)).matches("[0-9a-f]+( [0-9a-f]+){0,4}");
    ClickLogRows.Accumulators into = generator.accumulators();
    List<Row> rows = generator.rows(2, false, into).collectAsList();
    assertThat(rows.get(0).schema().fieldNames())
        .containsExactly("label", "day", "user", "hour", "item", "teacher_probability");
    // Half of the items are there on the first day less one tenth of the others, all on the last.
    long first = rows.stream().limit(4000).map(row -> row.getAs("item")).distinct().count();
    assertThat(first).isBetween(105L, 110L);
    Set<String> earlier = new HashSet<>();
    rows.subList(0, 36_000).forEach(row -> earlier.add(row.getAs("item")));
    long fresh =
        rows.subList(36_000, 40_000).stream()
            .filter(row -> !earlier.contains(row.<String>getAs("item")))
            .count();
    assertThat(into.newItems().value().rows()).isEqualTo(fresh).isBetween(120L, 280L);
  }

  /**
   * Without a field the teacher loses the field's effect; without the side table, the effects of
   * all its fields.
   */
  @Test
  void theTeacherSaysWhatFieldsOfItemsAreWorth() {
    ClickLogGenerator generator = new ClickLogGenerator(SharedSpark.session(), ofItems(100_000));
    ClickLogRows.Accumulators into = generator.accumulators();
    assertThat(generator.rows(2, false, into).count()).isEqualTo(100_000);
    generator.rows(2, false, into).collectAsList();
    double whole = into.lastDay().value().logLoss();
    List<Double> without = into.without().stream().map(scores -> scores.value().logLoss()).toList();
    assertThat(without).hasSize(4);
    for (int i = 0; i < 3; i++) {
      assertThat(without.get(i)).isBetween(whole + 0.002, without.get(3));
    }
    // User and hour alone, which are two of five fields and in no pair without items.
    assertThat(without.get(3) - whole).isGreaterThan(0.05);
  }

  @Test
  void aListHoldsUpToItsLengthAndAVectorItsLength() {
    List<Row> rows = rows(log(MIXED, 5_000, teacher(MIXED)), 1);
    int tags = rows.get(0).fieldIndex("tags");
    int image = rows.get(0).fieldIndex("image");
    List<Integer> lengths =
        rows.stream()
            .filter(row -> !row.isNullAt(tags))
            .map(row -> row.getList(tags).size())
            .distinct()
            .sorted()
            .toList();
    assertThat(lengths).containsExactly(1, 2, 3, 4, 5);
    assertThat(rows).allSatisfy(row -> assertThat(row.getList(image)).hasSize(3));
    assertThat(
            rows.stream()
                .mapToDouble(row -> row.<Float>getList(image).get(0))
                .average()
                .orElseThrow())
        .isCloseTo(0, within(0.07));
  }

  @Test
  void publishedShapesHaveTheirColumns() {
    assertThat(Shape.criteo(13, 26, false, 1)).hasSize(39);
    assertThat(Shape.criteo(0, 26, false, 1).get(2))
        .isEqualTo(GeneratedField.categorical("C3", 10131227));
    assertThat(Shape.criteo(0, 26, true, 0.1).get(2))
        .isEqualTo(GeneratedField.categorical("C3", 15734));
    assertThat(Shape.avazu(1)).hasSize(22);
    assertThat(Shape.avazu(1e-9)).allSatisfy(field -> assertThat(field.cardinality()).isEqualTo(2));
  }
}
