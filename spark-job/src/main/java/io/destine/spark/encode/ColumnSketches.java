package io.destine.spark.encode;

import io.destine.spark.source.SplitRule;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Sketches of all columns of some chunks. */
final class ColumnSketches {
  private ColumnSketches() {}

  static ColumnSketch[] empty(int columns) {
    return Stream.generate(ColumnSketch::new).limit(columns).toArray(ColumnSketch[]::new);
  }

  /** The sketches of chunks; {@code rules} has the split rule of each part of the source. */
  static ColumnSketch[] of(Iterator<Chunk> chunks, List<SplitRule> rules, int columns) {
    ColumnSketch[] sketches = empty(columns);
    while (chunks.hasNext()) {
      Chunk chunk = chunks.next();
      byte[] splits = new byte[chunk.rows];
      for (int n = 0; n < splits.length; n++) {
        splits[n] = chunk.split(n, chunk.hashes[n], rules.get(chunk.part));
      }
      IntStream.range(0, columns).forEach(m -> sketches[m].add(chunk, m, splits));
    }
    return sketches;
  }

  static ColumnSketch[] merged(ColumnSketch[] a, ColumnSketch[] b) {
    for (int m = 0; m < a.length; m++) {
      a[m].merge(b[m]);
    }
    return a;
  }
}
