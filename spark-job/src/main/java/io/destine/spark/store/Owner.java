package io.destine.spark.store;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * The process that holds a {@link RunLock}.
 *
 * @param user whose process it is
 * @param host name of its machine, empty when unknown
 * @param pidSpace where its process number means something: boot and process name space of a Linux
 *     kernel, since containers share a host's name and number their processes from 1; else empty
 * @param pid its process number
 * @param processStart when it started, which tells it from a later process of the same number
 * @param application what it runs, such as Spark's application id
 */
public record Owner(
    String user, String host, String pidSpace, long pid, Instant processStart, String application) {
  /** Linux counts starts from the boot, whose time of day moves when the clock is set. */
  private static final Duration START_TOLERANCE = Duration.ofMinutes(1);

  /** Requires all parts. */
  public Owner {
    Objects.requireNonNull(user, "user");
    Objects.requireNonNull(host, "host");
    Objects.requireNonNull(pidSpace, "pidSpace");
    Objects.requireNonNull(processStart, "processStart");
    Objects.requireNonNull(application, "application");
  }

  /** This process, running the given application. */
  public static Owner ofThisProcess(String application) {
    ProcessHandle self = ProcessHandle.current();
    return new Owner(
        System.getProperty("user.name", ""),
        hostName(),
        currentPidSpace(),
        self.pid(),
        self.info().startInstant().orElse(Instant.EPOCH),
        application);
  }

  /** True when this process can tell that the owner, on the same machine, has ended. */
  boolean hasEnded() {
    if (host.isEmpty() || !host.equals(hostName()) || !pidSpace.equals(currentPidSpace())) {
      return false;
    }
    Optional<ProcessHandle> process = ProcessHandle.of(pid).filter(ProcessHandle::isAlive);
    if (process.isEmpty()) {
      return true;
    }
    Optional<Instant> start = process.get().info().startInstant();
    return !processStart.equals(Instant.EPOCH)
        && start.isPresent()
        && Duration.between(processStart, start.get()).abs().compareTo(START_TOLERANCE) > 0;
  }

  private static String hostName() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "";
    }
  }

  private static String currentPidSpace() {
    try {
      return Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip()
          + " "
          + Files.readSymbolicLink(Path.of("/proc/self/ns/pid"));
    } catch (IOException e) {
      return "";
    }
  }

  @Override
  public String toString() {
    return user + " on " + host + " (pid " + pid + ", " + application + ")";
  }
}
