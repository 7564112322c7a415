package io.destine.param;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A model in training as it is at one moment, to be read in another thread during the training.
 * Numbers that are not in tables are copied at once. The optimiser of the tables calls {@link
 * #awaitRoom} and then {@link TableSnapshot#save} before, which says why that is enough.
 *
 * <p>Saved rows take at most {@link #mostBytes} of numbers: beyond that, and when about all rows
 * are to move, the one who moves them waits until the reader has come further.
 */
public final class Snapshot implements AutoCloseable {
  /** Saved rows take at most this share of the tables. */
  private static final int SHARE = 8;

  /** Tables of this size may be saved whole. */
  private static final long LEAST_BYTES = 64L << 20;

  private final List<TableSnapshot> tables = new ArrayList<>();
  private final ModelValues values;
  private final long most;
  private volatile boolean open = true;

  /**
   * A snapshot of parameters and of an optimiser's state, which do not change meanwhile.
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
   * Most bytes of saved rows' numbers, for tables of so many bytes, state included. Arrays that
   * hold them are up to half as large again.
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

  /** Waits until as many rows of each table can be saved, or the snapshot is over. */
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

  /** False when the snapshot is over, and rows move freely. */
  public boolean isOpen() {
    return open;
  }

  /**
   * Ends the snapshot. When that is before all has been read, what has been read must not be used:
   * the last rows of it may have moved.
   */
  @Override
  public synchronized void close() {
    open = false;
    tables.forEach(TableSnapshot::close);
    notifyAll();
  }
}
