package io.destine.param;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A model in training at one point in time, to be read in another thread during the training.
 * Numbers that are not in tables are copied immediately. Before the optimiser updates tables, it
 * calls {@link #awaitRoom} and then {@link TableSnapshot#save}; that class describes why this is
 * sufficient.
 *
 * <p>Saved rows take at most {@link #mostBytes} bytes of numbers. Before an update that might
 * exceed this, the updating thread waits until the reader has progressed or the snapshot is closed.
 */
public final class Snapshot implements AutoCloseable {
  /** Saved rows take at most 1 / {@value} of large tables. */
  private static final int SHARE = 8;

  /** Tables up to this size may be saved completely. */
  private static final long LEAST_BYTES = 64L << 20;

  private final List<TableSnapshot> tables = new ArrayList<>();
  private final ModelValues values;
  private final long most;
  private volatile boolean open = true;

  /**
   * A snapshot of parameters and of an optimiser's state, which must not change during this call.
   *
   * @param state whose tables are named "embedding.S" and "wide.S" for a state S of their rows
   */
  public Snapshot(Parameters parameters, NamedState state) {
    SortedMap<String, TableView> parameterViews = new TreeMap<>();
    SortedMap<String, TableView> stateViews = new TreeMap<>();
    add(ParameterLayout.EMBEDDING, parameters.embedding(), state, parameterViews, stateViews);
    if (parameters.wide() != null) {
      add(ParameterLayout.WIDE, parameters.wide(), state, parameterViews, stateViews);
    }
    if (stateViews.size() != state.tables().size()) {
      throw new IllegalArgumentException(
          "tables of state must go with a parameter table, got " + state.tables().keySet());
    }
    values = ModelValues.copied(parameters, parameterViews, state, stateViews);
    most = limit(tables.stream().mapToLong(TableSnapshot::tableBytes).sum());
  }

  private void add(
      String name,
      ParameterTable table,
      NamedState state,
      SortedMap<String, TableView> parameterViews,
      SortedMap<String, TableView> stateViews) {
    String group = ParameterLayout.group(name);
    SortedMap<String, ParameterTable> beside = new TreeMap<>(state.tables());
    beside.keySet().removeIf(other -> !ParameterLayout.group(other).equals(group));
    List<ParameterTable> all = new ArrayList<>();
    all.add(table);
    all.addAll(beside.values());
    TableSnapshot snapshot = new TableSnapshot(all.toArray(ParameterTable[]::new), this::released);
    tables.add(snapshot);
    parameterViews.put(name, snapshot.view(0));
    int next = 1;
    for (String other : beside.keySet()) {
      stateViews.put(other, snapshot.view(next++));
    }
  }

  /**
   * Maximum bytes of the numbers of saved rows, for tables of {@code tableBytes} bytes, including
   * state. The arrays that contain them are up to 1.5 times as large.
   */
  public static long mostBytes(long tableBytes) {
    return Math.min(tableBytes, limit(tableBytes));
  }

  private static long limit(long tableBytes) {
    return Math.max(LEAST_BYTES, tableBytes / SHARE);
  }

  /** The rows to read, each row of each table once. */
  public ModelValues values() {
    return values;
  }

  /** The rows of the embeddings. */
  public TableSnapshot embedding() {
    return tables.get(0);
  }

  /** The first-order weights, when the model has them. */
  public TableSnapshot wide() {
    return tables.get(1);
  }

  /** Waits until {@code rows} rows of each table can be saved, or the snapshot is closed. */
  public synchronized void awaitRoom(int rows) {
    long needed = rows * tables.stream().mapToLong(TableSnapshot::rowBytes).sum();
    try {
      while (open && savedBytes() + needed > most) {
        wait();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while a snapshot was being read", e);
    }
  }

  /** Bytes of the numbers of saved rows. */
  public long savedBytes() {
    return tables.stream().mapToLong(TableSnapshot::savedBytes).sum();
  }

  private synchronized void released() {
    notifyAll();
  }

  /** False when the snapshot is closed, and rows can be updated freely. */
  public boolean isOpen() {
    return open;
  }

  /**
   * Closes the snapshot. If not all rows have been read, the rows read so far must not be used: the
   * last of them may have been updated.
   */
  @Override
  public synchronized void close() {
    open = false;
    tables.forEach(TableSnapshot::close);
    notifyAll();
  }
}
