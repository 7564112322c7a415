package io.destine.spark.parameters;

import io.destine.config.OptimizerConfig;
import io.destine.config.Precision;
import io.destine.optim.Optimizer;
import io.destine.optim.Optimizers;
import io.destine.param.Gradient;
import io.destine.param.ParameterLayout;
import io.destine.param.Parameters;
import io.destine.spark.channel.Address;
import io.destine.spark.channel.MessageService;
import io.destine.spark.thread.DaemonThreads;
import io.destine.train.GradientSum;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * The table rows that this executor owns in a run, with the optimiser's state for them. Tasks ask
 * for rows and send the gradients of rows; the driver says when rows move, by {@link
 * OwnerCommands}, each of which is carried out once.
 */
final class OwnerHost implements AutoCloseable {
  private static final Map<String, OwnerHost> HOSTS = new ConcurrentHashMap<>();

  private final MessageService service = MessageService.inExecutor();
  private final ExecutorService commands =
      Executors.newSingleThreadExecutor(new DaemonThreads("table-owner"));
  private final ParameterLayout layout;
  private final OptimizerConfig config;
  private final int ids;
  private final long seed;
  private final SumInbox sums;

  /** Rows of the tables here. */
  private volatile int owned;

  // All below belong to the thread of commands.

  private long last;
  private ByteBuffer lastAnswer;
  private RowService rows;
  private Optimizer optimizer;

  /** The last step whose rows have moved. */
  private volatile long ended;

  private OwnerHost(ParameterLayout layout, OptimizerConfig config, int ids, long seed) {
    this.layout = layout.tables();
    this.config = config;
    this.ids = ids;
    this.seed = seed;
    sums = new SumInbox(service, () -> owned);
    service.handle(OwnerCommands.KIND, this::receive);
  }

  /**
   * Starts to listen for a run, which owns nothing yet, if it does not listen already.
   *
   * @param ids V of the whole table
   */
  static Address start(
      String run, ParameterLayout layout, OptimizerConfig config, int ids, long seed) {
    return HOSTS
        .computeIfAbsent(run, r -> new OwnerHost(layout, config, ids, seed))
        .service
        .address();
  }

  /** Forgets a run. */
  static void remove(String run) {
    OwnerHost host = HOSTS.remove(run);
    if (host != null) {
      host.close();
    }
  }

  private void receive(ByteBuffer message, MessageService.Reply reply) {
    OwnerCommands.Command command = OwnerCommands.read(message);
    commands.execute(() -> reply.send(carriedOut(command)));
  }

  private ByteBuffer carriedOut(OwnerCommands.Command command) {
    if (command.number() == last) {
      return lastAnswer.duplicate();
    }
    try {
      if (command.number() != last + 1) {
        throw new IllegalStateException(
            "command " + (last + 1) + " must come next, got " + command.number());
      }
      carryOut(command);
      last = command.number();
      lastAnswer = OwnerCommands.done();
    } catch (Throwable e) {
      last = command.number();
      lastAnswer = OwnerCommands.failed(e);
    }
    return lastAnswer.duplicate();
  }

  private void carryOut(OwnerCommands.Command command) {
    switch (command.what()) {
      case OWN -> own(command.a(), command.b());
      case STEP -> step(command);
      case SKIP -> rows.moved();
      case CATCH_UP -> rows.change(optimizer::catchUp);
      case EXCHANGE_AVERAGE -> rows.change(optimizer::exchangeAverage);
      case AVERAGE -> optimizer.averageOver(command.a(), command.b());
    }
  }

  private void own(int owner, int owners) {
    int[] of = OwnerMap.ids(owner, owners, ids);
    owned = of.length;
    Parameters parameters = Parameters.initialRows(layout, Precision.FLOAT32, of, ids, seed);
    optimizer = Optimizers.create(config, parameters);
    rows = new RowService(service, parameters, new LaterSteps());
    rows.beforeReading(optimizer::catchUp);
  }

  private final class LaterSteps implements RowService.Steps {
    @Override
    public boolean isOpen(long step) {
      return step > ended;
    }

    @Override
    public void answered(long step) {}
  }

  private void step(OwnerCommands.Command command) {
    GradientSum sum = sums.take(command.step(), command.a());
    if (sum.failure() != null) {
      throw new ArithmeticException(sum.failure());
    }
    rows.move(
        () -> {
          ended = command.step();
          if (!sum.isEmpty()) {
            Gradient gradient = sum.toGradient();
            optimizer.step(gradient, command.scale(), command.rate());
            sum.release();
          }
        });
  }

  @Override
  public void close() {
    service.close();
    commands.shutdownNow();
    if (rows != null) {
      rows.close();
    }
  }
}
