package io.destine.spark.train;

import io.destine.random.CounterRandom;
import io.destine.random.Purpose;
import io.destine.spark.ModelDigests;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;

/**
 * A small training that uses every source of randomness and every kind of state: dropout in
 * attention and in the deep part, a wide part, weighted rows, values unseen in training, fields of
 * several values, crosses, a side table with text, vectors and links, averaged parameters. Twelve
 * steps an epoch, two epochs.
 */
final class SameBitsCase {
  static final int STEPS_PER_EPOCH = 12;

  /** All rows of the vocabulary. */
  static final String VOCABULARY = "vocabulary rows";

  /** Names of configurations. */
  static final String ADAM = "adam";

  static final String DECAY = "adam-decay";
  static final String SGD = "sgd";
  static final String ADAGRAD = "adagrad";
  static final List<String> ALL = List.of(ADAM, DECAY, SGD, ADAGRAD);

  private static final int ROWS = 1900;

  private SameBitsCase() {}

  /** Writes the source table and a configuration file for each name. */
  static void write(Path directory) throws IOException {
    StringBuilder csv = new StringBuilder("clicked,weight,user,item,hour,price,age,tags\n");
    CounterRandom random = CounterRandom.of(29, Purpose.SPLIT);
    for (int n = 0; n < ROWS; n++) {
      CounterRandom row = random.at(n);
      int user = row.below(300, 0);
      int item = row.below(60, 1);
      boolean click = row.uniform(2) < ((user + item) % 2 == 0 ? 0.8 : 0.2);
      csv.append(click ? 1 : 0).append(n % 3 == 0 ? ",0.5" : ",1.25");
      csv.append(",u").append(user).append(",i").append(item).append(',').append(row.below(24, 3));
      csv.append(',').append(n % 11 == 0 ? "" : Math.exp(6 * row.uniform(4)));
      csv.append(',').append(18 + row.below(60, 5));
      csv.append(",t").append(row.below(9, 6)).append("|t").append(row.below(9, 7)).append('\n');
    }
    Files.writeString(directory.resolve("clicks.csv"), csv);
    StringBuilder items = new StringBuilder("item,maker,title,related,image\n");
    for (int item = 0; item < 70; item++) {
      CounterRandom values = random.at("items").at(item);
      items.append('i').append(item).append(",m").append(values.below(6, 0));
      items.append(",Part ").append(values.below(5, 1)).append(" of ").append(values.below(3, 2));
      items.append(",i").append(values.below(60, 5)).append("|i").append(values.below(60, 6));
      items
          .append(',')
          .append(values.uniform(3))
          .append('|')
          .append(values.uniform(4))
          .append('\n');
    }
    Files.writeString(directory.resolve("items.csv"), items);
    writeConfig(directory, ADAM, "optimizer = adam, average = 1");
    writeConfig(
        directory,
        DECAY,
        "optimizer = adam, embedding-l2 = 0.002, clip-norm = 0.5, warmup-steps = 9, average = 0.5");
    writeConfig(directory, SGD, "optimizer = sgd");
    writeConfig(directory, ADAGRAD, "optimizer = adagrad");
  }

  private static void writeConfig(Path directory, String name, String train) throws IOException {
    Files.writeString(
        config(directory, name),
        """
        source.path = "%s"
        label = clicked
        weight = weight
        fields = [ { name = user }, { name = item }, { name = hour }, { name = price, kind = numeric },
                   { name = age, kind = numeric, transform = quantile, buckets = 8 },
                   { name = tags, kind = multi } ]
        tables.item {
          path = "%s", key = item
          fields = [ { name = maker }, { name = title, kind = text }
                     { name = related, kind = multi, shares = item }
                     { name = image, kind = vector, length = 2 } ]
        }
        crosses = [[user, item], [hour, price, age], [age, hour]]
        rates = all
        model { embedding-dim = 8, heads = 2, head-dim = 4, layers = 2, wide = true, deep = [8], list-pooling = attention
                key-dropout = 0.2
                attention-dropout = 0.1, deep-dropout = 0.2, consistency = 0.5 }
        train { calibration = isotonic, batch-size = 128, epochs = 2, learning-rate = 0.01, blocks-per-step = 32, %s }
        output { model = "%s", block-rows = 52 }
        compute.owners = driver
        """
            .formatted(
                directory.resolve("clicks.csv"),
                directory.resolve("items.csv"),
                train,
                directory.resolve(name)));
  }

  /** The configuration file of a name. */
  static Path config(Path directory, String name) {
    return directory.resolve(name + ".conf");
  }

  /**
   * Where the encoded rows of some trainings are, which are the same for all names. Trainings with
   * the same suffix encode them once.
   */
  static Path data(Path directory, String suffix) {
    return directory.resolve("rows" + suffix);
  }

  /**
   * SHA-256 of every file of a model except the manifest, the report and the model card; the
   * vocabulary as a whole.
   */
  static Map<String, String> digests(Path model) {
    Map<String, String> digests =
        ModelDigests.of(
            model,
            name ->
                !name.startsWith("manifest.")
                    && !name.startsWith("report.")
                    && !name.equals("README.md")
                    && !name.endsWith(".crc")
                    && !name.endsWith(".parquet"));
    digests.put(VOCABULARY, ModelDigests.ofVocabulary(model));
    return digests;
  }

  /** What a child process has seen, as {@code key=value} lines. */
  static Path observations(Path directory) {
    return directory.resolve("observed.properties");
  }

  /** A line for {@link #observations}. */
  static void observe(Path directory, String key, long value) {
    try {
      Files.writeString(
          observations(directory),
          key + "=" + value + "\n",
          StandardCharsets.UTF_8,
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
