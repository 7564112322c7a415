package io.destine.spark.ml;

import static org.assertj.core.api.Assertions.assertThat;

import io.destine.spark.SharedSpark;
import io.destine.spark.nightly.S3Server;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models that are saved to S3, over another and over themselves. */
class S3ModelTest {
  private static final String SAVED = S3Server.BUCKET + "/models/clicks";

  @TempDir static Path directory;
  private static S3Server server;
  private static FileSystem bucket;
  private static Dataset<Row> clicks;

  @BeforeAll
  static void start() throws Exception {
    server = S3Server.start(directory);
    SparkSession spark = SharedSpark.session();
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    server.settings().forEach(hadoop::set);
    bucket = new org.apache.hadoop.fs.Path(SAVED).getFileSystem(hadoop);
    clicks =
        spark.read().option("header", true).csv(ClickTable.write(directory).toString()).cache();
  }

  @AfterAll
  static void stop() throws IOException {
    if (server != null) {
      Configuration hadoop = SharedSpark.session().sparkContext().hadoopConfiguration();
      server.settings().keySet().forEach(hadoop::unset);
      bucket.close();
      server.close();
    }
  }

  private static DestineModel fit(int epochs) {
    return ClickTable.classifier()
        .setWorkingDirectory(directory.resolve("fits").toString())
        .setEpochs(epochs)
        .fit(clicks);
  }

  private static List<Row> probabilities(DestineModel model) {
    return model
        .transform(clicks)
        .select("user", "item", "price", "probability")
        .orderBy("user", "item", "price")
        .collectAsList();
  }

  private static List<String> files() throws IOException {
    List<String> files = new ArrayList<>();
    RemoteIterator<LocatedFileStatus> all =
        bucket.listFiles(new org.apache.hadoop.fs.Path(S3Server.BUCKET + "/"), true);
    while (all.hasNext()) {
      files.add(all.next().getPath().toString());
    }
    return files;
  }

  /** A rename onto a directory that is there would move the new model into it. */
  private static void assertOneModel() throws IOException {
    assertThat(files())
        .contains(SAVED + "/manifest.json", SAVED + "/metadata/part-00000")
        .allMatch(file -> file.startsWith(SAVED + "/"))
        .noneMatch(file -> file.substring(SAVED.length()).contains("/."))
        .filteredOn(file -> file.endsWith("/manifest.json"))
        .hasSize(1);
  }

  @Test
  void aModelIsSavedOverAnotherAndOverItself() throws IOException {
    DestineModel first = fit(1);
    first.save(SAVED);
    List<Row> expected = probabilities(first);
    DestineModel loaded = DestineModel.load(SAVED);
    assertThat(probabilities(loaded)).isEqualTo(expected).hasSize(ClickTable.ROWS);
    assertOneModel();

    loaded.setThreshold(0.75).write().overwrite().save(SAVED);
    DestineModel again = DestineModel.load(SAVED);
    assertThat(again.getThreshold()).isEqualTo(0.75);
    assertThat(again.uid()).isEqualTo(first.uid());
    assertThat(probabilities(again)).isEqualTo(expected);
    assertOneModel();

    DestineModel other = fit(2);
    other.write().overwrite().save(SAVED);
    assertThat(probabilities(DestineModel.load(SAVED)))
        .isEqualTo(probabilities(other))
        .isNotEqualTo(expected);
    assertOneModel();
  }
}
