package io.destine.spark.app;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Prints lines of a command for people on standard error. Each warning is printed once and kept for
 * the JSON of the result. Any number of threads.
 */
final class CommandLog implements Consumer<String> {
  private static final String WARNING = "warning: ";

  private final Set<String> warnings = new LinkedHashSet<>();
  private final Set<String> printed = new HashSet<>();

  /** Prints a line, unless it is a warning that has already been printed. */
  @Override
  public synchronized void accept(String line) {
    if (line.startsWith(WARNING)) {
      warnings.add(line.substring(WARNING.length()));
      if (!printed.add(line)) {
        return;
      }
    }
    Console.err().println(line);
  }

  /** Begins a part of the command, such as a day: its warnings are printed again. */
  synchronized void begin(String heading) {
    printed.clear();
    Console.err().println(heading);
  }

  /** Prints warnings that have not been printed yet. */
  void warn(List<String> texts) {
    texts.forEach(text -> accept(WARNING + text));
  }

  /** Prints warnings about figures. */
  void warn(String figures, List<String> texts) {
    texts.forEach(text -> accept(WARNING + figures + ": " + text));
  }

  /** Puts all warnings so far into the JSON of a result. */
  synchronized void putInto(ObjectNode json) {
    ArrayNode array = json.putArray("warnings");
    warnings.forEach(array::add);
  }
}
