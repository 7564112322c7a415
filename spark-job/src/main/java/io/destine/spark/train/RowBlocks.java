package io.destine.spark.train;

import io.destine.feature.EncodedBatch;
import io.destine.spark.encode.BlockReader;
import io.destine.train.BatchPlan;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.status.api.v1.ExecutorSummary;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.collection.JavaConverters;

/**
 * The rows of a split in blocks, which executors read when tasks need them and hold in memory if
 * there is room. Blocks are spread over the current executors of the cluster. They move only when
 * executors change or one proves slow. The division into blocks never changes, so results do not
 * change either. One thread.
 */
public final class RowBlocks implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RowBlocks.class);

  /** Number of steps after which columns may move. */
  private static final int STEPS_BETWEEN_LOOKS = 32;

  private final JavaSparkContext context;
  private final int[] rows;
  private final Broadcast<BlockReader> reader;
  private final BlockSource source;
  private final IntSupplier wanted;
  private final Supplier<List<Placement.Executor>> executors;
  private final Placement placement;
  private final ExecutorPace pace = new ExecutorPace();
  private TaskSlots slots;
  private int stepsTaken;
  private RowSummary summary;
  private int turn;

  /**
   * Blocks that have not been read yet.
   *
   * @param blocksPerStep K, maximum blocks of a group, see {@link BatchPlan}
   * @param memory share of the heap of an executor that blocks may take, in (0, 1]
   */
  public RowBlocks(JavaSparkContext context, BlockReader reader, int blocksPerStep, double memory) {
    this(context, reader, blocksPerStep, memory, () -> tasks(context));
  }

  /**
   * On a cluster, each executor gets one task with a thread for each core, so that it requests
   * parameters once and sends one gradient. A configured number of tasks takes precedence. With
   * dynamic allocation there is one task for each core, since Spark adds executors only when tasks
   * wait for one.
   */
  private static int tasks(JavaSparkContext context) {
    boolean byCores =
        !keepsExecutors(context) || context.sc().conf().contains("spark.default.parallelism");
    return byCores ? context.defaultParallelism() : Placement.ONE_PER_EXECUTOR;
  }

  /** Whether there is a cluster that keeps idle executors. */
  public static boolean keepsExecutors(JavaSparkContext context) {
    return !context.isLocal()
        && !context.sc().conf().getBoolean("spark.dynamicAllocation.enabled", false);
  }

  /** The same, with the given number of single-threaded tasks. */
  public RowBlocks(
      JavaSparkContext context,
      BlockReader reader,
      int blocksPerStep,
      double memory,
      IntSupplier wanted) {
    this.context = context;
    this.wanted = wanted;
    this.reader = context.broadcast(reader);
    rows = reader.rows();
    source = new BlockSource(UUID.randomUUID().toString(), this.reader, memory);
    executors = () -> context.isLocal() ? List.of() : executors(context);
    placement = new Placement(Math.max(1, BatchPlan.columns(rows.length, blocksPerStep)));
    follow();
  }

  /** The current executors of the cluster, in the order in which they joined. */
  private static List<Placement.Executor> executors(JavaSparkContext context) {
    List<Placement.Executor> there = new ArrayList<>();
    for (ExecutorSummary executor :
        JavaConverters.seqAsJavaList(context.sc().statusStore().executorList(true))) {
      if (executor.totalCores() > 0) {
        String host = executor.hostPort().replaceFirst(":\\d+$", "");
        there.add(new Placement.Executor(executor.id(), host, executor.totalCores()));
      }
    }
    there.sort(
        Comparator.comparingInt((Placement.Executor executor) -> executor.id().length())
            .thenComparing(Placement.Executor::id));
    return there;
  }

  /** Adapts to a cluster that has lost, gained or replaced executors; returns the tasks to use. */
  TaskSlots follow() {
    if (placement.follow(executors.get(), wanted.getAsInt()) || slots == null) {
      slots = new TaskSlots(context.sc(), placement.locations());
    }
    return slots;
  }

  /**
   * Records the work of a step's tasks on a cluster. If an executor proves slow, some of its blocks
   * move to others, which read them again.
   *
   * @param stepNanos duration of the step's gradient
   */
  void computed(List<ExecutorPace.Sample> tasks, long stepNanos) {
    pace.add(tasks, stepNanos);
    if (++stepsTaken % STEPS_BETWEEN_LOOKS == 0) {
      Map<String, Double> measured = pace.relative(placement.executors());
      if (placement.adjust(measured)) {
        LOG.info(
            "blocks have moved to faster executors; core speed by executor, relative to the mean:"
                + " {}",
            measured);
      }
    }
  }

  /** The executors over which the blocks are spread. */
  List<String> executors() {
    return placement.executors();
  }

  /** [blocks] number of rows of each block. */
  public int[] rows() {
    return rows.clone();
  }

  /** Number of tasks of a step. */
  public int tasks() {
    return slots.locations().length;
  }

  /** [T] threads of each task of a step. */
  int[] threads() {
    return placement.threads();
  }

  /** [C] the task of each column of blocks. */
  int[] slotOfColumn() {
    return placement.slotOfColumn();
  }

  BlockSource source() {
    return source;
  }

  /**
   * The tasks of a pass over all rows: for each task of a step, one task per thread; these take its
   * blocks in turn.
   */
  private record Pass(String[] locations, int[] slots, int[] turns) {
    static Pass of(String[] locations, int[] threads) {
      int tasks = IntStream.of(threads).sum();
      Pass pass = new Pass(new String[tasks], new int[tasks], new int[tasks]);
      int task = 0;
      for (int slot = 0; slot < threads.length; slot++) {
        for (int turn = 0; turn < threads[slot]; turn++) {
          pass.locations[task] = locations[slot];
          pass.slots[task] = slot;
          pass.turns[task++] = turn;
        }
      }
      return pass;
    }
  }

  /** Notes that steps have reached another group of blocks; returns the number of groups so far. */
  int nextTurn() {
    return ++turn;
  }

  /**
   * One element per non-empty block. Each pass over it reads the blocks that executors do not hold,
   * and evicts no block from memory.
   */
  public JavaRDD<EncodedBatch> rdd() {
    int[] rowsByBlock = rows;
    BlockSource blocks = source;
    follow();
    int[] slotOf = placement.slotOfColumn();
    Pass pass = Pass.of(placement.locations(), placement.threads());
    int[] slotOfTask = pass.slots();
    int[] turnOfTask = pass.turns();
    int[] threads = placement.threads();
    return new TaskSlots(context.sc(), pass.locations())
        .toJavaRDD()
        .flatMap(
            task -> {
              int slot = slotOfTask[task];
              int[] own =
                  IntStream.range(0, rowsByBlock.length)
                      .filter(b -> rowsByBlock[b] > 0 && slotOf[b % slotOf.length] == slot)
                      .toArray();
              return IntStream.range(0, own.length)
                  .filter(i -> i % threads[slot] == turnOfTask[task])
                  .mapToObj(i -> BlockCache.here().pass(blocks, own[i]))
                  .iterator();
            });
  }

  /** The summary of the rows for a run, from one pass over them, computed once. */
  RowSummary summary() {
    if (summary == null) {
      summary = rdd().map(RowSummary::of).fold(RowSummary.none(), RowSummary::merge);
    }
    return summary;
  }

  /** Frees the memory, here and, by a job with a task for each core, on executors. */
  @Override
  public void close() {
    String rowsOfSplit = source.rows();
    BlockCache.here().remove(rowsOfSplit);
    if (context.sc().isStopped()) {
      return;
    }
    try {
      if (!context.isLocal()) {
        int cores = context.defaultParallelism();
        context
            .parallelize(IntStream.range(0, cores).boxed().toList(), cores)
            .foreachPartition(none -> BlockCache.here().remove(rowsOfSplit));
      }
      reader.destroy();
    } catch (Exception e) {
      // The blocks are no longer used anyway, and a stopped cluster has nothing to forget.
      LOG.warn("executors keep blocks of rows until they exit: {}", e.toString());
    }
  }
}
