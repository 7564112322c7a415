package io.destine.spark.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.destine.random.CounterRandom;
import io.destine.random.Purpose;
import io.destine.spark.SharedSpark;
import io.destine.spark.encode.EncodedDataSet;
import io.destine.spark.encode.Split;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The shipped configuration for Criteo's format, on rows of that shape. */
class CriteoTest {
  private static final int ROWS = 3000;

  @TempDir Path directory;

  /**
   * Tab-separated, no header: label, 13 integers from -2 up, 26 texts of 8 hexadecimal digits; gaps
   * in both.
   */
  private static String row(CounterRandom random) {
    StringBuilder line = new StringBuilder();
    int first = random.below(20, 0);
    line.append(random.uniform(1) < (first < 10 ? 0.6 : 0.1) ? 1 : 0);
    for (int i = 0; i < 13; i++) {
      line.append('\t');
      if (random.uniform(10 + i) > 0.2) {
        line.append((int) (Math.pow(2000, random.uniform(30 + i)) - 3));
      }
    }
    for (int c = 0; c < 26; c++) {
      line.append('\t');
      if (c == 0 || random.uniform(50 + c) > 0.1) {
        int value = c == 0 ? first : random.below(30 * (c + 1), 90 + c);
        line.append(String.format("%08x", 0x5bd1e995 * (100 * c + value + 1)));
      }
    }
    return line.append('\n').toString();
  }

  @Test
  void trainsOnCriteosFormatWithoutAnotherSetting() throws IOException {
    SharedSpark.session();
    Path file = directory.resolve("train.txt");
    StringBuilder text = new StringBuilder();
    for (int n = 0; n < ROWS; n++) {
      text.append(row(CounterRandom.of(1, Purpose.SPLIT).at(n)));
    }
    Files.writeString(file, text);
    String model = directory.resolve("model").toString();
    int code =
        Main.execute(
            "train",
            "--config",
            Path.of("..", "conf", "criteo.conf").toString(),
            "--set",
            "source.path=" + file,
            "--set",
            "output.model=" + model,
            "--set",
            "train.epochs=2",
            "--set",
            "train.batch-size=256",
            "--set",
            "train.learning-rate=0.01",
            "--set",
            "train.blocks-per-step=4");
    assertThat(code).isZero();
    EncodedDataSet data = EncodedDataSet.load(SharedSpark.session(), model + ".data");
    assertThat(data.manifest().fields().size()).isEqualTo(39);
    assertThat(data.manifest().quarantined()).isZero();
    long rows = 0;
    for (Split split : Split.values()) {
      rows += data.manifest().rows(split);
    }
    assertThat(rows).isEqualTo(ROWS);
    assertThat(directory.resolve("model/manifest.json")).content().contains("\"auc\"");
  }
}
