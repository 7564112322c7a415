package io.destine.spark.parameters;

import io.destine.param.FloatTable;
import io.destine.param.Parameters;
import io.destine.spark.channel.DriverClient;
import io.destine.train.IdSlots;
import java.util.Arrays;

/** The rows of one version of the tables that this JVM has asked for to score rows. Any thread. */
final class KnownRows {
  private static final int FEW = 1 << 12;

  private long version = -1;
  private IdSlots slots = new IdSlots(FEW);
  private Parameters rows;

  /** Copies the rows of some ids, and all that is not a row, after asking for those not known. */
  synchronized void copy(DriverClient driver, long version, int[] ids, Parameters into) {
    if (rows == null || this.version != version) {
      rows = new Parameters(into.layout(), into.precision(), 0);
      slots = new IdSlots(FEW);
    }
    boolean first = this.version != version;
    int before = slots.size();
    for (int id : ids) {
      slots.slot(id);
    }
    int[] fresh = Arrays.copyOfRange(slots.idsBySlot(), before, slots.size());
    if (first || fresh.length > 0) {
      Worker.reserve(rows, slots.size());
      if (!fetch(driver, version, first, fresh, before)) {
        throw new IllegalStateException("version " + version + " of the parameters is over");
      }
      this.version = version;
    }
    System.arraycopy(rows.dense(), 0, into.dense(), 0, into.dense().length);
    System.arraycopy(rows.statistics(), 0, into.statistics(), 0, into.statistics().length);
    copy(ids, (FloatTable) rows.embedding(), (FloatTable) into.embedding());
    if (rows.wide() != null) {
      copy(ids, (FloatTable) rows.wide(), (FloatTable) into.wide());
    }
    into.changed();
  }

  /** Asks for rows; when they cannot be had, none is known any longer. */
  private boolean fetch(DriverClient driver, long version, boolean dense, int[] ids, int firstRow) {
    boolean fetched = false;
    try {
      fetched =
          RowRequests.fetch(driver, ParameterService.NO_STEP, version, dense, ids, rows, firstRow)
              != null;
    } finally {
      if (!fetched) {
        forget();
      }
    }
    return fetched;
  }

  private void copy(int[] ids, FloatTable from, FloatTable into) {
    for (int k = 0; k < ids.length; k++) {
      int slot = slots.slot(ids[k]);
      System.arraycopy(
          from.chunk(slot), from.offset(slot), into.chunk(k), into.offset(k), into.width());
    }
  }

  /** Frees the memory. */
  synchronized void forget() {
    if (rows != null) {
      version = -1;
      rows = null;
      slots = new IdSlots(FEW);
    }
  }
}
