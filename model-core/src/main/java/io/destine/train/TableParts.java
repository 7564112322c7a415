package io.destine.train;

import java.util.ArrayList;
import java.util.List;

/**
 * The sums of a gradient for table rows, and those of the gradients merged into it. They are only
 * put side by side as long as none can overflow when they are added up, which they are when they
 * are read or written. One thread.
 */
final class TableParts {
  /** The first takes what is added; none after {@link #release}. */
  private final List<TableSums> parts = new ArrayList<>();

  TableParts(TableSums first) {
    parts.add(first);
  }

  /** What to add to. */
  TableSums first() {
    return parts.get(0);
  }

  /** Takes in the sums of another one, which must not be used afterwards. */
  void merge(TableParts other) {
    boolean none = parts.size() == 1 && first().size() == 0;
    if (none || SortedTableSums.fit(parts, other.parts)) {
      if (none) {
        release();
      }
      parts.addAll(other.parts);
      other.parts.clear();
      return;
    }
    added().merge(other.added());
    other.release();
  }

  /** All of them, added up. */
  TableSums added() {
    List<TableSums> others = parts.subList(1, parts.size());
    for (TableSums sums : others) {
      first().merge(sums);
      sums.giveBack();
    }
    others.clear();
    return first();
  }

  /** All of them in ascending order of ids. */
  SortedTableSums sorted(GradientFixedPoint fixed) {
    if (!SortedTableSums.fit(parts, List.of())) {
      added();
    }
    return new SortedTableSums(fixed, parts);
  }

  /** Brings the first into the order in which it will be read. */
  void sort() {
    if (!parts.isEmpty()) {
      first().pairsById();
    }
  }

  /** Replaces each id; see {@link IdSlots#replace}. */
  void replace(int[] by) {
    parts.forEach(part -> part.replace(by));
  }

  /** Leaves the memory to later sums. */
  void release() {
    parts.forEach(TableSums::giveBack);
    parts.clear();
  }
}
