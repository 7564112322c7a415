package io.destine.spark.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.destine.spark.ModelDigests;
import io.destine.spark.SharedSpark;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.spark.ml.functions;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tables with columns of one name, or of names that differ in case alone. */
class RepeatedColumnsTest {
  @TempDir static Path directory;
  private static Dataset<Row> clicks;
  private static DestineModel model;

  @BeforeAll
  static void fit() throws IOException {
    clicks =
        SharedSpark.session()
            .read()
            .option("header", true)
            .csv(ClickTable.write(directory).toString())
            .cache();
    model = classifier().fit(clicks);
  }

  private static DestineClassifier classifier() {
    return ClickTable.classifier()
        .setEpochs(1)
        .setWorkingDirectory(directory.resolve("fits").toString());
  }

  private static Column column(String expression) {
    return org.apache.spark.sql.functions.expr(expression);
  }

  private static Map<String, String> tensors(DestineModel of) throws IOException {
    return ModelDigests.of(
        Path.of(of.directory().replace("file:", "")), name -> name.endsWith(".safetensors"));
  }

  private static List<Object> logits(Dataset<Row> scored) {
    int last = scored.columns().length - 3;
    return scored.collectAsList().stream().map(row -> row.get(last)).toList();
  }

  @Test
  void columnsThatAreNotFieldsMayRepeat() throws IOException {
    Dataset<Row> repeated =
        clicks.select(
            column("late as twice"),
            column("*"),
            column("7 as twice"),
            column("8 as USER"),
            column("9 as Twice"));
    assertThat(tensors(classifier().fit(repeated))).isEqualTo(tensors(model));
    Dataset<Row> scored = model.transform(repeated);
    assertThat(scored.columns())
        .startsWith(repeated.columns())
        .endsWith("rawPrediction", "probability", "prediction");
    assertThat(scored.schema()).isEqualTo(model.transformSchema(repeated.schema()));
    Row row = scored.first();
    int count = repeated.columns().length;
    assertThat(row.get(count - 3)).isEqualTo(7);
    assertThat(row.get(count - 2)).isEqualTo(8);
    assertThat(row.get(count - 1)).isEqualTo(9);
    assertThat(logits(scored)).isEqualTo(logits(model.transform(clicks)));
    assertThat(model.setHandleInvalid("skip").transform(repeated).count())
        .isEqualTo(ClickTable.ROWS);
  }

  @Test
  void vectorsMayRepeatToo() {
    Column shape = functions.array_to_vector(column("array(double(price), 1.0D)"));
    Dataset<Row> repeated = clicks.select(column("*"), shape.as("shape"), shape.as("Shape"));
    DestineModel fitted =
        classifier()
            .setInputCols("user", "shape")
            .setNumericCols()
            .setMultiCols()
            .setFieldOptions("shape { kind = vector, length = 2 }")
            .fit(repeated);
    Row row = fitted.transform(repeated).first();
    int count = repeated.columns().length;
    assertThat(row.get(count - 2)).isInstanceOf(Vector.class).isEqualTo(row.get(count - 1));
  }

  @Test
  void aFieldThatRepeatsIsNamed() {
    Dataset<Row> repeated = clicks.select(column("*"), column("1 as user"));
    for (Runnable use :
        List.<Runnable>of(() -> classifier().fit(repeated), () -> model.transform(repeated))) {
      assertThatThrownBy(use::run)
          .hasMessageContaining("column \"user\" occurs 2 times; rename all of them but one");
    }
  }

  @Test
  void aFieldThatIsMissingIsNamedBesideTheColumnsThatAreThere() {
    DestineModel plain = model.copy(org.apache.spark.ml.param.ParamMap.empty());
    plain.clear(plain.inputCols());
    assertThatThrownBy(() -> plain.transform(clicks.withColumnRenamed("user", "usr")))
        .hasMessageContaining(
            "column \"user\" not found in the table; columns: clicked, weight, usr")
        .hasMessageContaining("did you mean \"usr\"");
  }
}
