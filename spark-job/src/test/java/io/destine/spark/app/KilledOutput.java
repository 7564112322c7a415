package io.destine.spark.app;

import io.destine.spark.sink.TableFiles;
import io.destine.spark.sink.TableFormat;
import io.destine.spark.sink.TableOutput;
import org.apache.spark.api.java.function.MapFunction;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.SparkSession;

/**
 * Writes predictions; the process ends as if by SIGKILL while its task writes rows: {@code
 * KilledOutput DIRECTORY}.
 */
public final class KilledOutput {
  private static final int KILLED = 128 + 9;

  private KilledOutput() {}

  public static void main(String[] args) {
    SparkSession spark =
        SparkSession.builder()
            .master("local[1]")
            .config("spark.ui.enabled", false)
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.driver.host", "127.0.0.1")
            .getOrCreate();
    TableOutput output =
        new TableOutput(
            spark.sparkContext().hadoopConfiguration(),
            TableOutput.Kind.PREDICTIONS,
            args[0],
            false);
    output.begin(System.err::println);
    MapFunction<Long, Long> killing =
        row -> {
          if (row == 50) {
            Runtime.getRuntime().halt(KILLED);
          }
          return row;
        };
    output.write(
        spark.range(100).map(killing, Encoders.LONG()).toDF(), TableFiles.of(TableFormat.CSV));
  }
}
