package io.destine.spark.train;

import io.destine.feature.EncodedBatch;
import io.destine.spark.internals.DaemonThreads;
import io.destine.train.BatchPlan;
import java.util.Collections;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The blocks of rows that this JVM holds. Spark's own cache never evicts a block of an RDD for
 * another block of the same RDD. Here, when the limit is reached, the least recently used blocks
 * are evicted, but never blocks of the current group, nor blocks of the next group that are already
 * in memory: these take the memory that they need, even above the limit. Evicted blocks are read
 * again from the data set. Any thread.
 */
final class BlockCache {
  private static final Logger LOG = LoggerFactory.getLogger(BlockCache.class);
  private static final BlockCache HERE = new BlockCache(Runtime.getRuntime().maxMemory());

  /** Number of removed splits to remember: their late tasks must not add blocks again. */
  private static final int FORGOTTEN = 256;

  /** Turn of blocks that no step has requested. */
  private static final long NO_TURN = -1;

  private final double heap;
  private final LinkedHashMap<Key, Block> blocks = new LinkedHashMap<>(16, 0.75f, true);
  private final Set<Key> queued = new HashSet<>();
  private final ExecutorService ahead =
      Executors.newSingleThreadExecutor(new DaemonThreads("blocks-ahead"));
  private final Set<String> forgotten =
      Collections.newSetFromMap(
          new LinkedHashMap<>() {
            @Override
            protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
              return size() > FORGOTTEN;
            }
          });
  private long bytes;

  /** The split that steps use, and the number of its groups that they have reached. */
  private String used = "";

  private long turn;

  /**
   * An empty cache.
   *
   * @param heap size in bytes; blocks may take a share of it
   */
  BlockCache(double heap) {
    this.heap = heap;
  }

  /** The cache of this JVM. */
  static BlockCache here() {
    return HERE;
  }

  private record Key(String rows, int block) {}

  /** A block, possibly still being read. */
  static final class Block {
    private final CompletableFuture<EncodedBatch> rows = new CompletableFuture<>();
    private long bytes;
    private long turn = NO_TURN;
    private int epoch = -1;
    private int[] order;

    private Block() {}

    /** Its rows. */
    EncodedBatch rows() {
      return rows.join();
    }

    /** The order of its rows in an epoch; one epoch is kept. */
    synchronized int[] order(long seed, int epoch) {
      if (this.epoch != epoch) {
        EncodedBatch batch = rows();
        order = BatchPlan.order(seed, epoch, batch.partition(), batch.rows());
        this.epoch = epoch;
      }
      return order;
    }
  }

  /**
   * A block from which a step takes rows; read if missing. It stays in memory until steps reach
   * another group.
   *
   * @param turn number of groups of blocks that steps of the split have reached
   */
  Block block(BlockSource source, int block, long turn) {
    Key key = new Key(source.rows(), block);
    while (true) {
      Block there;
      boolean mine;
      synchronized (this) {
        first(source, turn);
        there = blocks.get(key);
        mine = there == null;
        if (mine) {
          there = new Block();
          if (!forgotten.contains(source.rows())) {
            blocks.put(key, there);
          }
        }
        there.turn = Math.max(there.turn, turn);
      }
      if (mine) {
        read(source, key, there);
        return there;
      }
      if (arrived(there)) {
        return there;
      }
    }
  }

  /**
   * The rows of a block for a pass over all rows: blocks read by such a pass stay if there is room,
   * but evict no other block.
   */
  EncodedBatch pass(BlockSource source, int block) {
    Key key = new Key(source.rows(), block);
    Block there;
    synchronized (this) {
      there = blocks.get(key);
    }
    if (there != null && arrived(there)) {
      return there.rows();
    }
    EncodedBatch rows = source.read(block);
    Block read = new Block();
    read.bytes = bytes(rows);
    read.rows.complete(rows);
    synchronized (this) {
      if (!forgotten.contains(source.rows())
          && bytes + read.bytes <= limit(source)
          && blocks.putIfAbsent(key, read) == null) {
        bytes += read.bytes;
      }
    }
    return rows;
  }

  /**
   * Starts to prefetch blocks for later steps, if there is room for them.
   *
   * @param turn the turn of the next group of blocks
   */
  synchronized void ahead(BlockSource source, int[] wanted, long turn) {
    first(source, turn - 1);
    if (forgotten.contains(source.rows())) {
      return;
    }
    for (int block : wanted) {
      Key key = new Key(source.rows(), block);
      Block there = blocks.get(key);
      if (there != null) {
        there.turn = Math.max(there.turn, turn);
      } else if (hasRoom(source) && queued.add(key)) {
        ahead.execute(() -> readAhead(source, key, turn));
      }
    }
  }

  private void readAhead(BlockSource source, Key key, long turn) {
    Block fresh = new Block();
    synchronized (this) {
      boolean late = used.equals(key.rows()) && turn < this.turn;
      if (!queued.remove(key) || late || blocks.containsKey(key) || !hasRoom(source)) {
        return;
      }
      fresh.turn = turn;
      blocks.put(key, fresh);
    }
    try {
      read(source, key, fresh);
    } catch (Exception e) {
      LOG.debug("the task that needs {} meets the same failure and reports it", key, e);
    }
  }

  /** Whether another block of mean size fits within the limit after eviction of unused blocks. */
  private boolean hasRoom(BlockSource source) {
    long mean = blocks.isEmpty() ? 0 : bytes / blocks.size();
    makeRoom(limit(source) - mean);
    return bytes + mean <= limit(source);
  }

  private void read(BlockSource source, Key key, Block block) {
    EncodedBatch rows;
    try {
      rows = source.read(key.block());
    } catch (Throwable e) {
      synchronized (this) {
        blocks.remove(key, block);
      }
      block.rows.completeExceptionally(e);
      throw e;
    }
    synchronized (this) {
      if (blocks.get(key) == block) {
        block.bytes = bytes(rows);
        bytes += block.bytes;
        makeRoom(limit(source));
      }
      block.rows.complete(rows);
    }
  }

  /** Waits for a block; returns false if it could not be read. */
  private static boolean arrived(Block block) {
    try {
      block.rows.get();
      return true;
    } catch (ExecutionException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for a block of rows", e);
    }
  }

  /** Includes the position of each row in the epoch's order. */
  private static long bytes(EncodedBatch rows) {
    return rows.bytes() + 4L * rows.rows();
  }

  private long limit(BlockSource source) {
    return (long) (source.memory() * heap);
  }

  /** Switches to the split that steps use from now on, if it is another one. */
  private void first(BlockSource source, long turn) {
    if (!source.rows().equals(used)) {
      used = source.rows();
      this.turn = turn;
    }
  }

  /**
   * Steps have reached a group of blocks: blocks of earlier groups may be evicted. To be called
   * when the previous step is over, since its tasks may request their blocks later than tasks of
   * the next step do.
   */
  synchronized void begin(BlockSource source, long turn) {
    first(source, turn);
    this.turn = Math.max(this.turn, turn);
  }

  private void makeRoom(long most) {
    Iterator<Map.Entry<Key, Block>> oldest = blocks.entrySet().iterator();
    while (bytes > most && oldest.hasNext()) {
      Map.Entry<Key, Block> entry = oldest.next();
      Block block = entry.getValue();
      boolean needed = entry.getKey().rows().equals(used) && block.turn >= turn;
      if (block.bytes > 0 && !needed) {
        bytes -= block.bytes;
        oldest.remove();
      }
    }
  }

  /** The splits with blocks in this cache. */
  synchronized Set<String> splits() {
    return blocks.keySet().stream().map(Key::rows).collect(Collectors.toSet());
  }

  /** Removes the blocks of a split permanently. */
  synchronized void remove(String rows) {
    forgotten.add(rows);
    queued.removeIf(key -> key.rows().equals(rows));
    blocks
        .entrySet()
        .removeIf(
            entry -> {
              boolean gone = entry.getKey().rows().equals(rows);
              bytes -= gone ? entry.getValue().bytes : 0;
              return gone;
            });
  }

  /** Bytes of all blocks here. */
  synchronized long bytes() {
    return bytes;
  }
}
