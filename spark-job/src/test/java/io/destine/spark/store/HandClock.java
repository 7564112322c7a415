package io.destine.spark.store;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** A clock that is set manually and advances by one step each time it is read. */
final class HandClock extends Clock {
  volatile Instant now;
  volatile Duration step = Duration.ZERO;

  HandClock(Instant now) {
    this.now = now;
  }

  @Override
  public synchronized Instant instant() {
    now = now.plus(step);
    return now;
  }

  @Override
  public ZoneId getZone() {
    return ZoneOffset.UTC;
  }

  @Override
  public Clock withZone(ZoneId zone) {
    return this;
  }
}
