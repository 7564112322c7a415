package io.destine.benchmark;

import java.util.List;
import java.util.Map;

/** Computes probabilities of raw rows, including the encoding, in one thread. */
interface ScoringEngine extends AutoCloseable {

  /** The probability of one row. */
  double one(Map<String, String> row);

  /** Probabilities of many rows together. */
  double[] many(List<Map<String, String>> rows);

  @Override
  void close();
}
