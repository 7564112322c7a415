package io.destine.artifact;

import io.destine.param.ParameterLayout;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Names of the files of one set of tensors: those of the model, or those of the optimiser's state.
 */
enum TensorFileNames {
  MODEL("model.safetensors.index.json", "dense.safetensors"),
  OPTIMIZER("optimizer.safetensors.index.json", "optimizer.safetensors");

  private final String index;
  private final String flat;

  TensorFileNames(String index, String flat) {
    this.index = index;
    this.flat = flat;
  }

  /** The index file. */
  String index() {
    return index;
  }

  /** The file of all tensors that are not tables. */
  String flat() {
    return flat;
  }

  /** Whether a file is one of these, except for the optimiser's tables, which give false. */
  boolean has(String file) {
    return file.equals(index)
        || file.equals(flat)
        || Stream.of(ParameterLayout.EMBEDDING, ParameterLayout.WIDE)
            .anyMatch(table -> file.matches(base(table) + "(-\\d+-of-\\d+)?\\.safetensors"));
  }

  /** The file of one shard of a table. */
  String shard(String table, int number, int count) {
    return base(table) + suffix(number, count) + ".safetensors";
  }

  /** The tensor of one shard of a table. */
  static String tensor(String table, int number, int count) {
    return count == 1 ? table : table + "." + suffix(number, count).substring(1);
  }

  private String base(String table) {
    if (this == OPTIMIZER) {
      return "optimizer." + table;
    }
    return switch (table) {
      case ParameterLayout.EMBEDDING -> "embedding";
      case ParameterLayout.WIDE -> "wide";
      default -> throw new IllegalArgumentException("a model has no table named " + table);
    };
  }

  private static String suffix(int number, int count) {
    return count == 1 ? "" : String.format(Locale.ROOT, "-%05d-of-%05d", number, count);
  }
}
