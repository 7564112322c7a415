package io.destine.spark.plan;

import io.destine.config.Components;
import io.destine.config.ModelConfig;
import io.destine.config.TrainConfig;
import io.destine.feature.FieldLayout;
import io.destine.spark.conf.TableOwner;

/**
 * A training run whose memory is planned.
 *
 * @param model the architecture
 * @param fields of the network
 * @param stored the layout of a stored row: with keys instead of the fields of side tables
 * @param tableBytes of the encoded rows of side tables
 * @param train the training settings
 * @param vocabulary V, at least 1
 * @param rows total number of training, validation and test rows; at least 1
 * @param valuesPerMulti mean number of values of a multi field in a row
 * @param weighted true if rows have weights
 * @param grouped true if rows have groups
 * @param checkpoints number of newest ones that are kept, at least 1
 * @param rowsMemory share of an executor's heap that rows may take, in (0, 1]
 * @param executors that hold rows
 * @param cores of an executor
 * @param owners of the tables: executors, or else the driver
 */
public record Workload(
    ModelConfig model,
    FieldLayout fields,
    FieldLayout stored,
    long tableBytes,
    TrainConfig train,
    long vocabulary,
    long rows,
    double valuesPerMulti,
    boolean weighted,
    boolean grouped,
    int checkpoints,
    double rowsMemory,
    int executors,
    int cores,
    TableOwner owners) {

  public Workload {
    require("--vocabulary", vocabulary);
    if (vocabulary > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "--vocabulary must be at most " + Integer.MAX_VALUE + ", got " + vocabulary);
    }
    require("--rows", rows);
    require("checkpoint.keep", checkpoints);
    require("--executors", executors);
    require("--cores", cores);
    if (!(valuesPerMulti >= 0 && valuesPerMulti <= 1e6)) {
      throw new IllegalArgumentException(
          "--values-per-multi must be from 0 to 1e6, got " + valuesPerMulti);
    }
  }

  /** A training run without side tables. */
  public Workload(
      ModelConfig model,
      FieldLayout fields,
      TrainConfig train,
      long vocabulary,
      long rows,
      double valuesPerMulti,
      boolean weighted,
      boolean grouped,
      int checkpoints,
      double rowsMemory,
      int executors,
      int cores,
      TableOwner owners) {
    this(
        model,
        fields,
        fields,
        0,
        train,
        vocabulary,
        rows,
        valuesPerMulti,
        weighted,
        grouped,
        checkpoints,
        rowsMemory,
        executors,
        cores,
        owners);
  }

  private static void require(String what, long value) {
    if (value < 1) {
      throw new IllegalArgumentException(what + " must be at least 1, got " + value);
    }
  }

  /** True if each executor owns a part of the tables, false if the driver owns them. */
  public boolean executorsOwn() {
    return owners.executors(true);
  }

  /** The same run with tables owned by executors instead of the driver, or the reverse. */
  public Workload withOtherOwners() {
    return Components.with(
        this, "owners", executorsOwn() ? TableOwner.DRIVER : TableOwner.EXECUTORS);
  }

  /** The same run with another vocabulary. */
  Workload withVocabulary(long ids) {
    return Components.with(this, "vocabulary", ids);
  }

  /** r, mean number of ids of a row. */
  double idsPerRow() {
    return ids(fields);
  }

  /** Mean number of ids of a stored row, including keys. */
  double storedIdsPerRow() {
    return ids(stored);
  }

  private double ids(FieldLayout of) {
    return of.singles() + valuesPerMulti * of.multis();
  }

  /** Approximate bytes of {@code rows} encoded rows of a side table with the given fields. */
  public static long tableBytes(FieldLayout fields, long rows, double valuesPerMulti) {
    double bytes =
        4 * (fields.singles() + fields.denseWidth() + (1 + valuesPerMulti) * fields.multis());
    return Math.round(rows * bytes);
  }
}
