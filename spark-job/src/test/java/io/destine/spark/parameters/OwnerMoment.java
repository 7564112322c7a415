package io.destine.spark.parameters;

import io.destine.spark.internals.DyingOwner;
import java.nio.file.Path;

/**
 * The moments at which an owner of tables can be lost: when a message arrives, before it is read.
 */
public enum OwnerMoment {
  /** Tasks of a step ask for rows. */
  FETCH(RowMessages.KIND, -1, RowMessages.KIND),
  /** A task has sent its sum; other owners may have theirs. */
  SUM(SumInbox.KIND, -1, SumInbox.KIND),
  /** Rows are to move; other owners may have moved theirs. */
  COMMIT(OwnerCommands.KIND, Long.BYTES, OwnerCommands.What.STEP.ordinal()),
  /** A checkpoint is being written. */
  CHECKPOINT(TableMessages.KIND, 0, 0),
  /** A checkpoint is being read. */
  RESTORE(TableMessages.KIND, 0, 1);

  private final byte kind;
  private final int place;
  private final int value;

  OwnerMoment(byte kind, int place, int value) {
    this.kind = kind;
    this.place = place;
    this.value = value;
  }

  /** Makes an executor end the next time this moment occurs. */
  public void arm(Path directory, String executor) {
    DyingOwner.arm(directory, executor, kind, place, value);
  }
}
