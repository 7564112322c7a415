package io.destine.spark.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.destine.predict.RowExplanation;
import io.destine.predict.Scorer;
import io.destine.spark.SharedSpark;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The column of explanations, compared with the scorer without Spark, and rows without a value. */
class ExplanationColTest {
  private static final List<String> COLUMNS = List.of("user", "item", "price", "tags");

  @TempDir static Path directory;
  private static Dataset<Row> clicks;
  private static PipelineModel pipeline;

  @BeforeAll
  static void fit() throws IOException {
    SparkSession spark = SharedSpark.session();
    clicks =
        spark.read().option("header", true).csv(ClickTable.write(directory).toString()).cache();
    DestineClassifier classifier =
        ClickTable.classifier()
            .setLayers(2)
            .setHeads(2)
            .setEpochs(1)
            .setWorkingDirectory(directory.resolve("fits").toString())
            .setExplanationCol("why");
    pipeline = new Pipeline().setStages(new PipelineStage[] {classifier}).fit(clicks);
  }

  private static DestineModel model() {
    return (DestineModel) pipeline.stages()[0];
  }

  private static void assertWeights(Dataset<Row> explained) throws IOException {
    try (Scorer scorer = Scorer.load(Path.of(model().directory().replace("file:", "")))) {
      List<Row> rows = explained.collectAsList();
      assertThat(rows).hasSizeGreaterThan(50);
      for (Row row : rows) {
        Map<String, Object> values = new HashMap<>();
        for (String field : COLUMNS) {
          values.put(field, row.getAs(field));
        }
        RowExplanation expected = scorer.explain(values);
        List<Row> heads = row.getStruct(row.fieldIndex("why")).getList(1);
        assertThat(heads).hasSize(4).hasSameSizeAs(expected.heads());
        for (int h = 0; h < heads.size(); h++) {
          assertHead(heads.get(h), expected.heads().get(h), expected.fields());
        }
      }
    }
  }

  private static void assertHead(Row head, RowExplanation.Head expected, List<String> fields) {
    assertThat(head.getInt(0)).isEqualTo(expected.layer());
    assertThat(head.getInt(1)).isEqualTo(expected.head());
    Map<String, Float> unary = head.getJavaMap(2);
    Map<String, scala.collection.Map<String, Float>> pairwise = head.getJavaMap(3);
    assertThat(unary).containsOnlyKeys(fields);
    assertThat(pairwise).containsOnlyKeys(fields);
    for (int m = 0; m < fields.size(); m++) {
      assertThat(unary.get(fields.get(m))).isEqualTo(expected.unary()[m]);
      for (int n = 0; n < fields.size(); n++) {
        assertThat((float) pairwise.get(fields.get(m)).apply(fields.get(n)))
            .isEqualTo(expected.pairwise()[m][n]);
      }
    }
  }

  @Test
  void itHasTheWeightsOfTheScorerAlsoAfterSaving() throws IOException {
    Dataset<Row> some = clicks.limit(60);
    assertWeights(pipeline.transform(some));
    String saved = directory.resolve("saved").toString();
    pipeline.write().overwrite().save(saved);
    assertWeights(PipelineModel.load(saved).transform(some));
  }

  private static double[] logits(Dataset<Row> rows) {
    DestineModel plain = model().copy(ParamMap.empty()).setExplanationCol("");
    return plain.transform(rows).select("rawPrediction").collectAsList().stream()
        .mapToDouble(row -> row.<Vector>getAs(0).apply(1))
        .toArray();
  }

  @Test
  void aContributionIsTheLogitLessThatOfTheRowWithoutTheValue() {
    Dataset<Row> some = clicks.coalesce(1).limit(700);
    List<Row> explained = model().transform(some).select("why.contributions").collectAsList();
    double[] whole = logits(some);
    assertThat(explained).hasSize(whole.length);
    for (String column : COLUMNS) {
      double[] without = logits(some.withColumn(column, functions.lit(null).cast("string")));
      for (int n = 0; n < whole.length; n++) {
        Map<String, Double> contributions = explained.get(n).getJavaMap(0);
        assertThat(contributions).containsOnlyKeys(COLUMNS);
        assertThat(contributions.get(column)).isEqualTo(whole[n] - without[n]);
      }
      assertThat(without).isNotEqualTo(whole);
    }
  }

  @Test
  void theSchemaIsThatOfTheRowsAndOtherColumnsStay() {
    Dataset<Row> with = model().transform(clicks);
    assertThat(with.schema().fieldNames()).endsWith("prediction", "why");
    assertThat(with.schema().apply("why").dataType())
        .isEqualTo(model().transformSchema(clicks.schema()).apply("why").dataType());
    DestineModel without = model().copy(ParamMap.empty());
    Dataset<Row> plain = without.setExplanationCol("").transform(clicks);
    assertThat(plain.schema().fieldNames()).doesNotContain("why");
    assertThat(with.drop("why").collectAsList()).isEqualTo(plain.collectAsList());
    assertThatThrownBy(() -> model().transform(clicks.withColumn("why", functions.lit(1))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("the table already has a column \"why\";");
  }

  @Test
  void aRowThatCannotBeReadHasNone() {
    Dataset<Row> broken =
        clicks.limit(1).withColumn("price", functions.lit("high")).union(clicks.limit(2));
    DestineModel keeping = model().copy(ParamMap.empty()).setHandleInvalid("keep");
    List<Row> explained = keeping.transform(broken).select("why", "prediction").collectAsList();
    assertThat(explained.get(0).isNullAt(0)).isTrue();
    assertThat(explained.get(0).isNullAt(1)).isTrue();
    assertThat(explained.get(1).isNullAt(0)).isFalse();
  }
}
