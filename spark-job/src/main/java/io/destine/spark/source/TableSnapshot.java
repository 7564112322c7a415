package io.destine.spark.source;

import static java.time.temporal.ChronoUnit.SECONDS;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;

/**
 * The state of a table that rows come from.
 *
 * @param table its name
 * @param id of the snapshot, the same for ever
 * @param committed when it was made
 */
public record TableSnapshot(String table, String id, Instant committed) {

  /** Adds the snapshot to a JSON object. */
  public void putInto(ObjectNode json) {
    json.put("table", table).put("snapshot", id).put("committed_at", committed.toString());
  }

  /** The snapshot in a phrase for people. */
  public String words() {
    return "table " + table + ", snapshot " + id + " of " + committed.truncatedTo(SECONDS);
  }
}
