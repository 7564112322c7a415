package io.destine.spark.encode;

import io.destine.feature.FieldKind;
import io.destine.feature.FieldSpec;
import io.destine.feature.RawValues;
import io.destine.feature.RecordHash;
import io.destine.feature.Transform;
import io.destine.spark.source.OpenColumn;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * Converts chunks of columns without fields, whose values are texts or numbers depending on the
 * column type, to chunks of the fields chosen for them. The result has the same rows and hashes as
 * if these fields had been read from the table.
 *
 * @param fields in order
 * @param from [fields] index of each field's column among the columns read
 * @param floats [fields] whether its numbers have float precision (24 binary digits)
 */
record ChosenChunk(List<FieldSpec> fields, int[] from, boolean[] floats) implements Serializable {
  private static final FieldSpec ANY = FieldSpec.numeric("any", Transform.NONE);

  /** The conversion from the columns with which a table's rows were read. */
  static ChosenChunk of(List<OpenColumn> columns, List<FieldSpec> fields) {
    List<OpenColumn> read = columns.stream().filter(OpenColumn::readable).toList();
    int[] from = new int[fields.size()];
    boolean[] floats = new boolean[from.length];
    for (int m = 0; m < from.length; m++) {
      String column = fields.get(m).column();
      from[m] = read.stream().map(OpenColumn::name).toList().indexOf(column);
      if (from[m] < 0) {
        throw new IllegalArgumentException("column must be in the table, got " + column);
      }
      floats[m] = read.get(from[m]).holds() == OpenColumn.Holds.FLOATS;
    }
    return new ChosenChunk(List.copyOf(fields), from, floats);
  }

  /**
   * The number of a text; NaN if missing; never -0.
   *
   * @throws IllegalArgumentException if it is not a number
   */
  static double number(String text) {
    return RawValues.number(ANY, text) + 0.0;
  }

  /**
   * The chunk with the chosen fields.
   *
   * @param others fields of side tables
   */
  Chunk of(Chunk open, int others) {
    Chunk chunk = open.withFields(fields.size() + others);
    long[] hashes = new long[chunk.rows];
    Arrays.fill(hashes, fields.size());
    for (int m = 0; m < fields.size(); m++) {
      take(open, from[m], chunk, m);
      for (int n = 0; n < chunk.rows; n++) {
        hashes[n] = RecordHash.combine(hashes[n], hash(chunk, m, n));
      }
    }
    for (int t = 0; chunk.keys != null && t < chunk.keys.fields(); t++) {
      for (int n = 0; n < chunk.rows; n++) {
        hashes[n] = RecordHash.combine(hashes[n], hash(chunk.keys, t, n));
      }
    }
    List<Long> dates = chunk.dateTexts.stream().map(RowHash::ofDate).toList();
    for (int n = 0; n < chunk.rows; n++) {
      hashes[n] = RowHash.complete(chunk, n, hashes[n], dates);
    }
    chunk.hashes = hashes;
    return chunk;
  }

  private void take(Chunk open, int column, Chunk chunk, int m) {
    FieldSpec spec = fields.get(m);
    boolean numbers = open.numbers[column] != null;
    if (spec.kind() == FieldKind.MULTI) {
      chunk.values[m] = open.values[column];
      chunk.list[m] = open.list[column];
      chunk.listEnds[m] = open.listEnds[column];
    } else if (spec.kind() == FieldKind.NUMERIC && numbers) {
      chunk.numbers[m] = open.numbers[column];
      chunk.single[m] = open.single[column];
    } else if (spec.kind() == FieldKind.NUMERIC) {
      chunk.numbers[m] = new NumberTable();
      chunk.single[m] = places(open.single[column], numbers(open.values[column], chunk.numbers[m]));
      chunk.numbers[m].complete();
    } else if (spec.part() == null && !numbers) {
      chunk.values[m] = open.values[column];
      chunk.single[m] = open.single[column];
    } else {
      chunk.values[m] = new ValueTable(RecordHash.TEXT_SEED);
      int[] texts =
          numbers
              ? texts(open.numbers[column], floats[m], chunk.values[m])
              : parts(open.values[column], spec, chunk.values[m]);
      chunk.single[m] = places(open.single[column], texts);
      chunk.values[m].complete();
    }
  }

  private static int[] places(int[] open, int[] taken) {
    int[] places = new int[open.length];
    for (int n = 0; n < places.length; n++) {
      places[n] = open[n] < 0 ? -1 : taken[open[n]];
    }
    return places;
  }

  private static int[] numbers(ValueTable values, NumberTable into) {
    int[] places = new int[values.count()];
    for (int i = 0; i < places.length; i++) {
      double number = number(text(values, i));
      places[i] = Double.isNaN(number) ? -1 : into.add(number);
    }
    return places;
  }

  private static int[] texts(NumberTable numbers, boolean floats, ValueTable into) {
    int[] places = new int[numbers.count()];
    for (int i = 0; i < places.length; i++) {
      double number = numbers.number(i);
      Object value = floats ? (Object) (float) number : (Object) number;
      places[i] = add(into, RawValues.text(value));
    }
    return places;
  }

  private static int[] parts(ValueTable values, FieldSpec spec, ValueTable into) {
    int[] places = new int[values.count()];
    for (int i = 0; i < places.length; i++) {
      String part = RawValues.text(spec, text(values, i));
      places[i] = part == null ? -1 : add(into, part);
    }
    return places;
  }

  private static String text(ValueTable values, int i) {
    return new String(values.bytes(), values.from(i), values.length(i), StandardCharsets.UTF_8);
  }

  private static int add(ValueTable into, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return into.add(bytes, 0, bytes.length);
  }

  /** The hash that reading the field's column would give. */
  private static long hash(Chunk chunk, int m, int n) {
    if (chunk.list[m] != null) {
      long hash = RecordHash.NO_TEXTS;
      for (int i = n == 0 ? 0 : chunk.listEnds[m][n - 1]; i < chunk.listEnds[m][n]; i++) {
        hash = RecordHash.combine(hash, chunk.values[m].hash(chunk.list[m][i]));
      }
      return hash;
    }
    int place = chunk.single[m][n];
    if (chunk.numbers[m] != null) {
      return Double.doubleToLongBits(place < 0 ? Double.NaN : chunk.numbers[m].number(place));
    }
    return place < 0 ? RecordHash.MISSING : chunk.values[m].hash(place);
  }
}
