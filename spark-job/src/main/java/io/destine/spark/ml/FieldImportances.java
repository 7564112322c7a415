package io.destine.spark.ml;

import io.destine.feature.FieldSpec;
import io.destine.feature.FittedFields;
import io.destine.feature.SideTable;
import io.destine.spark.conf.EncodingConfig;
import io.destine.spark.conf.SideTableConfig;
import io.destine.spark.conf.SourceConfig;
import io.destine.spark.encode.SourceRows;
import io.destine.spark.predict.ExplainJob;
import io.destine.spark.predict.Explanation;
import io.destine.spark.predict.LoadedModel;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** The permutation importance of a model's fields as a table, the most important field first. */
final class FieldImportances {
  private static final StructType SCHEMA =
      new StructType()
          .add("field", DataTypes.StringType)
          .add("logLoss", DataTypes.DoubleType)
          .add("logLossError", DataTypes.DoubleType)
          .add("auc", DataTypes.DoubleType)
          .add("aucError", DataTypes.DoubleType);

  private FieldImportances() {}

  /**
   * The table.
   *
   * @param columns of the rows
   * @param label column of the label
   * @param weight column of the weight
   */
  static Dataset<Row> of(
      SparkSession spark,
      LoadedModel model,
      PlainColumns columns,
      String label,
      Optional<String> weight,
      ExplainJob.Settings settings) {
    FittedFields fields = model.vocabulary().fields();
    EncodingConfig config =
        EncodingConfig.of(label)
            .withFields(fields.inputs())
            .withTables(fields.tables().stream().map(side -> config(side, fields)).toList())
            .withColumns(weight, Optional.empty(), Optional.empty());
    Column[] plain = new Column[columns.count()];
    for (int n = 0; n < plain.length; n++) {
      plain[n] = columns.plain(n).as(columns.ownName(n));
    }
    try (SourceRows rows = SourceRows.of(columns.select(plain), config)) {
      Explanation explanation = new ExplainJob(spark, model).run(rows, Optional.empty(), settings);
      List<Row> table = new ArrayList<>();
      for (int m = 0; m < explanation.fields().size(); m++) {
        Explanation.FieldWorth worth = explanation.worth().get(m);
        table.add(
            RowFactory.create(
                explanation.fields().get(m),
                worth.logLoss(),
                worth.logLossError(),
                worth.auc(),
                worth.aucError()));
      }
      table.sort(Comparator.comparingDouble(row -> -row.getDouble(1)));
      return spark.createDataFrame(table, SCHEMA);
    }
  }

  /** A side table whose rows are stored in the model: nothing is read from its source. */
  private static SideTableConfig config(SideTable side, FittedFields fields) {
    List<FieldSpec> own =
        fields.configured().stream().filter(spec -> side.name().equals(spec.table())).toList();
    SourceConfig model =
        new SourceConfig(List.of("the model"), "parquet", true, List.of(), Map.of());
    return new SideTableConfig(side, model, own);
  }
}
