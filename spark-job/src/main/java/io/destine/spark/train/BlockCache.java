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
 * The blocks of rows that this JVM holds. Spark's own cache never gives up a block of an RDD for
 * another one of the same RDD; here, when the limit is reached, the blocks that have not been used
 * for longest go, but never those of the group of blocks that steps are at, nor blocks of the group
 * after it that are already in memory: they take what they need, whatever the limit. Removed blocks
 * are read again from the data set. Any thread.
 */
final class BlockCache {
  private static final Logger LOG = LoggerFactory.getLogger(BlockCache.class);
  private static final BlockCache HERE = new BlockCache(Runtime.getRuntime().maxMemory());

  /** Splits that were forgotten last, whose late tasks leave nothing here. */
  private static final int FORGOTTEN = 256;

  /** Of blocks that no group of steps has asked for. */
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

  /** The split that steps use, and how many groups of it they have come to. */
  private String used = "";

  private long turn;

  /**
   * Holds nothing.
   *
   * @param heap bytes of which blocks may take a share
   */
  BlockCache(double heap) {
    this.heap = heap;
  }

  /** That of this JVM. */
  static BlockCache here() {
    return HERE;
  }

  private record Key(String rows, int block) {}

  /** A block, perhaps still on its way. */
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
   * A block that a step takes rows of, read when it is not here. It stays until steps have come to
   * another group.
   *
   * @param turn counts the groups of blocks that steps of the split have come to
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
   * The rows of a block for a pass over all of them: what such a pass reads stays when there is
   * room, but drives out nothing.
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
   * Starts to read blocks that steps will need, as far as there is room for them.
   *
   * @param turn that of the next group of blocks
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

  /** Whether another block of mean size is within the limit when unused ones go. */
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

  /** Waits for a block; false when it could not be read. */
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

  /** With the place of each row in the epoch's order. */
  private static long bytes(EncodedBatch rows) {
    return rows.bytes() + 4L * rows.rows();
  }

  private long limit(BlockSource source) {
    return (long) (source.memory() * heap);
  }

  /** Steps use another split from now on. */
  private void first(BlockSource source, long turn) {
    if (!source.rows().equals(used)) {
      used = source.rows();
      this.turn = turn;
    }
  }

  /**
   * Steps have come to a group of blocks: those of the groups before may go. To be called when the
   * step before is over, whose tasks may ask for their blocks after those of the next one.
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

  /** The splits of which there are blocks. */
  synchronized Set<String> splits() {
    return blocks.keySet().stream().map(Key::rows).collect(Collectors.toSet());
  }

  /** Forgets the blocks of a split for good. */
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
