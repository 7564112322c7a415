package io.destine.spark.plan;

import io.destine.spark.parameters.OwnerMap;

/**
 * The available heaps.
 *
 * @param driver MiB of the driver
 * @param executor MiB of each executor
 */
public record Heaps(long driver, long executor) {
  public Heaps {
    require("--driver-heap", driver);
    require("--executor-heap", executor);
  }

  private static void require(String option, long mebibytes) {
    if (mebibytes < 1) {
      throw new IllegalArgumentException(
          option + " must be at least 0.001 GiB, got " + mebibytes + " MiB");
    }
  }

  /**
   * The maximum number of ids, including buckets, for which there is enough memory for encoding and
   * training; 0 if there is not enough for a single one.
   *
   * @param buckets number of ids that do not belong to a value of the vocabulary
   * @param valueBytes mean bytes of a value
   */
  public int largestVocabulary(Workload work, long buckets, double valueBytes) {
    long fits = 0;
    long beyond = work.executorsOwn() ? places(work.executors()) + 1 : 1L << 31;
    while (beyond - fits > 1) {
      long ids = (fits + beyond) / 2;
      if (suffice(work.withVocabulary(ids), Math.max(0, ids - buckets), valueBytes)) {
        fits = ids;
      } else {
        beyond = ids;
      }
    }
    return (int) fits;
  }

  /** The maximum number of ids whose places, including places without an id, fit into an int. */
  private static long places(int owners) {
    return Integer.MAX_VALUE / OwnerMap.stripes(owners) * OwnerMap.stripes(owners);
  }

  private boolean suffice(Workload work, long values, double valueBytes) {
    try {
      MemoryPlan plan = new MemoryPlan(work);
      EncodingPlan encoding = new EncodingPlan(work, values, valueBytes);
      return Math.max(plan.driverMemory(), encoding.driverMemory()) <= driver
          && Math.max(plan.executorMemory(), encoding.executorMemory()) <= executor;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
