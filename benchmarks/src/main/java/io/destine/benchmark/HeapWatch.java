package io.destine.benchmark;

import com.sun.management.GarbageCollectionNotificationInfo;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import javax.management.ListenerNotFoundException;
import javax.management.Notification;
import javax.management.NotificationEmitter;
import javax.management.NotificationListener;
import javax.management.openmbean.CompositeData;

/**
 * How much of the heap is in use, as the collector sees it at each of its pauses: before, which
 * grows to what the JVM may take, and after, which is what is alive and what has not been found
 * dead yet.
 */
final class HeapWatch implements NotificationListener, AutoCloseable {
  private static final Set<String> HEAP =
      ManagementFactory.getMemoryPoolMXBeans().stream()
          .filter(pool -> pool.getType() == MemoryType.HEAP)
          .map(MemoryPoolMXBean::getName)
          .collect(Collectors.toSet());

  private long before;
  private long after;

  /** Collects what is dead, and begins to watch. */
  HeapWatch() {
    System.gc();
    for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
      ((NotificationEmitter) collector).addNotificationListener(this, null, null);
    }
  }

  @Override
  public synchronized void handleNotification(Notification notification, Object handback) {
    if (notification.getUserData() instanceof CompositeData data
        && notification
            .getType()
            .equals(GarbageCollectionNotificationInfo.GARBAGE_COLLECTION_NOTIFICATION)) {
      var info = GarbageCollectionNotificationInfo.from(data).getGcInfo();
      before = Math.max(before, used(info.getMemoryUsageBeforeGc()));
      after = Math.max(after, used(info.getMemoryUsageAfterGc()));
    }
  }

  private static long used(Map<String, MemoryUsage> usage) {
    return usage.entrySet().stream()
        .filter(entry -> HEAP.contains(entry.getKey()))
        .mapToLong(entry -> entry.getValue().getUsed())
        .sum();
  }

  /** Megabytes in use at most. */
  synchronized long peak() {
    long now = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    return Math.round(Math.max(before, now) / 1e6);
  }

  /** Megabytes in use at most after a collection; 0 when there was none. */
  synchronized long peakAfterCollection() {
    return Math.round(after / 1e6);
  }

  @Override
  public void close() {
    for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
      try {
        ((NotificationEmitter) collector).removeNotificationListener(this);
      } catch (ListenerNotFoundException e) {
        throw new IllegalStateException("the heap must be watched until close", e);
      }
    }
  }
}
