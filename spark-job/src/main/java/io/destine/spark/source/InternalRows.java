package io.destine.spark.source;

import org.apache.spark.rdd.RDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SQLContext;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.sources.BaseRelation;
import org.apache.spark.sql.sources.TableScan;
import org.apache.spark.sql.types.StructType;

/** A table of rows in Spark SQL's internal format, which need no conversion. */
public final class InternalRows extends BaseRelation implements TableScan {
  private final SparkSession spark;
  private final RDD<InternalRow> rows;
  private final StructType schema;

  private InternalRows(SparkSession spark, RDD<InternalRow> rows, StructType schema) {
    this.spark = spark;
    this.rows = rows;
    this.schema = schema;
  }

  /** The table of the rows, in their order and in their partitions. */
  public static Dataset<Row> table(SparkSession spark, RDD<InternalRow> rows, StructType schema) {
    return spark.baseRelationToDataFrame(new InternalRows(spark, rows, schema));
  }

  @Override
  public SQLContext sqlContext() {
    return spark.sqlContext();
  }

  @Override
  public StructType schema() {
    return schema;
  }

  @Override
  public boolean needConversion() {
    return false;
  }

  /** Returns internal rows despite the signature, as announced by {@link #needConversion}. */
  @Override
  @SuppressWarnings("unchecked")
  public RDD<Row> buildScan() {
    return (RDD<Row>) (RDD<?>) rows;
  }

  @Override
  public String toString() {
    return "rows";
  }
}
