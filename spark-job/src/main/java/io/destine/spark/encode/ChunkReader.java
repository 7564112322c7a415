package io.destine.spark.encode;

import io.destine.spark.source.RowBatch;
import io.destine.spark.source.RowProgress;
import java.util.Iterator;
import java.util.function.Supplier;

/** Reads batches of rows into chunks. One thread. */
final class ChunkReader implements Iterator<Chunk> {
  private final Iterator<RowBatch> batches;
  private final Supplier<ChunkBuilder> builders;
  private final RowProgress progress;
  private RowBatch batch;
  private int next;

  ChunkReader(Iterator<RowBatch> batches, Supplier<ChunkBuilder> builders, RowProgress progress) {
    this.batches = batches;
    this.builders = builders;
    this.progress = progress;
  }

  @Override
  public boolean hasNext() {
    while ((batch == null || next == batch.rows()) && batches.hasNext()) {
      batch = batches.next();
      next = 0;
    }
    return batch != null && next < batch.rows();
  }

  @Override
  public Chunk next() {
    ChunkBuilder builder = builders.get();
    while (!builder.full() && hasNext()) {
      int added = builder.add(batch, next);
      progress.add(added);
      next += added;
    }
    return builder.build();
  }
}
