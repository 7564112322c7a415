package io.destine.spark.train;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A process of this machine that is sent signals. Linux. */
record SignalledProcess(ProcessHandle process) {

  /** This process. */
  static SignalledProcess current() {
    return new SignalledProcess(ProcessHandle.current());
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Stops the process until it is continued or killed; data sent to it meanwhile waits. */
  void stop() {
    signal("STOP");
  }

  void carryOn() {
    signal("CONT");
  }

  void kill() {
    signal("KILL");
  }

  /** A JVM writes what its threads do on its standard output. */
  void dumpThreads() {
    signal("QUIT");
  }

  /** Stops it and continues it so much later. */
  void standStill(long millis) {
    stop();
    try {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(millis));
    } finally {
      carryOn();
    }
  }

  /** A process that has ended meanwhile is no failure. */
  private void signal(String name) {
    try {
      int code =
          new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid())).start().waitFor();
      if (code != 0 && process.isAlive()) {
        throw new IllegalStateException("kill -" + name + " must succeed, got " + code);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException("interrupted", e);
    }
  }
}
