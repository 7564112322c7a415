package io.destine.param;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.destine.config.Precision;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class TableSnapshotTest {

  private static ParameterTable[] tables(
      Precision precision, int rows, int width, int beside, Random random) {
    ParameterTable first = ParameterTable.zeros(precision, rows, width);
    List<ParameterTable> tables = new ArrayList<>(List.of(first));
    tables.addAll(List.of(first.beside(beside)));
    int[] all = IntStream.range(0, rows).toArray();
    for (ParameterTable table : tables) {
      move(table, all, random);
    }
    return tables.toArray(ParameterTable[]::new);
  }

  private static void move(ParameterTable table, int[] rows, Random random) {
    double[] row = new double[table.width()];
    for (int r : rows) {
      Arrays.setAll(row, i -> random.nextGaussian());
      table.write(r, row, 0);
    }
  }

  private static double[] numbers(TableView table, int first, int n) {
    ParameterTable copy = ParameterTable.zeros(table.precision(), n, table.width());
    table.copy(first, n, copy, 0);
    double[] numbers = new double[n * table.width()];
    copy.read(IntStream.range(0, n).toArray(), 0, n, numbers);
    return numbers;
  }

  private static int[] distinct(Random random, int rows) {
    return random.ints(random.nextInt(rows + 1), 0, rows).distinct().sorted().toArray();
  }

  /** Updates of rows and reads alternate at random, with random numbers of rows. */
  @Property(tries = 100)
  void theReaderFindsTheStateAtTheStart(
      @ForAll long seed,
      @ForAll Precision precision,
      @ForAll @IntRange(min = 1, max = 1500) int rows,
      @ForAll @IntRange(min = 1, max = 40) int width,
      @ForAll @IntRange(max = 2) int beside) {
    Random random = new Random(seed);
    ParameterTable[] tables = tables(precision, rows, width, beside, random);
    double[][] expected = new double[tables.length][];
    Arrays.setAll(expected, t -> numbers(tables[t], 0, rows));
    AtomicInteger dropped = new AtomicInteger();
    TableSnapshot snapshot = new TableSnapshot(tables, dropped::incrementAndGet);
    int[] next = new int[tables.length];
    int most = 1 + random.nextInt(rows);
    while (IntStream.of(next).anyMatch(row -> row < rows)) {
      if (random.nextBoolean()) {
        int[] moved = distinct(random, rows);
        int half = random.nextInt(moved.length + 1);
        snapshot.save(moved, 0, half);
        snapshot.save(moved, half, moved.length);
        for (ParameterTable table : tables) {
          move(table, moved, random);
        }
      } else {
        int t = random.nextInt(tables.length);
        int n = Math.min(rows - next[t], 1 + random.nextInt(most));
        double[] found = numbers(snapshot.view(t), next[t], n);
        assertThat(found)
            .isEqualTo(Arrays.copyOfRange(expected[t], next[t] * width, (next[t] + n) * width));
        next[t] += n;
      }
    }
    assertThat(snapshot.savedBytes()).as("nothing is kept of what has been read").isZero();
    snapshot.save(distinct(random, rows), 0, 0);
    assertThat(snapshot.savedBytes()).isZero();
  }

  /** The steps of an average are two numbers next to rows of any width. */
  @Test
  void bytesAreThoseOfAllTables() {
    ParameterTable[] tables = {
      ParameterTable.zeros(Precision.FLOAT32, 10, 16),
      ParameterTable.zeros(Precision.FLOAT32, 10, 2)
    };
    TableSnapshot snapshot = new TableSnapshot(tables, () -> {});
    snapshot.save(new int[] {1, 4, 7}, 0, 3);
    assertThat(snapshot.savedBytes()).isEqualTo(3 * (16 + 2) * 4);
    assertThat(snapshot.tableBytes()).isEqualTo(10 * (16 + 2) * 4);
  }

  /** Two threads update disjoint rows near the position of a third thread, which reads. */
  @Test
  void theReaderFindsTheStateAtTheStartWhileThreadsMoveRows() throws InterruptedException {
    int rows = 60_000;
    int width = 8;
    for (int round = 0; round < 10; round++) {
      ParameterTable[] tables = tables(Precision.FLOAT32, rows, width, 2, new Random(round));
      double[][] expected = new double[tables.length][];
      Arrays.setAll(expected, t -> numbers(tables[t], 0, rows));
      TableSnapshot snapshot = new TableSnapshot(tables, () -> {});
      AtomicBoolean over = new AtomicBoolean();
      AtomicInteger steps = new AtomicInteger();
      AtomicInteger cursor = new AtomicInteger();
      Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
      List<Thread> movers = new ArrayList<>();
      for (int m = 0; m < 2; m++) {
        int parity = m;
        Random random = new Random(m);
        Thread mover =
            new Thread(
                () -> {
                  while (!over.get()) {
                    int first = cursor.get() + parity;
                    int[] moved =
                        IntStream.range(0, 1 + random.nextInt(40))
                            .map(i -> first + 2 * random.nextInt(600))
                            .filter(row -> row < rows)
                            .distinct()
                            .toArray();
                    snapshot.save(moved, 0, moved.length);
                    for (ParameterTable table : tables) {
                      move(table, moved, random);
                    }
                    steps.incrementAndGet();
                  }
                });
        mover.setUncaughtExceptionHandler((thread, e) -> failures.add(e));
        movers.add(mover);
        mover.start();
      }
      for (int t = 0; t < tables.length; t++) {
        for (int row = 0; row < rows; row += 100) {
          cursor.set(row);
          double[] found = numbers(snapshot.view(t), row, 100);
          assertThat(
                  Arrays.equals(
                      found, 0, found.length, expected[t], row * width, (row + 100) * width))
              .as("rows from " + row + " on of table " + t)
              .isTrue();
        }
      }
      int during = steps.get();
      over.set(true);
      for (Thread mover : movers) {
        mover.join();
      }
      assertThat(failures).isEmpty();
      assertThat(during).as("steps while the tables were read").isPositive();
    }
  }

  @Test
  void aRowIsReadOnceAndNotAfterTheEnd() {
    ParameterTable table = ParameterTable.zeros(Precision.FLOAT32, 10, 4);
    TableSnapshot snapshot = new TableSnapshot(new ParameterTable[] {table}, () -> {});
    numbers(snapshot.view(0), 0, 10);
    assertThatThrownBy(() -> numbers(snapshot.view(0), 0, 1))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("rows of a snapshot must be read once, got rows from 0 on again");
    TableSnapshot ended = new TableSnapshot(new ParameterTable[] {table}, () -> {});
    ended.save(new int[] {3}, 0, 1);
    assertThat(ended.savedBytes()).isEqualTo(16);
    ended.close();
    ended.save(new int[] {4}, 0, 1);
    assertThatThrownBy(() -> numbers(ended.view(0), 0, 1))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the snapshot must be open, got a closed one");
  }
}
