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
 * Measures the used heap before and after each pause of the garbage collector. The use before a
 * pause grows to the JVM's limit; the use after a pause includes live objects and garbage that has
 * not been found yet.
 */
final class HeapWatch implements NotificationListener, AutoCloseable {
  private static final Set<String> HEAP =
      ManagementFactory.getMemoryPoolMXBeans().stream()
          .filter(pool -> pool.getType() == MemoryType.HEAP)
          .map(MemoryPoolMXBean::getName)
          .collect(Collectors.toSet());

  private long before;
  private long after;

  /** Runs a garbage collection, and begins to watch. */
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

  /** Maximum megabytes in use. */
  synchronized long peak() {
    long now = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    return Math.round(Math.max(before, now) / 1e6);
  }

  /** Maximum megabytes in use after a collection; 0 when there was none. */
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
