package io.destine.spark.train;

import io.destine.feature.EncodedBatch;
import io.destine.spark.encode.BlockReader;
import java.io.Serializable;
import org.apache.spark.broadcast.Broadcast;

/**
 * The blocks of a split as tasks see them.
 *
 * @param rows identifies the split among all splits whose blocks a JVM may hold
 * @param reader fetched once by each JVM
 * @param memory share of a JVM's heap that blocks of all splits may take
 */
record BlockSource(String rows, Broadcast<BlockReader> reader, double memory)
    implements Serializable {

  EncodedBatch read(int block) {
    return reader.value().read(block);
  }
}
