package io.destine.spark.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.destine.spark.SharedSpark;
import io.destine.spark.conf.UserError;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Errors of a fit name parameters of the estimator, not configuration keys. */
class ParamMessagesTest {
  @TempDir static Path directory;
  private static Dataset<Row> clicks;

  @BeforeAll
  static void writeClicks() throws IOException {
    clicks =
        SharedSpark.session()
            .read()
            .option("header", true)
            .csv(ClickTable.write(directory).toString())
            .cache();
  }

  private static String problem(Dataset<Row> table, Consumer<DestineClassifier> settings) {
    Path fits = directory.resolve("fits");
    DestineClassifier classifier = ClickTable.classifier().setWorkingDirectory(fits.toString());
    settings.accept(classifier);
    UserError e = catchThrowableOfType(UserError.class, () -> classifier.fit(table));
    assertThat(e).isNotNull();
    assertThat(fits).isEmptyDirectory();
    for (SettingParam param : SettingParam.all()) {
      if (param.setting().key().contains(".")) {
        assertThat(e.getMessage()).doesNotContain(param.setting().key());
      }
    }
    assertThat(e.getMessage()).doesNotContain("fields[").doesNotContain("configuration");
    return e.getMessage();
  }

  private static Dataset<Row> priced(String value) {
    return clicks.withColumn(
        "price",
        functions
            .when(functions.col("user").equalTo("u7"), value)
            .otherwise(functions.col("price")));
  }

  @Test
  void problemsOfSideTablesNameTheirOwnKeys() {
    DestineClassifier classifier =
        ClickTable.classifier()
            .setSideTables("item { key = item, fields = [{ name = maker, kind = nmeric }] }");
    UserError e = catchThrowableOfType(UserError.class, () -> classifier.fit(clicks));
    assertThat(e.getMessage())
        .startsWith("sideTables: item.fields[0].kind")
        .contains("nmeric")
        .doesNotContain("user", "inputCols", "fieldOptions");
  }

  @Test
  void rowsThatCannotBeReadAreMeasuredByMaxBadFraction() {
    assertThat(problem(priced("cheap"), c -> c.setMaxBadFraction(0.001)))
        .contains("cannot be read", "(maxBadFraction allows 0.001)", "cheap");
  }

  @Test
  void fieldsAreNamedByTheirParameters() {
    assertThat(
            problem(
                clicks.withColumnRenamed("late", ""),
                c -> c.clear(c.inputCols()).clear(c.fieldOptions())))
        .isEqualTo(
            "a column of the table has an empty name; rename it, or set inputCols to the fields");
    assertThat(
            problem(clicks, c -> c.setFieldOptions("price { transform = quantile, buckets = 1 }")))
        .isEqualTo("fieldOptions: price.buckets is 1; it must be at least 2");
    assertThat(problem(clicks, c -> c.setFieldOptions("tags { sice = 3 }")))
        .startsWith("fieldOptions: unknown key \"tags.sice\"");
    assertThat(problem(clicks, c -> c.setFieldOptions("price { kind = nmeric }")))
        .startsWith("fieldOptions: price.kind is \"nmeric\"");
  }

  @Test
  void everyKeyOfSeveralWordsIsNamedByItsParameter() {
    for (SettingParam param : SettingParam.all()) {
      String key = param.setting().key();
      if (key.matches(".*[.-].*")) {
        assertThat(ParamMessages.text(key + " is 0; it must be 1", List.of()))
            .isEqualTo(param.name() + " is 0; it must be 1");
      }
    }
    assertThat(problem(clicks, c -> c.set(c.getParam("oovBuckets"), Integer.MAX_VALUE)))
        .endsWith("raise minCount, or lower maxValues, oovBuckets or hash-buckets");
  }

  @Test
  void settingsThatContradictEachOtherAreNamedAsParameters() {
    assertThat(problem(clicks, c -> c.setBatchNorm(true).setDeep()))
        .isEqualTo("batchNorm is true; it must be false when deep is empty");
    assertThat(problem(clicks, c -> c.setWeightCol("wieght")))
        .contains("column \"wieght\" (weightCol) not found");
    assertThat(problem(clicks, c -> c.setSplitKeyCol("session")))
        .contains("column \"session\" (splitKeyCol) not found");
  }

  @Test
  void aNumberWhoseSquareIsTooLargeIsNamedBesideItsField() {
    assertThat(problem(priced("-1e200"), c -> c.setFieldOptions("price { transform = linear }")))
        .isEqualTo(
            "field \"price\": a number of size 1.0E200 is too large for transform linear, which"
                + " computes a variance; the limit is 6e153. Correct the value, or set transform to"
                + " quantile");
  }
}
