package io.destine.spark.parameters;

import io.destine.config.OptimizerConfig;
import io.destine.config.Precision;
import io.destine.numeric.ExactSum;
import io.destine.optim.GradientNorm;
import io.destine.optim.Optimizers;
import io.destine.optim.ParameterAverage;
import io.destine.optim.StatefulOptimizer;
import io.destine.param.FloatTable;
import io.destine.param.Gradient;
import io.destine.param.NamedState;
import io.destine.param.ParameterLayout;
import io.destine.param.ParameterTable;
import io.destine.param.Parameters;
import io.destine.spark.internals.Address;
import io.destine.spark.internals.DaemonThreads;
import io.destine.spark.internals.MessageService;
import io.destine.train.GradientSum;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The table rows that this executor owns in a run, with the optimiser's state for them. Tasks ask
 * for rows and send the gradients of rows; the driver says when rows move, by {@link
 * OwnerCommands}, each of which is carried out once. Between two steps, when the driver has had the
 * tables opened, tasks read and write rows of all of them by {@link TableMessages}. It belongs to
 * the run's {@link Worker}: all that the driver tells it, or asks, counts as use.
 */
final class OwnerHost implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(OwnerHost.class);

  /** A connection on which nothing is answered for longer is taken for dead. */
  private static final long WORKING_SECONDS = 5;

  private final String run;
  private final MessageService service = MessageService.inExecutor();
  private final ExecutorService commands =
      Executors.newSingleThreadExecutor(new DaemonThreads("table-owner"));
  private final ParameterLayout layout;
  private final OptimizerConfig config;
  private final int ids;
  private final long seed;

  /** Which owners of the run these belong to; those of a lower number are over. */
  private final int generation;

  private final SumInbox sums;

  /** Rows of the tables here. */
  private volatile int owned;

  /** Guarded by this: the last command, and what comes of it. */
  private long last;

  private CompletableFuture<ByteBuffer> lastAnswer;

  // All below belong to the thread of commands.

  private RowService rows;
  private int owner;
  private int owners;
  private Parameters parameters;
  private StatefulOptimizer optimizer;

  /** The gradient of the step whose squares have been told, or null. */
  private GradientSum pending;

  /** The optimiser's state, shared, and all tables by name while they are open; else null. */
  private NamedState state;

  private Map<String, ParameterTable> open;

  /** The one that is not the optimiser's, [rows, 1], or null. */
  private ParameterTable kept;

  /** The last step whose rows have moved. */
  private volatile long ended;

  /** Starts to listen for a run, and owns nothing yet. */
  OwnerHost(TableOwners.Tables of, int generation) {
    run = of.run();
    this.generation = generation;
    layout = of.layout().tables();
    config = of.optimizer();
    ids = of.ids();
    seed = of.seed();
    sums = new SumInbox(() -> owned);
    service.handle(SumInbox.KIND, sums::receive);
    service.handle(OwnerCommands.KIND, this::receive);
    service.handle(TableMessages.KIND, this::receiveRows);
  }

  int generation() {
    return generation;
  }

  Address address() {
    return service.address();
  }

  private void receive(ByteBuffer message, MessageService.Reply reply) {
    OwnerCommands.Command command = OwnerCommands.read(message);
    result(command)
        .copy()
        .completeOnTimeout(OwnerCommands.working(), WORKING_SECONDS, TimeUnit.SECONDS)
        .thenAccept(answer -> reply.send(answer.duplicate()));
  }

  /** The result of a command, which may have been sent before. */
  private synchronized CompletableFuture<ByteBuffer> result(OwnerCommands.Command command) {
    if (command.number() != last) {
      if (command.number() != last + 1) {
        throw new IllegalStateException(
            "command " + (last + 1) + " must come next, got " + command.number());
      }
      last = command.number();
      lastAnswer = CompletableFuture.supplyAsync(() -> carriedOut(command), commands);
    }
    return lastAnswer;
  }

  private ByteBuffer carriedOut(OwnerCommands.Command command) {
    Worker.of(run);
    try {
      ExactSum squares = carryOut(command);
      return squares == null ? OwnerCommands.done() : OwnerCommands.done(squares);
    } catch (Throwable e) {
      LOG.warn("a command for owned tables has failed", e);
      return OwnerCommands.failed(e);
    }
  }

  /** Returns what the driver is to be told, or null. */
  private ExactSum carryOut(OwnerCommands.Command command) {
    if (command.what() != OwnerCommands.What.RESTORE) {
      open = null;
      state = null;
    }
    switch (command.what()) {
      case OWN -> own(command);
      case SQUARES -> {
        pending = taken(command);
        return squares(pending);
      }
      case STEP -> step(command);
      case SKIP -> rows.moved();
      case CATCH_UP -> rows.change(optimizer::catchUp);
      case EXCHANGE_AVERAGE -> rows.change(optimizer::exchangeAverage);
      case AVERAGE -> optimizer.averageOver(command.a(), command.b());
      case OPEN -> rows.change(this::open);
      case RESTORE -> rows.change(() -> restore(command));
      case USE_AVERAGE -> rows.change(() -> ParameterAverage.set(parameters, optimizer.state()));
    }
    return null;
  }

  private void own(OwnerCommands.Command command) {
    owner = command.a();
    owners = command.b();
    int[] of = OwnerMap.ids(owner, owners, ids);
    owned = of.length;
    parameters = Parameters.initialRows(layout, Precision.FLOAT32, of, ids, seed);
    optimizer = Optimizers.create(config, parameters);
    rows = new RowService(parameters, new LaterSteps(), command.step());
    rows.beforeReading(optimizer::catchUp);
    service.handle(RowMessages.KIND, rows::receive);
  }

  private void open() {
    kept = null;
    state = optimizer.state();
    open = new HashMap<>(state.tables());
    open.put(ParameterLayout.EMBEDDING, parameters.embedding());
    if (parameters.wide() != null) {
      open.put(ParameterLayout.WIDE, parameters.wide());
    }
  }

  /**
   * The state's tables are those of the optimiser: what has been written is in place. Rows are
   * multiplied here, since a message of a task that is run again may come until tables are closed.
   */
  private void restore(OwnerCommands.Command command) {
    long steps = command.a();
    long averageStart = command.b();
    if (command.scale() != 1) {
      parameters.multiplyRows(kept.rowsUpTo(command.rate()), command.scale());
    }
    NamedState written = averageStart < 0 ? ParameterAverage.without(state) : state;
    Map<String, Long> counters = new HashMap<>(written.counters());
    counters.put("steps", steps);
    counters.computeIfPresent(ParameterAverage.START, (name, start) -> averageStart);
    optimizer.restore(new NamedState(written.tables(), written.arrays(), counters));
    parameters.changed();
    open = null;
    state = null;
  }

  private void receiveRows(ByteBuffer message, MessageService.Reply reply) {
    TableMessages.Request request = TableMessages.Request.read(message);
    commands.execute(() -> reply.send(answered(request)));
  }

  private ByteBuffer answered(TableMessages.Request request) {
    Worker.of(run);
    try {
      if (open == null) {
        throw new IllegalStateException("the tables of the owner are not open");
      }
      OwnerMap.Part part = OwnerMap.part(owner, owners, ids, request.first(), request.n());
      FloatTable table = table(request);
      if (request.numbers() == null) {
        return request.read(table, part);
      }
      request.write(table, part);
      return OwnerCommands.done();
    } catch (Throwable e) {
      return OwnerCommands.failed(e);
    }
  }

  /** One of a number a row that is not the optimiser's is kept as long as the others are open. */
  private FloatTable table(TableMessages.Request request) {
    ParameterTable found = open.get(request.table());
    if (found == null && request.numbers() != null && request.width() == 1 && kept == null) {
      found = ParameterTable.zeros(Precision.FLOAT32, owned, 1);
      kept = found;
      open.put(request.table(), found);
    }
    if (found instanceof FloatTable table && table.width() == request.width()) {
      return table;
    }
    throw new IllegalArgumentException(
        "no table " + request.table() + " of width " + request.width() + " is open");
  }

  private final class LaterSteps implements RowService.Steps {
    @Override
    public boolean isOpen(long step) {
      return step > ended;
    }

    @Override
    public void begun(long step) {}
  }

  private GradientSum taken(OwnerCommands.Command command) {
    GradientSum sum = sums.take(command.step(), command.a());
    if (sum.failure() != null) {
      throw new ArithmeticException(sum.failure());
    }
    return sum;
  }

  private ExactSum squares(GradientSum sum) {
    return sum.isEmpty()
        ? new ExactSum()
        : GradientNorm.squares(
            sum.toGradient(), layout.embeddingDim(), Runtime.getRuntime().availableProcessors());
  }

  private void step(OwnerCommands.Command command) {
    GradientSum sum = pending == null ? taken(command) : pending;
    pending = null;
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
