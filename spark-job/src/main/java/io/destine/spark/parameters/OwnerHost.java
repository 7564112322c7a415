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
 * The table rows that this executor owns in a run, with their optimiser state. Tasks request rows
 * and send gradients; the driver triggers updates with {@link OwnerCommands}, each of which is
 * executed once. Between two steps, while the driver has opened the tables, tasks read and write
 * rows of all tables with {@link TableMessages}. It belongs to the run's {@link Worker}: every
 * message from the driver counts as use of the worker.
 */
final class OwnerHost implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(OwnerHost.class);

  /**
   * Interval after which a running command is answered as still working, so that the connection is
   * not considered dead.
   */
  private static final long WORKING_SECONDS = 5;

  private final String run;
  private final MessageService service = MessageService.inExecutor();
  private final ExecutorService commands =
      Executors.newSingleThreadExecutor(new DaemonThreads("table-owner"));
  private final ParameterLayout layout;
  private final OptimizerConfig config;
  private final int ids;
  private final long seed;

  /** Generation of the run's owners that this one belongs to; lower generations are obsolete. */
  private final int generation;

  private final SumInbox sums;

  /** Number of rows in this owner's tables. */
  private volatile int owned;

  /** Guarded by this: the last command and its result. */
  private long last;

  private CompletableFuture<ByteBuffer> lastAnswer;

  // All fields below belong to the command thread.

  private RowService rows;
  private int owner;
  private int owners;
  private Parameters parameters;
  private StatefulOptimizer optimizer;

  /** The gradient of the step whose squares have been returned, or null. */
  private GradientSum pending;

  /**
   * While the tables are open, the optimiser's state, which is not a copy, and all tables by name;
   * otherwise null.
   */
  private NamedState state;

  private Map<String, ParameterTable> open;

  /** [rows, 1] the table outside the optimiser's state, or null. */
  private ParameterTable kept;

  /** The last step whose rows have been updated. */
  private volatile long ended;

  /** Starts listening for a run; owns no rows yet. */
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

  SumInbox sums() {
    return sums;
  }

  private void receive(ByteBuffer message, MessageService.Reply reply) {
    OwnerCommands.Command command = OwnerCommands.read(message);
    result(command)
        .copy()
        .completeOnTimeout(OwnerCommands.working(), WORKING_SECONDS, TimeUnit.SECONDS)
        .thenAccept(answer -> reply.send(answer.duplicate()));
  }

  /** The result of a command, which may be a repeated one. */
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
      LOG.warn("command {} for the owned tables of run {} has failed", command.what(), run, e);
      return OwnerCommands.failed(e);
    }
  }

  /** Returns the result for the driver, or null. */
  private ExactSum carryOut(OwnerCommands.Command command) {
    if (command.what() != OwnerCommands.What.RESTORE) {
      closeTables();
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
    state = optimizer.state();
    open = new HashMap<>(state.tables());
    open.put(ParameterLayout.EMBEDDING, parameters.embedding());
    if (parameters.wide() != null) {
      open.put(ParameterLayout.WIDE, parameters.wide());
    }
  }

  /**
   * The open tables are the optimiser's own, so written rows need no copy. Rows are multiplied here
   * and not when they are written, since a rerun task may write them again until the tables are
   * closed.
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
    closeTables();
  }

  private void closeTables() {
    open = null;
    state = null;
    kept = null;
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

  /**
   * An open table. A table of width 1 outside the optimiser's state is created when first written,
   * and kept while the tables are open.
   */
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
