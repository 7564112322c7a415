package io.destine.spark.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.destine.spark.SharedSpark;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A small trained model of the given text columns, for tests of the commands that use one. */
final class ClickModel {
  private ClickModel() {}

  /** Trains DIRECTORY/NAME on rows of its own, in which each column has seven values. */
  static Path train(Path directory, String name, String... columns) throws IOException {
    SharedSpark.session();
    StringBuilder csv = new StringBuilder("clicked");
    StringBuilder fields = new StringBuilder();
    for (String column : columns) {
      csv.append(",\"").append(column.replace("\"", "\"\"")).append('"');
      String quoted = column.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
      fields.append("{ name = \"").append(quoted).append("\" }\n");
    }
    csv.append('\n');
    for (int n = 0; n < 400; n++) {
      csv.append(n % 3 == 0 ? 1 : 0);
      for (int c = 0; c < columns.length; c++) {
        csv.append(",v").append((n / (c + 1)) % 7);
      }
      csv.append('\n');
    }
    Path table = directory.resolve(name + "-clicks.csv");
    Files.writeString(table, csv);
    Path model = directory.resolve(name);
    Path config = directory.resolve(name + ".conf");
    Files.writeString(
        config,
        """
        source { path = "%s", format = csv, header = true }
        label = clicked
        fields = [ %s ]
        crosses = none
        model { embedding-dim = 4, heads = 1, head-dim = 4, layers = 1, wide = false }
        train { batch-size = 64, epochs = 1, blocks-per-step = 2 }
        output.model = "%s"
        """
            .formatted(table, fields, model));
    CommandRun trained = CommandRun.of("train", "--config", config.toString());
    assertThat(trained.code()).as(trained.err()).isZero();
    return model;
  }
}
