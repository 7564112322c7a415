package io.destine.spark.train;

import io.destine.spark.internals.DaemonThreads;
import io.destine.spark.internals.Relay;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Trainings by a {@link ChaosDriver} that are disturbed at random, between steps and in the middle
 * of them, until there have been so many {@link Disturbance}s. A driver that is killed is followed
 * by another one with executors of its own, which resumes the training.
 */
final class ChaosRuns implements AutoCloseable {
  private static final String DRIVER_HOST = "127.0.0.1";

  /** Ports below those that systems give to connections. */
  private static final int FIRST_PORT = 20_000;

  private static final int LAST_PORT = 30_000;

  private final Path directory;
  private final long seed;
  private final String owners;
  private final int most;
  private final int port;
  private final Relay relay;
  private final ExecutorService background =
      Executors.newCachedThreadPool(new DaemonThreads("disturbances"));
  private final Map<Disturbance.Kind, Integer> counts = new EnumMap<>(Disturbance.Kind.class);
  private final List<DriverProcess> drivers = new ArrayList<>();
  private final List<Pending> pending = new ArrayList<>();

  /** Kinds whose turn has come when there was nothing that they could happen to. */
  private final Deque<Disturbance.Kind> missed = new ArrayDeque<>();

  private int drawn;
  private int stepsToNext;
  private int trainings;
  private int resumed;
  private boolean ended;

  private record Pending(Disturbance.Kind kind, Future<Boolean> happened) {}

  private ChaosRuns(Path directory, long seed, int most, String owners) throws IOException {
    this.directory = directory;
    this.owners = owners;
    this.seed = seed;
    this.most = most;
    port = freePort();
    relay =
        new Relay(
            new InetSocketAddress(ChaosDriver.RELAY_HOST, port),
            new InetSocketAddress(DRIVER_HOST, port));
    stepsToNext = Disturbance.of(seed, 0).steps();
  }

  /** The suffix of model names, before the number of the run. */
  static String suffix(String owners) {
    return "-chaos-" + owners + "-";
  }

  /** A port that is free for both the relay and the driver. */
  private static int freePort() {
    for (int port = FIRST_PORT; port < LAST_PORT; port++) {
      try (ServerSocket atRelay =
              new ServerSocket(port, 1, InetAddress.getByName(ChaosDriver.RELAY_HOST));
          ServerSocket atDriver = new ServerSocket(port, 1, InetAddress.getByName(DRIVER_HOST))) {
        return atDriver.isBound() && atRelay.isBound() ? port : 0;
      } catch (IOException e) {
        // Somebody listens there.
      }
    }
    throw new IllegalStateException("a port must be free");
  }

  /**
   * Trains until there have been so many disturbances.
   *
   * @param owners of the tables, as {@code compute.owners}
   * @return how many of each kind, how many trainings and drivers, and how many of these have gone
   *     on from a checkpoint
   */
  static Map<String, Integer> all(Path directory, long seed, int most, String owners)
      throws IOException, InterruptedException {
    try (ChaosRuns runs = new ChaosRuns(directory, seed, most, owners)) {
      while (!runs.ended) {
        runs.drive();
      }
      return runs.observed();
    }
  }

  private Map<String, Integer> observed() {
    Map<String, Integer> observed = new TreeMap<>();
    for (Disturbance.Kind kind : Disturbance.Kind.values()) {
      observed.put(kind.key(), counts.getOrDefault(kind, 0));
    }
    observed.put("chaos.trainings", trainings);
    observed.put("chaos.drivers", drivers.size());
    observed.put("chaos.resumed", resumed);
    return observed;
  }

  private int happened() {
    return counts.values().stream().mapToInt(Integer::intValue).sum();
  }

  private int driversKilled() {
    return counts.getOrDefault(Disturbance.Kind.DRIVER_KILLED, 0);
  }

  /** One driver, from its start to its end. Its executors may outlive it. */
  private void drive() throws IOException, InterruptedException {
    int killed = driversKilled();
    DriverProcess driver =
        new DriverProcess(
            directory, "chaos", directory.toString(), "" + port, "" + trainings, owners);
    drivers.add(driver);
    String line = driver.next();
    while (line != null) {
      if (line.equals(ChaosDriver.STEPPED)) {
        disturb(new DisturbedCluster(driver, relay));
      } else if (line.equals(ChaosDriver.TRAINED)) {
        trainings++;
        settle();
        ended = happened() >= most;
        driver.tell(ended ? "" : ChaosDriver.MORE);
      }
      line = driver.next();
    }
    settle();
    int expected = driversKilled() > killed ? ChildJvm.KILLED : 0;
    if (driver.exitCode() != expected || expected == 0 && !ended) {
      throw driver.failure("must not fail, got exit code " + driver.exitCode());
    }
    resumed += driver.log().contains(ChaosDriver.RESUMED) ? 1 : 0;
  }

  /** Called after a step: starts the disturbances that are due, in the background. */
  private void disturb(DisturbedCluster cluster) {
    stepsToNext--;
    while (stepsToNext <= 0 && happened() + pending.size() < most) {
      Disturbance due = Disturbance.of(seed, drawn);
      Disturbance disturbance = missed.isEmpty() ? due : due.as(missed.poll());
      drawn += disturbance == due ? 1 : 0;
      pending.add(
          new Pending(disturbance.kind(), background.submit(() -> cluster.disturb(disturbance))));
      stepsToNext = Disturbance.of(seed, drawn).steps();
    }
  }

  /** Waits for all that is under way. */
  private void settle() throws InterruptedException {
    for (Pending waiting : pending) {
      try {
        if (waiting.happened().get()) {
          counts.merge(waiting.kind(), 1, Integer::sum);
        } else {
          missed.add(waiting.kind());
        }
      } catch (ExecutionException e) {
        throw new IllegalStateException("a disturbance must not fail: " + waiting.kind(), e);
      }
    }
    pending.clear();
  }

  @Override
  public void close() {
    background.shutdownNow();
    drivers.forEach(DriverProcess::close);
    relay.close();
  }
}
