package io.destine.param;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.destine.config.ModelConfig;
import io.destine.config.Precision;
import io.destine.feature.FieldLayout;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The memory limit of a snapshot, and the time that threads updating rows wait for its reader. */
class SnapshotTest {
  private static final long MIB = 1 << 20;
  private static final ParameterLayout LAYOUT =
      ParameterLayout.of(
          ModelConfig.interaction().embeddingDim(16).layers(0).fm(true).build(),
          FieldLayout.ofIds(1));

  /** 1.25 M rows of 64 bytes: 76 MiB, of which 64 may be saved. */
  private static final int ROWS = 1_250_000;

  private final Parameters parameters = new Parameters(LAYOUT, Precision.FLOAT32, ROWS);
  private final Snapshot snapshot =
      new Snapshot(parameters, new NamedState(Map.of(), Map.of(), Map.of()));

  @Test
  void anEighthOfTheTablesIsSavedAtMostButSmallTablesWhole() {
    assertThat(Snapshot.mostBytes(5)).isEqualTo(5);
    assertThat(Snapshot.mostBytes(100 * MIB)).isEqualTo(64 * MIB);
    assertThat(Snapshot.mostBytes(1000 * MIB)).isEqualTo(125 * MIB);
  }

  private Thread waiting(int rows) throws InterruptedException {
    Thread waiting = new Thread(() -> snapshot.awaitRoom(rows));
    waiting.start();
    long end = System.nanoTime() + 10_000_000_000L;
    while (waiting.getState() != Thread.State.WAITING) {
      assertThat(waiting.isAlive()).as("it must wait").isTrue();
      assertThat(System.nanoTime()).isLessThan(end);
      Thread.sleep(1);
    }
    return waiting;
  }

  private void read(int first, int n) {
    ParameterTable into = ParameterTable.zeros(Precision.FLOAT32, n, 16);
    snapshot.values().tables().get(ParameterLayout.EMBEDDING).copy(first, n, into, 0);
  }

  @Test
  void whoMovesRowsWaitsUntilOthersHaveBeenRead() throws InterruptedException {
    int room = (int) (64 * MIB / 64);
    snapshot.awaitRoom(room);
    int[] saved = IntStream.range(0, room - 1000).toArray();
    snapshot.embedding().save(saved, 0, saved.length);
    assertThat(snapshot.savedBytes()).isEqualTo(64L * saved.length);
    snapshot.awaitRoom(1000);
    Thread waiting = waiting(100_000);
    read(0, 50_000);
    Thread.sleep(20);
    assertThat(waiting.isAlive()).isTrue();
    read(50_000, 50_000);
    waiting.join(10_000);
    assertThat(waiting.isAlive()).as("room for the rows that have been read").isFalse();
  }

  @Test
  void whoMovesAllRowsWaitsForTheEnd() throws InterruptedException {
    Thread waiting = waiting(ROWS);
    read(0, ROWS);
    Thread.sleep(20);
    assertThat(waiting.isAlive()).isTrue();
    snapshot.close();
    waiting.join(10_000);
    assertThat(waiting.isAlive()).isFalse();
    assertThat(snapshot.isOpen()).isFalse();
  }

  @Test
  void stateOfNoTableIsRefused() {
    ParameterTable table = ParameterTable.zeros(Precision.FLOAT32, ROWS, 1);
    NamedState state = new NamedState(Map.of("wide.sum", table), Map.of(), Map.of());
    assertThatThrownBy(() -> new Snapshot(parameters, state))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("tables of state must go with a parameter table, got [wide.sum]");
  }
}
