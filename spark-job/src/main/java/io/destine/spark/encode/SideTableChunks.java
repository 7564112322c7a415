package io.destine.spark.encode;

import io.destine.artifact.VocabularyIndex;
import io.destine.feature.FittedFields;
import io.destine.spark.conf.SideTableConfig;
import io.destine.spark.source.RowProgress;
import io.destine.spark.source.SourceParts;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;
import scala.Tuple2;

/**
 * The rows of side tables as chunks after the chunks of the log. Rows of the log get the numbers of
 * the side table rows with their keys ({@link TableKeys}); {@link SideTableFiles} writes the rows.
 */
final class SideTableChunks implements AutoCloseable {
  private final List<SourceParts.Side> sides;
  private final EncodingLimits limits;
  private TableKeys keys;
  private List<String> warnings = List.of();

  SideTableChunks(List<SourceParts.Side> sides, EncodingLimits limits) {
    this.sides = sides;
    this.limits = limits;
  }

  boolean isEmpty() {
    return sides.isEmpty();
  }

  List<SourceParts.Side> sides() {
    return sides;
  }

  List<SideTableConfig> configs() {
    return sides.stream().map(SourceParts.Side::config).toList();
  }

  /**
   * Matches side table rows with the keys of the log.
   *
   * @param own chunks of the rows of the side tables
   * @return chunks of the log with the numbers of these rows and, in later partitions, chunks of
   *     the side tables
   */
  JavaRDD<SplitChunk> named(JavaRDD<SplitChunk> log, long logRows, JavaRDD<Chunk> own) {
    JavaRDD<SplitChunk> whole = own.mapPartitions(SideTableChunks::numbered);
    List<SourceRowCounts> counts = whole.map(split -> SourceRowCounts.of(split.chunk())).collect();
    long most = Math.max(logRows, counts.stream().mapToLong(SourceRowCounts::rows).sum());
    JavaRDD<SplitChunk> both = log.union(whole);
    keys = TableKeys.of(both, sides.size(), limits.shardBits(most));
    warnings = new ArrayList<>(SourceRowCounts.warnings(sides, counts));
    for (int t = 0; t < sides.size(); t++) {
      warnings.addAll(keys.tables().get(t).warnings(sides.get(t).config().table()));
    }
    return keys.named(both);
  }

  private static Iterator<SplitChunk> numbered(Iterator<Chunk> chunks) {
    return SplitChunk.numbered(
        chunks,
        (chunk, ordinal) ->
            new SplitChunk(chunk, ordinal, chunk.hashes, new byte[chunk.rows], null));
  }

  /** Number of keys of the tables, one line each. */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    for (int t = 0; t < sides.size(); t++) {
      lines.add(keys.tables().get(t).line(sides.get(t).config().table()));
    }
    return lines;
  }

  /** Warnings about the tables, one line each. */
  List<String> warnings() {
    return List.copyOf(warnings);
  }

  /** Writes the map from keys to rows. */
  List<VocabularyIndex.Part> writeKeys(
      Broadcast<SerializableConfiguration> hadoop, String directory) {
    return keys.write(hadoop, directory);
  }

  /**
   * Encodes the rows and writes them.
   *
   * @param all result of {@link #named}
   * @param ids of the values of its chunks, by its partitions
   * @param missing ids of missing values, by field
   */
  List<VocabularyIndex.Table> write(
      JavaRDD<SplitChunk> all,
      JavaRDD<Tuple2<Integer, byte[]>> ids,
      FittedFields fields,
      int[] missing,
      Broadcast<SerializableConfiguration> hadoop,
      String directory) {
    RowProgress progress = RowProgress.of(all.context());
    SideTableFiles files = new SideTableFiles(fields, missing, keys.tables());
    List<VocabularyIndex.Part> parts =
        all.zipPartitions(
                ids,
                (each, own) ->
                    EncodedChunk.tablePackets(each, own, fields, missing, files, progress))
            .mapToPair(packet -> packet)
            .partitionBy(new PlacePartitioner(files.tasks()))
            .map(packet -> packet)
            .mapPartitionsWithIndex(
                (task, packets) -> files.write(hadoop.value().value(), directory, task, packets),
                false)
            .collect();
    return files.described(parts);
  }

  @Override
  public void close() {
    if (keys != null) {
      keys.close();
    }
  }
}
