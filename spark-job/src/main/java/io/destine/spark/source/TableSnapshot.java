package io.destine.spark.source;

import static java.time.temporal.ChronoUnit.SECONDS;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;

/**
 * The state of a table from which rows are read.
 *
 * @param table its name
 * @param id of the snapshot; unique together with the time of the commit
 * @param committed time of the commit
 */
public record TableSnapshot(String table, String id, Instant committed) {

  /** Adds the snapshot to a JSON object. */
  public void putInto(ObjectNode json) {
    json.put("table", table).put("snapshot", id).put("committed_at", committed.toString());
  }

  /** The snapshot as a human-readable phrase. */
  public String words() {
    return "table " + table + ", snapshot " + id + " of " + committed.truncatedTo(SECONDS);
  }
}
