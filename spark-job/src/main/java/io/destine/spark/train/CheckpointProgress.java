package io.destine.spark.train;

import io.destine.train.TrainingState;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The progress of the training in the manifest of a checkpoint.
 *
 * @param state the state at which it resumes
 * @param bestCheckpoint name of the checkpoint with the best parameters so far, or null for none
 * @param learning the results of the epochs so far, see {@link LearningCurve#epochs}
 */
record CheckpointProgress(
    TrainingState state, String bestCheckpoint, List<Map<String, Object>> learning) {

  CheckpointProgress {
    learning = List.copyOf(learning);
  }

  Map<String, Object> toMap() {
    Map<String, Object> map = new TreeMap<>();
    map.put("epoch", state.epoch());
    map.put("step", state.step());
    map.put("loss", state.loss());
    map.put("weight", state.weight());
    map.put("cuts", state.cuts());
    map.put("cuts_in_a_row", state.cutsInARow());
    map.put("stopped", state.stopped());
    if (state.averaged()) {
      map.put("averaged", true);
    }
    map.put("learning", learning);
    // The initial best value is infinite, which JSON cannot express.
    if (bestCheckpoint != null) {
      map.put("best", state.best());
      map.put("best_checkpoint", bestCheckpoint);
    }
    return map;
  }

  /**
   * The progress that {@link #toMap} wrote, read back from JSON.
   *
   * @param worst the initial best value
   * @throws IllegalArgumentException when there is no progress, or a number is missing or of
   *     another type
   */
  static CheckpointProgress of(Map<String, Object> map, double worst) {
    if (map == null) {
      throw new IllegalArgumentException("progress must be in the manifest, got none");
    }
    Object best = map.get("best_checkpoint");
    TrainingState state =
        new TrainingState(
            number(map, "epoch").intValue(),
            number(map, "step").intValue(),
            number(map, "loss").doubleValue(),
            number(map, "weight").doubleValue(),
            best == null ? worst : number(map, "best").doubleValue(),
            number(map, "cuts").intValue(),
            number(map, "cuts_in_a_row").intValue(),
            Boolean.TRUE.equals(map.get("averaged")),
            Boolean.TRUE.equals(map.get("stopped")));
    return new CheckpointProgress(
        state, best == null ? null : best.toString(), rows(map.get("learning")));
  }

  private static List<Map<String, Object>> rows(Object learning) {
    List<Map<String, Object>> rows = new ArrayList<>();
    if (learning instanceof List<?> list) {
      for (Object entry : list) {
        if (entry instanceof Map<?, ?> row) {
          Map<String, Object> values = new LinkedHashMap<>();
          row.forEach((key, value) -> values.put(key.toString(), value));
          rows.add(values);
        }
      }
    }
    return rows;
  }

  private static Number number(Map<String, Object> map, String key) {
    if (map.get(key) instanceof Number number) {
      return number;
    }
    throw new IllegalArgumentException(
        "progress." + key + " must be a number, got " + map.get(key));
  }
}
