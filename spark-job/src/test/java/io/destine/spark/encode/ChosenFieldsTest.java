package io.destine.spark.encode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.MissingNode;
import io.destine.feature.FieldSpec;
import io.destine.spark.SharedSpark;
import io.destine.spark.conf.CrossConfig;
import io.destine.spark.conf.EncodingConfig;
import io.destine.spark.conf.FieldText;
import io.destine.spark.conf.JobConfigReader;
import io.destine.spark.conf.LabelRule;
import io.destine.spark.conf.SplitConfig;
import io.destine.spark.conf.UserError;
import io.destine.spark.conf.VocabularyConfig;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The fields that {@code fields = "*"} chooses for columns of each kind. */
class ChosenFieldsTest {
  private static final CrossConfig NO_CROSSES =
      new CrossConfig(CrossConfig.Search.NONE, List.of(), 0, 1);
  private static final EncodingConfig ALL =
      EncodingConfig.of("y")
          .withCrosses(NO_CROSSES)
          .withVocabulary(new VocabularyConfig(1, 1))
          .withBlockRows(64);

  @TempDir Path directory;
  private final SparkSession spark = SharedSpark.session();

  /** The label depends on the item's number and increases with the size. */
  private Dataset<Row> rows() {
    return spark
        .sql(
            "select cast(pmod(hash(item, 7), 3) + size / 500.0 + pmod(hash(id, 5), 3) > 4.5 as int) y, *"
                + " from (select id + 1000 as row, concat('r', hash(id)) as token,"
                + " timestamp_seconds(1767225600 + id * 701) as at,"
                + " date_add(date'2026-01-01', cast(id % 3 * 7 as int)) as same_weekday,"
                + " nullif(double(pmod(hash(id, 1), 900)) / 8, 0) as price,"
                + " cast(pmod(hash(id, 1), 900) / 7 as float) as ratio,"
                + " cast(pmod(hash(id, 2), 12) + 1 as double) as month,"
                + " cast(pmod(hash(id, 8), 4) / 4 as float) as stars,"
                + " cast(pmod(hash(id, 3), 1999) as long) * 7919 % 100003 as item,"
                + " pmod(hash(id, 4), 1500) as size, id % 2 = 0 as phone,"
                + " array(concat('t', id % 3), concat('u', id % 5)) as tags,"
                + " concat('c', id % 700) as city, '' as empty, null as nothing, 'x' as constant,"
                + " nullif('x', if(id % 2 = 0, 'x', 'y')) as sometimes,"
                + " array(1.5D) as image, binary('x') as bytes, id from range(40000))")
        .drop("id");
  }

  private Dataset<Row> texts() {
    Dataset<Row> rows = rows().drop("tags", "image", "bytes");
    for (String name : rows.columns()) {
      rows = rows.withColumn(name, functions.col(name).cast("string"));
    }
    return rows;
  }

  private EncodedDataSet encode(EncodingConfig config, Dataset<Row> rows, String name) {
    return new TableEncoder(spark, config).encode(rows, directory.resolve(name).toString());
  }

  private static Map<String, String> choices(EncodedDataSet data) {
    Map<String, String> choices = new LinkedHashMap<>();
    data.manifest().columns().forEach(c -> choices.put(c.column(), c.choice()));
    return choices;
  }

  private static List<FieldSpec> specs(EncodedDataSet data) {
    return StoredVocabulary.open(
            SharedSpark.context().hadoopConfiguration(), data.vocabularyDirectory())
        .fields()
        .specs();
  }

  private static void assertSame(EncodedDataSet found, EncodedDataSet expected) {
    assertThat(found.manifest().fingerprint()).isEqualTo(expected.manifest().fingerprint());
    assertThat(found.manifest().vocabularyFingerprint())
        .isEqualTo(expected.manifest().vocabularyFingerprint());
  }

  private static void assertChosenByKind(Map<String, String> choices) {
    assertThat(choices)
        .containsEntry("row", "left out")
        .containsEntry("token", "left out")
        .containsEntry("at", "hour, weekday, day")
        .containsEntry("same_weekday", "day, the values themselves")
        .containsEntry("price", "numeric, 20 quantile buckets")
        .containsEntry("ratio", "numeric, 20 quantile buckets")
        .containsEntry("month", "categorical")
        .containsEntry("stars", "categorical")
        .containsEntry("item", "categorical")
        .containsEntry("size", "numeric, 20 quantile buckets")
        .containsEntry("phone", "categorical")
        .containsEntry("city", "categorical")
        .containsEntry("empty", "left out")
        .containsEntry("nothing", "left out")
        .containsEntry("constant", "left out")
        .containsEntry("sometimes", "categorical");
  }

