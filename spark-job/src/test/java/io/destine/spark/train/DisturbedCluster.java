package io.destine.spark.train;

import io.destine.spark.internals.Relay;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * What can be disturbed: a driver, its executors, and the connections of these to its service.
 *
 * @param relay through which the connections go
 */
record DisturbedCluster(DriverProcess driver, Relay relay) {
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(20);
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  /** A connection by which not so many bytes have come by then is cut off without them. */
  private static final long CUT_NANOS = TimeUnit.SECONDS.toNanos(2);

  /** A silence of the length 1; the longest are longer than it takes to notice them. */
  private static final int SILENCE_MILLIS = 400;

  private static final int PAUSE_MILLIS = 100;

  /** A slow executor runs and stands still in turns of this length. */
  private static final int SLOW_MILLIS = 40;

  /**
   * Lets it happen, and returns when it is over.
   *
   * @return false when there has been nothing that it could happen to
   */
  boolean disturb(Disturbance disturbance) {
    park(TimeUnit.MILLISECONDS.toNanos(disturbance.millis()));
    return switch (disturbance.kind()) {
      case EXECUTOR_KILLED, EXECUTOR_STOPPED, EXECUTOR_SLOWED ->
          one(disturbance, driver::executors).map(e -> disturb(e, disturbance)).orElse(false);
      case CONNECTION_CUT ->
          one(disturbance, relay::open).map(c -> cut(c, disturbance)).orElse(false);
      case CONNECTION_SILENT ->
          one(disturbance, relay::open).map(c -> silence(c, disturbance)).orElse(false);
      case DRIVER_KILLED -> driver.kill();
      case DRIVER_STOPPED -> disturb(driver.signals(), disturbance);
    };
  }

  private static boolean disturb(SignalledProcess process, Disturbance disturbance) {
    if (!process.isAlive()) {
      return false;
    }
    switch (disturbance.kind()) {
      case EXECUTOR_STOPPED, DRIVER_STOPPED ->
          process.standStill((long) PAUSE_MILLIS * disturbance.length());
      case EXECUTOR_SLOWED -> {
        for (int i = 0; i < disturbance.length(); i++) {
          process.standStill(SLOW_MILLIS);
          park(TimeUnit.MILLISECONDS.toNanos(SLOW_MILLIS));
        }
      }
      default -> process.kill();
    }
    return true;
  }

  private static boolean cut(Relay.Connection connection, Disturbance disturbance) {
    connection.resetAfter(disturbance.bytes());
    long end = System.nanoTime() + CUT_NANOS;
    while (connection.isOpen() && System.nanoTime() < end) {
      park(LOOK_NANOS);
    }
    return connection.reset();
  }

  /** Silences a connection for a while; then it continues or is reset. */
  private static boolean silence(Relay.Connection connection, Disturbance disturbance) {
    connection.beSilent();
    park(TimeUnit.MILLISECONDS.toNanos((long) SILENCE_MILLIS * disturbance.length()));
    boolean open = connection.isOpen();
    if (disturbance.bytes() % 2 == 0) {
      connection.speak();
    } else {
      connection.reset();
    }
    return open;
  }

  /** The disturbance's victim among them; waits for a while if there are none. */
  private <T> Optional<T> one(Disturbance disturbance, Supplier<List<T>> all) {
    long end = System.nanoTime() + PATIENCE_NANOS;
    List<T> found = all.get();
    while (found.isEmpty() && driver.signals().isAlive() && System.nanoTime() < end) {
      park(LOOK_NANOS);
      found = all.get();
    }
    return found.isEmpty()
        ? Optional.empty()
        : Optional.of(found.get(disturbance.victim() % found.size()));
  }

  private static void park(long nanos) {
    LockSupport.parkNanos(nanos);
  }
}
