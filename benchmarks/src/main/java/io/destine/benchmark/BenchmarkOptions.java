package io.destine.benchmark;

import io.destine.config.ModelConfig;
import io.destine.feature.FieldLayout;
import io.destine.kernel.KernelChoice;
import io.destine.model.Destine;
import io.destine.model.NetworkKernels;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What a benchmark measures.
 *
 * @param fields M, fields of one id each
 * @param vocab V, rows of the embedding table; of each table to compare, when several
 * @param d embedding dimension
 * @param heads H
 * @param headDim c
 * @param layers L
 * @param batch B, rows of a step
 * @param threads that work at the same time
 * @param kernel which kernel
 * @param seconds of each measurement, a third of it warm-up
 */
record BenchmarkOptions(
    int fields,
    List<Integer> vocab,
    int d,
    int heads,
    int headDim,
    int layers,
    int batch,
    int threads,
    KernelChoice kernel,
    int seconds) {

  /** The options' names and defaults, for --help. */
  static final Map<String, String> DEFAULTS = new LinkedHashMap<>();

  static {
    DEFAULTS.put("fields", "39");
    DEFAULTS.put("vocab", "1000000");
    DEFAULTS.put("d", "16");
    DEFAULTS.put("heads", "2");
    DEFAULTS.put("head-dim", "16");
    DEFAULTS.put("layers", "3");
    DEFAULTS.put("batch", "4096");
    DEFAULTS.put("threads", "1");
    DEFAULTS.put("kernel", "auto");
    DEFAULTS.put("seconds", "10");
  }

  BenchmarkOptions {
    vocab = List.copyOf(vocab);
    for (int rows : vocab) {
      if (rows < fields) {
        throw new IllegalArgumentException(
            "--vocab must be at least one id per field, " + fields + ", got " + rows);
      }
    }
  }

  /**
   * Reads {@code --name value} pairs.
   *
   * @param defaults values of options that the arguments leave out, in place of {@link #DEFAULTS}
   * @throws IllegalArgumentException naming the argument that cannot be used
   */
  static BenchmarkOptions parse(String[] arguments, Map<String, String> defaults) {
    Map<String, String> values = new LinkedHashMap<>(DEFAULTS);
    values.putAll(defaults);
    for (int i = 0; i < arguments.length; i += 2) {
      String name = arguments[i].startsWith("--") ? arguments[i].substring(2) : "";
      if (!DEFAULTS.containsKey(name)) {
        throw new IllegalArgumentException(
            "options must be among --"
                + String.join(", --", DEFAULTS.keySet())
                + ", got "
                + arguments[i]);
      }
      if (i + 1 == arguments.length) {
        throw new IllegalArgumentException("--" + name + " must be followed by a value");
      }
      values.put(name, arguments[i + 1]);
    }
    return new BenchmarkOptions(
        number(values, "fields", 1),
        Arrays.stream(values.get("vocab").split(","))
            .map(part -> number("vocab", part, 1))
            .toList(),
        number(values, "d", 1),
        number(values, "heads", 1),
        number(values, "head-dim", 1),
        number(values, "layers", 0),
        number(values, "batch", 1),
        number(values, "threads", 1),
        kernel(values.get("kernel")),
        number(values, "seconds", 0));
  }

  private static int number(Map<String, String> values, String name, int least) {
    return number(name, values.get(name), least);
  }

  private static int number(String name, String text, int least) {
    try {
      int number = Integer.parseInt(text.trim());
      if (number >= least) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw new IllegalArgumentException(
        "--" + name + " must be a whole number of at least " + least + ", got " + text);
  }

  private static KernelChoice kernel(String text) {
    for (KernelChoice choice : KernelChoice.values()) {
      if (choice.key().equals(text)) {
        return choice;
      }
    }
    throw new IllegalArgumentException(
        "--kernel must be one of "
            + Arrays.toString(KernelChoice.values()).toLowerCase(Locale.ROOT)
            + ", got "
            + text);
  }

  /** The network, whose only part is the interaction part. */
  Destine network() {
    ModelConfig config =
        ModelConfig.interaction()
            .embeddingDim(d)
            .heads(heads)
            .headDim(headDim)
            .layers(layers)
            .build();
    return new Destine(config, FieldLayout.ofIds(fields));
  }

  /** Kernels of the network; a choice of auto is settled. */
  NetworkKernels kernels() {
    return new NetworkKernels(network(), kernel).resolved();
  }

  /** V of a benchmark that takes one table. */
  int singleVocab() {
    if (vocab.size() != 1) {
      throw new IllegalArgumentException(
          "--vocab must be one number here, got " + vocab.size() + " of them");
    }
    return vocab.get(0);
  }
}