  @Test
  void typedColumnsBecomeWhatTheirTypesAndValuesSay() {
    EncodedDataSet data = encode(ALL, rows(), "typed");
    Map<String, String> choices = choices(data);
    assertChosenByKind(choices);
    assertThat(choices)
        .containsEntry("tags", "multi")
        .containsEntry("image", "left out")
        .containsEntry("bytes", "left out");
    assertThat(choices.keySet()).containsExactly(Arrays.copyOfRange(rows().columns(), 1, 20));
    assertThat(data.manifest().warnings())
        .filteredOn(line -> line.startsWith("column "))
        .extracting(line -> line.substring(0, line.indexOf(':')))
        .containsExactly("column row", "column token", "column image", "column bytes");
    assertThat(data.manifest().warnings())
        .anyMatch(line -> line.matches("column row: .*; name it in fields to use it"))
        .anyMatch(line -> line.matches("column image: .*; name it in fields, with kind = vector.*"))
        .anyMatch(line -> line.matches("column bytes: .* list of strings\\)"));
    assertThat(data.manifest().columns().get(0).line())
        .matches(
            "column row: left out \\(looks like a row number: nearly all 3\\d,\\d{3} rows have"
                + " different whole numbers.*");
  }

  @Test
  void textColumnsBecomeWhatTheirValuesSay() {
    assertChosenByKind(choices(encode(ALL, texts(), "texts")));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theChoiceWrittenOutAsAConfigurationGivesTheSameDataSet(boolean asTexts) {
    Dataset<Row> rows = asTexts ? texts() : rows();
    EncodedDataSet chosen = encode(ALL, rows, "chosen");
    String text = FieldText.of(specs(chosen), MissingNode.getInstance());
    List<FieldSpec> read =
        JobConfigReader.parse("source.path = p, label = y, output.model = m\n" + text, List.of())
            .fields();
    assertThat(read).isEqualTo(specs(chosen));
    EncodedDataSet given = encode(ALL.withFields(read), rows, "given");
    assertSame(given, chosen);
    assertThat(given.manifest().columns()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7})
  void anyPartitionsGiveTheSameChoice(int partitions) {
    EncodedDataSet expected = encode(ALL, rows(), "expected");
    EncodedDataSet found =
        encode(ALL, rows().repartition(partitions, functions.col("token")), "found");
    assertThat(found.manifest().columns()).isEqualTo(expected.manifest().columns());
    assertSame(found, expected);
  }

  @Test
  void rowsOfDaysToComeHaveHoursAndWeekdaysButNoDays() {
    EncodingConfig byDate =
        ALL.withSplit(
            new SplitConfig.ByDate(
                "at", "2026-10-01 00:00:00", Optional.of("2026-11-01 00:00:00")));
    EncodedDataSet data = encode(byDate, rows(), "dated");
    assertThat(data.manifest().rows(Split.VALIDATION)).isPositive();
    assertThat(choices(data))
        .containsEntry("at", "hour, weekday")
        .containsEntry("same_weekday", "left out");
    assertSame(encode(byDate.withFields(specs(data)), rows(), "given"), data);
    assertThat(specs(data)).extracting(FieldSpec::name).contains("at hour", "at weekday");
  }

  /**
   * If all rows of a date are in one split, validation rows have dates that do not occur in
   * training.
   */
  @Test
  void datesAreValuesWhenValidationRowsHaveTheSame() {
    Dataset<Row> rows =
        rows()
            .withColumn(
                "shown", functions.expr("date_add(date'2026-01-01', cast(row % 60 as int))"))
            .withColumn(
                "hourly", functions.expr("timestamp_seconds(1767225600 + row % 168 * 3600)"))
            .withColumn("turn", functions.expr("cast(row % 60 as string)"));
    EncodedDataSet mixed = encode(ALL, rows, "mixed");
    assertThat(choices(mixed))
        .containsEntry("shown", "weekday, day, the values themselves")
        .containsEntry("hourly", "hour, weekday, day, the values themselves");
    assertThat(mixed.manifest().warnings()).noneMatch(line -> line.contains("timestamps"));
    assertThat(specs(mixed)).contains(FieldSpec.categorical("shown"));
    assertSame(encode(ALL.withFields(specs(mixed)), rows, "given-dates"), mixed);
    SplitConfig apart = new SplitConfig.ByFraction(0.8, 0.1, 0.1, 1, Optional.of("turn"));
    EncodedDataSet split = encode(ALL.withSplit(apart), rows, "apart");
    assertThat(split.manifest().rows(Split.VALIDATION)).isPositive();
    assertThat(choices(split)).containsEntry("shown", "weekday, day");
  }

  @Test
  void aNumberThatIsADateIsNoField() {
    EncodingConfig byDate =
        ALL.withSplit(new SplitConfig.ByDate("row", "30000", Optional.of("35000")));
    assertThat(choices(encode(byDate, rows(), "numbered"))).containsEntry("row", "left out");
  }

  @Test
  void onlyTrainingRowsAndNoLabelsOfOthersDecide() {
    EncodingConfig byDate =
        ALL.withSplit(new SplitConfig.ByDate("row", "30000", Optional.of("35000")));
    Dataset<Row> rows = rows();
    Dataset<Row> others =
        rows.withColumn("y", functions.expr("if(row >= 30000, pmod(hash(row), 2), y)"))
            .withColumn("city", functions.expr("if(row >= 30000, token, city)"))
            .withColumn("constant", functions.expr("if(row >= 30000, token, constant)"));
    assertThat(encode(byDate, others, "others").manifest().columns())
        .isEqualTo(encode(byDate, rows, "same").manifest().columns());
  }

  /** Rows between the two thresholds of the label are left out, so they must not decide. */
  @Test
  void rowsWithoutALabelDoNotDecide() {
    Dataset<Row> rows = rows();
    Dataset<Row> others =
        rows.withColumn("y", functions.lit(3))
            .withColumn("city", functions.col("token"))
            .withColumn("row", functions.expr("row + 100000"));
    EncodingConfig rated = ALL.withLabels(new LabelRule(4, 2, List.of()));
    Dataset<Row> ratings = rows.withColumn("y", functions.expr("if(y = 1, 5, 1)"));
    assertThat(choices(encode(rated, ratings.union(others), "with")))
        .isEqualTo(choices(encode(ALL, rows, "without")));
  }

  @Test
  void oneTextAmongNumbersKeepsItsRow() {
    Dataset<Row> odd = texts().withColumn("size", functions.expr("if(row = '2000', 'n/a', size)"));
    EncodedDataSet data = encode(ALL, odd, "odd");
    assertThat(choices(data)).containsEntry("size", "categorical");
    assertThat(data.manifest().quarantined()).isZero();
  }

  @Test
  void aVocabularyKeepsItsChoiceWhateverLaterRowsHold() {
    EncodedDataSet first = encode(ALL, rows(), "first");
    Dataset<Row> later =
        rows()
            .withColumn("price", functions.lit(1.0))
            .withColumn("constant", functions.expr("concat('x', row % 3)"))
            .withColumn("new", functions.expr("row % 3"));
    StoredVocabulary vocabulary =
        StoredVocabulary.open(
            SharedSpark.context().hadoopConfiguration(), first.vocabularyDirectory());
    EncodedDataSet second =
        new TableEncoder(spark, ALL, Optional.of(vocabulary))
            .encode(later, directory.resolve("second").toString());
    assertThat(specs(second)).isEqualTo(specs(first));
    assertThat(second.manifest().columns()).isEmpty();
  }

  @Test
  void fewRowsAreNoReasonToLeaveTextsOut() {
    assertThat(choices(encode(ALL, rows().limit(60).repartition(1), "few")))
        .containsEntry("token", "categorical");
  }

  @Test
  void aTableWithoutAFieldIsRefusedWithWhatItsColumnsHold() {
    assertThatThrownBy(() -> encode(ALL, rows().select("y", "empty", "token"), "none"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("no column of the table can be a field: column empty: left out (no")
        .hasMessageContaining("column token: left out");
  }
}
