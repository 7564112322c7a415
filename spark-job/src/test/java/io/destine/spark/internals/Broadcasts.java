package io.destine.spark.internals;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeoutException;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerBlockUpdated;
import org.apache.spark.storage.BlockId;

/** Counts what jobs broadcast. */
public final class Broadcasts {
  private Broadcasts() {}

  /** The number of blocks that the jobs broadcast: small broadcasts have one each. */
  public static int of(JavaSparkContext context, Runnable jobs) {
    Set<BlockId> blocks = ConcurrentHashMap.newKeySet();
    SparkListener listener =
        new SparkListener() {
          @Override
          public void onBlockUpdated(SparkListenerBlockUpdated updated) {
            BlockId block = updated.blockUpdatedInfo().blockId();
            if (block.isBroadcast() && updated.blockUpdatedInfo().storageLevel().isValid()) {
              blocks.add(block);
            }
          }
        };
    SparkContext sc = context.sc();
    settle(sc);
    sc.addSparkListener(listener);
    try {
      jobs.run();
      settle(sc);
    } finally {
      sc.removeSparkListener(listener);
    }
    return blocks.size();
  }

  private static void settle(SparkContext sc) {
    try {
      sc.listenerBus().waitUntilEmpty();
    } catch (TimeoutException e) {
      throw new IllegalStateException(e);
    }
  }
}
