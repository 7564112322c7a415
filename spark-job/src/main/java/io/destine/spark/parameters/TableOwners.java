package io.destine.spark.parameters;

import io.destine.config.OptimizerConfig;
import io.destine.numeric.ExactSum;
import io.destine.param.ParameterLayout;
import io.destine.spark.internals.Address;
import io.destine.spark.internals.DaemonThreads;
import io.destine.spark.internals.MessageClient;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorRemoved;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The driver's view of the executors that own the parameter tables of a run; through it the driver
 * triggers updates of rows. They remain the owners until one of them is lost or other executors are
 * to join. One thread.
 */
public final class TableOwners implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TableOwners.class);

  /** Maximum number of jobs that ask executors to own rows. */
  private static final int ATTEMPTS = 8;

  private static final long PAUSE_MILLIS = 100;
  private static final long REPEAT_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
  private static final long RENEWAL_MINUTES = Worker.IDLE.toMinutes() / 6;

  private final JavaSparkContext context;
  private final OwnerMap map;
  private final Set<String> executors;

  /** The executors when the owners were chosen, owners or not. */
  private final Set<String> present;

  private final MessageClient client = new MessageClient();
  private final OwnedTables tables;
  private final List<SentMessage<OwnerCommands.Answer>> underWay = new ArrayList<>();
  private final Losses losses = new Losses();
  private final ScheduledExecutorService renewals =
      Executors.newSingleThreadScheduledExecutor(new DaemonThreads("owners-in-use"));
  private final Runnable onLoss;

  /** The first lost executor, or null. */
  private volatile String lost;

  private long number;
  private long step;
  private int tasks;

  /** Whether a command has decided how the current version is updated. */
  private boolean told;

  private record Host(String executor, Address address) implements Serializable {}

  /**
   * The tables of a run.
   *
   * @param run an identity that no other run of the application has
   * @param layout of the parameters
   * @param ids V
   * @param seed of the initial values
   */
  public record Tables(
      String run, ParameterLayout layout, OptimizerConfig optimizer, int ids, long seed)
      implements Serializable {
    private static final long serialVersionUID = 1;
  }

  private final class Losses extends SparkListener {
    private boolean over;

    @Override
    public synchronized void onExecutorRemoved(SparkListenerExecutorRemoved removed) {
      if (!over && lost == null && executors.contains(removed.executorId())) {
        lost = removed.executorId();
        new DaemonThreads("lost-owner").newThread(this::repeat).start();
      }
    }

    /**
     * Repeats the loss callback: a job may begin after the loss, and its tasks would keep
     * contacting the lost owner.
     */
    private void repeat() {
      while (again()) {
        LockSupport.parkNanos(REPEAT_NANOS);
      }
    }

    private synchronized boolean again() {
      if (!over) {
        onLoss.run();
      }
      return !over;
    }

    synchronized void end() {
      over = true;
    }
  }

  /**
   * @param hosts the owners, by executor
   * @param present the executors at that time, owners or not; they do not count as joined
   */
  TableOwners(
      JavaSparkContext context,
      Tables of,
      Map<String, Address> hosts,
      Collection<String> present,
      Runnable onLoss) {
    this.context = context;
    this.onLoss = onLoss;
    map = OwnerMap.of(List.copyOf(hosts.values()), of.ids());
    executors = Set.copyOf(hosts.keySet());
    this.present = new HashSet<>(executors);
    this.present.addAll(present);
    tables = new OwnedTables(context, of.run(), map, of.layout());
    context.sc().addSparkListener(losses);
    renewals.scheduleWithFixedDelay(
        this::renew, RENEWAL_MINUTES, RENEWAL_MINUTES, TimeUnit.MINUTES);
  }

  /**
   * Keeps the run alive in executors, which forget unused runs: a run whose jobs wait for other
   * jobs is still in use.
   */
  private void renew() {
    for (int owner = 0; owner < map.owners(); owner++) {
      client.ask(map.address(owner), probe(), answer -> null);
    }
  }

  /** A message to check the connection; any answer will do. */
  private static ByteBuffer probe() {
    return TableMessages.read(ParameterLayout.EMBEDDING, 1, 0, 0);
  }

  /**
   * Makes the current executors listen as owners of the tables; {@link #own} then gives them their
   * rows.
   *
   * @param places one or more tasks on each current executor
   * @param wanted the current executors; all of them become owners, except executors that get no
   *     task in several attempts
   * @param generation counts the owners of a run
   * @param onLoss ends the jobs of the run; called repeatedly after an owner is lost
   */
  public static TableOwners start(
      JavaSparkContext context,
      Supplier<JavaRDD<Integer>> places,
      Supplier<List<String>> wanted,
      Tables of,
      int generation,
      Runnable onLoss) {
    List<String> present = wanted.get();
    Map<String, Address> hosts = new LinkedHashMap<>();
    for (int n = 0; n == 0 || n < ATTEMPTS && !hosts.keySet().containsAll(wanted.get()); n++) {
      // Spark may run a task on an executor other than the preferred one: while a task waits,
      // the other tasks go to free executors.
      long pause = n * PAUSE_MILLIS;
      for (Host host : places.get().map(place -> host(of, generation, pause)).collect()) {
        hosts.put(host.executor(), host.address());
      }
    }
    LOG.info("executors {} own the tables", hosts.keySet());
    return new TableOwners(context, of, hosts, present, onLoss);
  }

  private static Host host(Tables of, int generation, long pause) throws InterruptedException {
    Address address = Worker.of(of.run()).own(of, generation);
    Thread.sleep(pause);
    return new Host(SparkEnv.get().executorId(), address);
  }

  /** The owners of the table rows. */
  OwnerMap map() {
    return map;
  }

  /**
   * Whether executors have joined since the owners were chosen. An executor that was already there
   * but got no task, for example because Spark excludes it after failures, does not count.
   */
  public boolean joined(Collection<String> current) {
    return !present.containsAll(current);
  }

  /**
   * The first lost executor, if any. After a failure this also finds executors that Spark does not
   * yet report as lost.
   *
   * @param failed true when a message or a task has failed
   */
  public Optional<String> lost(boolean failed) {
    if (lost == null && failed) {
      for (int owner = 0; owner < map.owners(); owner++) {
        if (!answers(owner)) {
          return Optional.of("at " + map.address(owner).host() + ":" + map.address(owner).port());
        }
      }
    }
    return Optional.ofNullable(lost);
  }

  private boolean answers(int owner) {
    try {
      new SentMessage<>(client, map.address(owner), probe(), OwnerCommands::failure).await();
      return true;
    } catch (Exception e) {
      LOG.warn("an owner of tables was lost: {}", e.toString());
      return false;
    }
  }

  /**
   * Makes the executors own the tables, with initial values.
   *
   * @param version of the parameters
   */
  public void own(long version) {
    step = version;
    number++;
    for (int owner = 0; owner < map.owners(); owner++) {
      send(owner, OwnerCommands.What.OWN, owner, map.owners(), 0, 0);
    }
    await();
  }

  private void send(int owner, OwnerCommands.What what, int a, int b, double scale, double rate) {
    OwnerCommands.Command command =
        new OwnerCommands.Command(number, what, step, a, b, scale, rate);
    underWay.add(
        new SentMessage<>(
            client,
            map.address(owner),
            command.message(),
            OwnerCommands::answer,
            this::requireComplete));
  }

  /**
   * Fails early if an owner is lost: if its machine vanishes, the connection reports no error for a
   * long time.
   */
  private void requireComplete() {
    if (lost != null) {
      throw new IllegalStateException("executor " + lost + " owned table rows and was lost");
    }
  }

  private void tell(OwnerCommands.What what, int a, int b, double scale, double rate) {
    await();
    number++;
    for (int owner = 0; owner < map.owners(); owner++) {
      send(owner, what, a, b, scale, rate);
    }
  }

  private List<ExactSum> ask(OwnerCommands.What what, int a, int b) {
    tell(what, a, b, 0, 0);
    return await();
  }

  /**
   * Waits for the answers to the commands sent.
   *
   * @throws ArithmeticException if numbers of a gradient are not finite or too large
   * @throws IllegalStateException if an owner failed
   */
  private List<ExactSum> await() {
    RuntimeException failure = null;
    List<ExactSum> squares = new ArrayList<>();
    List<SentMessage<OwnerCommands.Answer>> messages = List.copyOf(underWay);
    underWay.clear();
    for (SentMessage<OwnerCommands.Answer> message : messages) {
      OwnerCommands.Answer found = message.await();
      while (found.working()) {
        message.send();
        found = message.await();
      }
      failure = failure == null ? found.failure() : failure;
      squares.add(found.squares());
    }
    if (failure != null) {
      throw failure;
    }
    return squares;
  }

  /** Notes that all tasks of a step have sent their sums. */
  void complete(long step, int tasks) {
    this.step = step;
    this.tasks = tasks;
  }

  /** The squares of the gradient sums of the completed step's rows. */
  ExactSum squares() {
    ExactSum all = new ExactSum();
    ask(OwnerCommands.What.SQUARES, tasks, 0).forEach(all::plus);
    return all;
  }

  /**
   * Starts the update of the completed step's rows, which continues after this method has returned.
   */
  void step(double scale, double rate) {
    tell(OwnerCommands.What.STEP, tasks, 0, scale, rate);
    told = true;
  }

  /**
   * The driver's parameters have the next version. Tables that the step did not update advance too.
   */
  void moved() {
    if (!told) {
      tell(OwnerCommands.What.SKIP, 0, 0, 0, 0);
    }
    told = false;
    await();
  }

  void catchUp() {
    ask(OwnerCommands.What.CATCH_UP, 0, 0);
  }

  void exchangeAverage() {
    ask(OwnerCommands.What.EXCHANGE_AVERAGE, 0, 0);
  }

  void averageOver(int samples, int stride) {
    ask(OwnerCommands.What.AVERAGE, samples, stride);
  }

  /** Opens the tables, with all rows up to date, until the next command to the owners. */
  public OwnedTables open() {
    ask(OwnerCommands.What.OPEN, 0, 0);
    return tables;
  }

  /**
   * Resumes from the rows that have been written since the tables were opened.
   *
   * @param steps that the optimiser had taken
   * @param averageStart the last step before the average; -1 for none
   * @param last maximum entry, in the additional table (the one that is not part of the optimiser's
   *     state), of rows that decay
   * @param factor multiplier of the parameters of these rows; 1 for no decay
   */
  public void restore(long steps, long averageStart, long last, double factor) {
    tell(
        OwnerCommands.What.RESTORE,
        Math.toIntExact(steps),
        Math.toIntExact(averageStart),
        factor,
        last);
    await();
  }

  /** Replaces the parameters by their average. */
  public void useAverage() {
    ask(OwnerCommands.What.USE_AVERAGE, 0, 0);
  }

  /**
   * Closes the connections; the owners forget the run together with everything else it has left in
   * executors.
   */
  @Override
  public void close() {
    losses.end();
    renewals.shutdownNow();
    context.sc().removeSparkListener(losses);
    tables.close();
    client.close();
  }
}
