package io.destine.spark.encode;

import io.destine.spark.source.RowProgress;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Function;
import scala.Tuple2;

/** Packets for the tasks of a shuffle: the number of the task, and bytes. */
final class Packets {
  private Packets() {}

  /**
   * The packets of each task.
   *
   * @param writers [tasks] null for a task without a packet; all are null after the call, which
   *     frees each writer's memory as soon as its packet is created
   */
  static Iterator<Tuple2<Integer, byte[]>> of(PacketWriter[] writers) {
    List<Tuple2<Integer, byte[]>> packets = new ArrayList<>();
    for (int task = 0; task < writers.length; task++) {
      if (writers[task] != null) {
        packets.add(new Tuple2<>(task, writers[task].toBytes()));
        writers[task] = null;
      }
    }
    return packets.iterator();
  }

  /**
   * The packets of chunks; the packets of a chunk are created when those of the previous chunk have
   * been sent.
   */
  static Iterator<Tuple2<Integer, byte[]>> of(
      Iterator<SplitChunk> chunks,
      Function<SplitChunk, Iterator<Tuple2<Integer, byte[]>>> packetsOf,
      RowProgress progress) {
    return new Iterator<>() {
      private Iterator<Tuple2<Integer, byte[]>> packets =
          List.<Tuple2<Integer, byte[]>>of().iterator();

      @Override
      public boolean hasNext() {
        while (!packets.hasNext() && chunks.hasNext()) {
          SplitChunk next = chunks.next();
          packets = packetsOf.apply(next);
          progress.add(next.chunk().rows);
        }
        return packets.hasNext();
      }

      @Override
      public Tuple2<Integer, byte[]> next() {
        return packets.next();
      }
    };
  }
}
