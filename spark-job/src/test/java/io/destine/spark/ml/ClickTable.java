package io.destine.spark.ml;

import io.destine.random.CounterRandom;
import io.destine.random.Purpose;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A small table of clicks that a network can learn something from. */
final class ClickTable {
  static final int ROWS = 1500;

  private ClickTable() {}

  /** Writes clicks.csv into a directory. */
  static Path write(Path directory) throws IOException {
    StringBuilder csv = new StringBuilder("clicked,weight,user,item,price,tags,late\n");
    CounterRandom random = CounterRandom.of(31, Purpose.SPLIT);
    for (int n = 0; n < ROWS; n++) {
      CounterRandom row = random.at(n);
      int user = row.below(40, 0);
      int item = row.below(20, 1);
      int click = row.uniform(2) < (item % 2 == 0 ? 0.85 : 0.15) ? 1 : 0;
      csv.append(String.format("%d,%s,u%d,i%d,", click, n % 3 == 0 ? "0.5" : "1.25", user, item));
      csv.append(String.format("%.3f,", Math.exp(5 * row.uniform(3))));
      csv.append(String.format("t%d|t%d,%d%n", row.below(9, 4), row.below(9, 5), n % 10 / 9));
    }
    return Files.writeString(directory.resolve("clicks.csv"), csv);
  }

  /** An estimator for it. */
  static DestineClassifier classifier() {
    return new DestineClassifier()
        .setLabelCol("clicked")
        .setInputCols("user", "item", "price", "tags")
        .setNumericCols("price")
        .setMultiCols("tags")
        .setFieldOptions("price { transform = quantile, buckets = 8 }")
        .setEmbeddingDim(8)
        .setHeadDim(4)
        .setLayers(1)
        .setDeep(8)
        .setAttentionDropout(0.1)
        .setBatchSize(128)
        .setEpochs(3)
        .setLearningRate(0.01);
  }
}
