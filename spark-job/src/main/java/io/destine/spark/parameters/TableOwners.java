package io.destine.spark.parameters;

import io.destine.config.OptimizerConfig;
import io.destine.param.ParameterLayout;
import io.destine.spark.channel.Address;
import io.destine.spark.channel.MessageClient;
import io.destine.train.TrainingException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.JavaRDD;

/**
 * The executors that own the parameter tables of a run, as the driver sees them: it tells them when
 * rows move. One thread.
 */
public final class TableOwners implements AutoCloseable {
  private final OwnerMap map;
  private final MessageClient client = new MessageClient();
  private final List<SentMessage<String>> underWay = new ArrayList<>();
  private long number;
  private long step;
  private int tasks;

  /** Whether a command has said what becomes of the current version. */
  private boolean told;

  private record Host(String executor, Address address) implements Serializable {}

  private TableOwners(OwnerMap map) {
    this.map = map;
  }

  /**
   * Has executors own tables with initial values.
   *
   * @param places a task on each of the executors, or several
   * @param ids V
   * @param seed of the initial values
   * @throws IllegalArgumentException with clipping, whose norm needs the rows of all owners
   */
  public static TableOwners start(
      JavaRDD<Integer> places,
      String run,
      ParameterLayout layout,
      OptimizerConfig config,
      int ids,
      long seed) {
    if (config.clipNorm() > 0) {
      throw new IllegalArgumentException(
          "train.clip-norm must be 0 when executors own the tables, got " + config.clipNorm());
    }
    Map<String, Address> hosts = new LinkedHashMap<>();
    for (Host host :
        places
            .map(
                place ->
                    new Host(
                        SparkEnv.get().executorId(),
                        OwnerHost.start(run, layout, config, ids, seed)))
            .collect()) {
      hosts.put(host.executor(), host.address());
    }
    TableOwners owners = new TableOwners(OwnerMap.of(List.copyOf(hosts.values()), ids));
    owners.own();
    return owners;
  }

  /** Says who has which rows. */
  OwnerMap map() {
    return map;
  }

  private void own() {
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
        new SentMessage<>(client, map.address(owner), command.message(), OwnerCommands::failure));
  }

  private void tell(OwnerCommands.What what, int a, int b, double scale, double rate) {
    await();
    number++;
    for (int owner = 0; owner < map.owners(); owner++) {
      send(owner, what, a, b, scale, rate);
    }
  }

  /**
   * Waits for the answers to what has been told.
   *
   * @throws TrainingException when an owner could not do it
   */
  private void await() {
    String failure = null;
    for (SentMessage<String> message : underWay) {
      String found = message.await();
      failure = failure == null ? found : failure;
    }
    underWay.clear();
    if (failure != null) {
      throw new TrainingException(failure);
    }
  }

  /** All tasks of a step have sent their sums. */
  void complete(long step, int tasks) {
    this.step = step;
    this.tasks = tasks;
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
    tell(OwnerCommands.What.CATCH_UP, 0, 0, 0, 0);
    await();
  }

  void exchangeAverage() {
    tell(OwnerCommands.What.EXCHANGE_AVERAGE, 0, 0, 0, 0);
    await();
  }

  void averageOver(int samples, int stride) {
    tell(OwnerCommands.What.AVERAGE, samples, stride, 0, 0);
    await();
  }

  /** Ends the connections; the owners forget the run with all that it has left in executors. */
  @Override
  public void close() {
    client.close();
  }
}
