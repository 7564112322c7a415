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
 * The executors that own the parameter tables of a run, as the driver sees them: it tells them when
 * rows move. They stay the owners until one of them is lost, or others are to take part. One
 * thread.
 */
public final class TableOwners implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TableOwners.class);

  /** Jobs by which executors are asked to own rows. */
  private static final int ATTEMPTS = 8;

  private static final long PAUSE_MILLIS = 100;
  private static final long REPEAT_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
  private static final long RENEWAL_MINUTES = Worker.IDLE.toMinutes() / 6;

  private final JavaSparkContext context;
  private final OwnerMap map;
  private final Set<String> executors;
  private final MessageClient client = new MessageClient();
  private final OwnedTables tables;
  private final List<SentMessage<OwnerCommands.Answer>> underWay = new ArrayList<>();
  private final Losses losses = new Losses();
  private final ScheduledExecutorService renewals =
      Executors.newSingleThreadScheduledExecutor(new DaemonThreads("owners-in-use"));
  private final Runnable onLoss;

  /** The first executor that is gone, or null. */
  private volatile String lost;

  private long number;
  private long step;
  private int tasks;

  /** Whether a command has said what becomes of the current version. */
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

    /** A job may begin after the loss, whose tasks would ask the lost owner again and again. */
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
   * @param hosts by executor
   */
  TableOwners(JavaSparkContext context, Tables of, Map<String, Address> hosts, Runnable onLoss) {
    this.context = context;
    this.onLoss = onLoss;
    map = OwnerMap.of(List.copyOf(hosts.values()), of.ids());
    executors = Set.copyOf(hosts.keySet());
    tables = new OwnedTables(context, of.run(), map, of.layout());
    context.sc().addSparkListener(losses);
    renewals.scheduleWithFixedDelay(
        this::renew, RENEWAL_MINUTES, RENEWAL_MINUTES, TimeUnit.MINUTES);
  }

  /** A run whose jobs wait for others is in use, too; executors forget those of no use. */
  private void renew() {
    for (int owner = 0; owner < map.owners(); owner++) {
      client.ask(map.address(owner), probe(), answer -> null);
    }
  }

  /** Any answer to it will do. */
  private static ByteBuffer probe() {
    return TableMessages.read(ParameterLayout.EMBEDDING, 1, 0, 0);
  }

  /**
   * Executors that are about to own tables, see {@link #own}.
   *
   * @param places a task on each of the current executors, or several
   * @param wanted these executors; all are to own rows, but those that get no task in some attempts
   * @param generation counts the owners of a run
   * @param onLoss ends the jobs of the run; called again and again when one of them is gone
   */
  public static TableOwners start(
      JavaSparkContext context,
      Supplier<JavaRDD<Integer>> places,
      Supplier<List<String>> wanted,
      Tables of,
      int generation,
      Runnable onLoss) {
    Map<String, Address> hosts = new LinkedHashMap<>();
    for (int n = 0; n == 0 || n < ATTEMPTS && !hosts.keySet().containsAll(wanted.get()); n++) {
      // Spark may run a task elsewhere than on its executor: one that waits leaves it others.
      long pause = n * PAUSE_MILLIS;
      for (Host host : places.get().map(place -> host(of, generation, pause)).collect()) {
        hosts.put(host.executor(), host.address());
      }
    }
    LOG.info("executors {} own the tables", hosts.keySet());
    return new TableOwners(context, of, hosts, onLoss);
  }

  private static Host host(Tables of, int generation, long pause) throws InterruptedException {
    Address address = Worker.of(of.run()).own(of, generation);
    Thread.sleep(pause);
    return new Host(SparkEnv.get().executorId(), address);
  }

  /** Says who has which rows. */
  OwnerMap map() {
    return map;
  }

  /** The executors. */
  public Set<String> executors() {
    return executors;
  }

  /**
   * The first lost executor, if any. After a failure the caller asks for those that Spark has not
   * missed yet.
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
   * Has them own the tables, with initial values.
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

  /** The machine of an owner may vanish: its connection is then silent for long. */
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
   * Waits for the answers to what has been told.
   *
   * @throws ArithmeticException when an owner could not do it
   */
  private List<ExactSum> await() {
    String failure = null;
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
      throw new ArithmeticException(failure);
    }
    return squares;
  }

  /** All tasks of a step have sent their sums. */
  void complete(long step, int tasks) {
    this.step = step;
    this.tasks = tasks;
  }

  /** The squares of the sums of the rows of the step that is complete. */
  ExactSum squares() {
    ExactSum all = new ExactSum();
    ask(OwnerCommands.What.SQUARES, tasks, 0).forEach(all::plus);
    return all;
  }

  /** Moves the rows of the step that is complete; they move when this has returned. */
  void step(double scale, double rate) {
    tell(OwnerCommands.What.STEP, tasks, 0, scale, rate);
    told = true;
  }

  /** The driver's parameters have the next version: so have the tables, if no step moved them. */
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

  /** The tables, all rows up to date, open until the next step, restoration or exchange. */
  public OwnedTables open() {
    ask(OwnerCommands.What.OPEN, 0, 0);
    return tables;
  }

  /**
   * Goes on from the rows that have been written since the tables were opened.
   *
   * @param steps that the optimiser had taken
   * @param averageStart the last step before the average, -1 when there is none
   * @param last parameters are multiplied whose number in the table that has been written beside
   *     the optimiser's is at most this
   * @param factor by which; 1 for none
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

  /** Ends the connections; the owners forget the run with all that it has left in executors. */
  @Override
  public void close() {
    losses.end();
    renewals.shutdownNow();
    context.sc().removeSparkListener(losses);
    tables.close();
    client.close();
  }
}
