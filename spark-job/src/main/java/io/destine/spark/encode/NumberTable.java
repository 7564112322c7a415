package io.destine.spark.encode;

import io.destine.feature.PackedArrays;
import io.destine.random.CounterRandom;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;

/**
 * The distinct numbers of a field in a chunk of rows, numbered from 0 in order of their first
 * appearance. One thread.
 */
final class NumberTable {
  private int count;
  private double[] numbers = new double[16];
  private int[] slots = new int[64];
  private boolean keyed;

  int count() {
    return count;
  }

  double number(int i) {
    return numbers[i];
  }

  /** Bytes of the arrays that grow with the numbers. */
  long heapBytes() {
    return 8L * numbers.length + 4L * slots.length;
  }

  /** The index of a number, which is added if new. Not for -0. */
  int add(double x) {
    int at = slot(x);
    if (slots[at] != 0) {
      return slots[at] - 1;
    }
    if (count == numbers.length) {
      numbers = Arrays.copyOf(numbers, 2 * count);
    }
    numbers[count] = x;
    slots[at] = ++count;
    if (2 * count > slots.length) {
      fill(4 * slots.length);
    }
    return count - 1;
  }

  private void fill(int length) {
    slots = new int[length];
    for (int i = 0; i < count; i++) {
      slots[slot(numbers[i])] = i + 1;
    }
  }

  private int slot(double x) {
    long bits = Double.doubleToLongBits(x) ^ (keyed ? SlotKey.KEY : 0);
    int at = (int) CounterRandom.mix(bits) & (slots.length - 1);
    for (int probes = 0; slots[at] != 0 && numbers[slots[at] - 1] != x; probes++) {
      if (probes == SlotKey.MOST_PROBES && !keyed) {
        keyed = true;
        fill(slots.length);
        return slot(x);
      }
      at = (at + 1) & (slots.length - 1);
    }
    return at;
  }

  /** Frees the memory that is needed only for adding numbers. */
  void complete() {
    slots = null;
    numbers = Arrays.copyOf(numbers, count);
  }

  void write(DataOutput out) throws IOException {
    out.writeInt(count);
    new PackedArrays(out).write(numbers);
  }

  static NumberTable read(DataInput in) throws IOException {
    NumberTable table = new NumberTable();
    table.count = in.readInt();
    table.numbers = PackedArrays.readDoubles(in);
    table.slots = null;
    return table;
  }
}
