package io.destine.spark.conf;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/** Suggests the intended name for a misspelt one. */
public final class NearestName {
  private NearestName() {}

  /**
   * The name with the fewest edits (insertions, deletions, substitutions; case is ignored); the
   * first of several; empty if more than half of the characters differ.
   */
  public static Optional<String> of(String misspelt, Collection<String> names) {
    String best = null;
    int least = Integer.MAX_VALUE;
    for (String name : names) {
      int edits = edits(misspelt.toLowerCase(Locale.ROOT), name.toLowerCase(Locale.ROOT));
      if (edits < least) {
        least = edits;
        best = name;
      }
    }
    return best != null && 2 * least <= Math.max(misspelt.length(), best.length())
        ? Optional.of(best)
        : Optional.empty();
  }

  /** {@code "; did you mean "NAME"?"}, or "". */
  public static String suggestion(String misspelt, Collection<String> names) {
    return of(misspelt, names).map(name -> "; did you mean \"" + name + "\"?").orElse("");
  }

  private static int edits(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j < row.length; j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int substituted = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(substituted, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }
}
