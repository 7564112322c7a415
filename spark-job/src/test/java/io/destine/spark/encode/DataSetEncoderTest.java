package io.destine.spark.encode;

import static org.assertj.core.api.Assertions.assertThat;

import io.destine.feature.EncodedBatch;
import io.destine.spark.SharedSpark;
import io.destine.spark.conf.JobConfig;
import io.destine.spark.conf.JobConfigReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataSetEncoderTest {
  @TempDir Path directory;

  @Test
  void everyRowOfACsvFileIsEncodedOnce() throws IOException {
    StringBuilder csv = new StringBuilder("clicked,user,item\n");
    for (int i = 0; i < 500; i++) {
      csv.append(i % 3 == 0 ? 1 : 0)
          .append(",u")
          .append(i % 50)
          .append(",i")
          .append(i)
          .append('\n');
    }
    Path file = Files.writeString(directory.resolve("clicks.csv"), csv);
    JobConfig config =
        JobConfigReader.parse(
            """
            source { path = "%s" }
            label = clicked
            fields = [ user, item ]
            train { logical-partitions = 8 }
            vocabulary { min-count = 1 }
            output { model = "%s" }
            """
                .formatted(file, directory.resolve("model")),
            List.of());
    EncodedDataSet data =
        new DataSetEncoder().encode(SharedSpark.session(), config, directory + "/data");
    long rows = 0;
    for (Split split : Split.values()) {
      List<EncodedBatch> batches = new ArrayList<>(data.partitions(split, 3).collect());
      rows += batches.stream().mapToInt(EncodedBatch::rows).sum();
    }
    assertThat(rows).isEqualTo(500);
    System.err.println(Files.readString(directory.resolve("data/manifest.json")));
  }
}
