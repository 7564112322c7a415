package io.destine.spark.store;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
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
 * The process that holds a {@link RunLock}, or writes an output.
 *
 * @param user of the process
 * @param host name of its machine, empty if unknown
 * @param pidSpace the scope of its process id: boot id and process namespace of a Linux kernel,
 *     since containers share a host's name and number their processes from 1; otherwise empty
 * @param pid its process id
 * @param processTicks on Linux, its start in clock ticks since the boot, which distinguishes it
 *     from a later process with the same id; otherwise empty
 * @param processStart its start time, which distinguishes it where the ticks are unknown
 * @param application that it runs, such as Spark's application id
 */
public record Owner(
    String user,
    String host,
    String pidSpace,
    long pid,
    String processTicks,
    Instant processStart,
    String application) {
  /** Start times shift when the clock is set. */
  private static final Duration START_TOLERANCE = Duration.ofMinutes(1);

  /** Checks that all parts are present. */
  public Owner {
    Objects.requireNonNull(user, "user");
    Objects.requireNonNull(host, "host");
    Objects.requireNonNull(pidSpace, "pidSpace");
    Objects.requireNonNull(processTicks, "processTicks");
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
        ticks(self.pid()),
        self.info().startInstant().orElse(Instant.EPOCH),
        application);
  }

  /**
   * Reads the owner written by {@link #putInto}.
   *
   * @throws IllegalArgumentException if anything but the ticks is missing, or a text has another
   *     type
   * @throws java.time.DateTimeException if a time is invalid
   */
  public static Owner of(JsonNode json) {
    return new Owner(
        string(json, "owner"),
        string(json, "host"),
        string(json, "pid_space"),
        json.required("pid").longValue(),
        json.path("process_ticks").asText(""),
        Instant.parse(string(json, "process_start")),
        string(json, "application"));
  }

  private static String string(JsonNode json, String name) {
    JsonNode value = json.required(name);
    if (!value.isTextual()) {
      throw new IllegalArgumentException(name + " must be a string, got " + value);
    }
    return value.textValue();
  }

  /** Adds the owner to a JSON object. */
  public void putInto(ObjectNode json) {
    json.put("owner", user)
        .put("host", host)
        .put("pid_space", pidSpace)
        .put("pid", pid)
        .put("process_ticks", processTicks)
        .put("process_start", processStart.toString())
        .put("application", application);
  }

  /** True if the owner was on this machine and is known to have ended. */
  public boolean hasEnded() {
    if (!isHere()) {
      return false;
    }
    Optional<ProcessHandle> process = ProcessHandle.of(pid).filter(ProcessHandle::isAlive);
    if (process.isEmpty()) {
      return true;
    }
    String ticks = ticks(pid);
    if (!processTicks.isEmpty() && !ticks.isEmpty()) {
      return !processTicks.equals(ticks);
    }
    Optional<Instant> start = process.get().info().startInstant();
    return !processStart.equals(Instant.EPOCH)
        && start.isPresent()
        && Duration.between(processStart, start.get()).abs().compareTo(START_TOLERANCE) > 0;
  }

  /** True if the owner is on this machine and shares the process id scope of this process. */
  public boolean isHere() {
    return !host.isEmpty() && host.equals(hostName()) && pidSpace.equals(currentPidSpace());
  }

  /** The name of this machine; empty when unknown. */
  public static String hostName() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "";
    }
  }

  /** Field starttime of /proc/PID/stat, after the program's name in parentheses, or empty. */
  private static String ticks(long pid) {
    try {
      String stat = Files.readString(Path.of("/proc", String.valueOf(pid), "stat"));
      return stat.substring(stat.lastIndexOf(')') + 2).split(" ", 21)[19];
    } catch (IOException e) {
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
