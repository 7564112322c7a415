package io.destine.spark.predict;

import io.destine.param.ParameterTable;
import io.destine.spark.encode.StoredVocabulary;
import io.destine.spark.encode.VocabularyIds;
import io.destine.spark.parameters.ModelParameters;
import java.io.Serializable;
import java.util.Iterator;
import java.util.Spliterators;
import java.util.stream.StreamSupport;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * The embeddings of a model as a table with a row for each id. As for scoring, each JVM reads all
 * parameters.
 *
 * @param parameters of the model
 * @param kept an object that must not be freed before the table, or null
 */
record EmbeddingTable(ModelParameters parameters, Serializable kept)
    implements FlatMapFunction<Iterator<VocabularyIds.Id>, Row> {
  private static final long serialVersionUID = 1;

  private static final StructType SCHEMA =
      new StructType()
          .add("field", DataTypes.StringType, false)
          .add("use", DataTypes.StringType, false)
          .add("value", DataTypes.StringType)
          .add("id", DataTypes.IntegerType, false)
          .add("count", DataTypes.LongType)
          .add("vector", DataTypes.createArrayType(DataTypes.FloatType, false), false);

  /** The table of the ids of a vocabulary. */
  Dataset<Row> of(SparkSession spark, StoredVocabulary vocabulary) {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    return spark.createDataFrame(VocabularyIds.of(context, vocabulary).mapPartitions(this), SCHEMA);
  }

  @Override
  public Iterator<Row> call(Iterator<VocabularyIds.Id> ids) {
    ParameterTable embedding = parameters.parameters().embedding();
    return StreamSupport.stream(Spliterators.spliteratorUnknownSize(ids, 0), false)
        .map(id -> row(id, embedding))
        .iterator();
  }

  private static Row row(VocabularyIds.Id id, ParameterTable embedding) {
    double[] numbers = new double[embedding.width()];
    embedding.read(id.id(), numbers, 0);
    float[] vector = new float[numbers.length];
    for (int i = 0; i < vector.length; i++) {
      vector[i] = (float) numbers[i];
    }
    return RowFactory.create(
        id.entry().field(),
        id.entry().use().key(),
        id.entry().value(),
        id.id(),
        id.count() < 0 ? null : id.count(),
        vector);
  }
}
