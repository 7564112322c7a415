package io.destine.spark.encode;

import io.destine.feature.EncodedBatch;
import io.destine.feature.FieldLayout;
import io.destine.feature.PackedArrays;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Reads a written data set back, as the trainer will: counts rows and takes the fingerprint, a hash
 * over the hashes of its logical partitions in order.
 */
final class ManifestScan {
  private final Map<Split, int[]> rows = new EnumMap<>(Split.class);
  private final Map<Split, int[]> positives = new EnumMap<>(Split.class);
  private final String fingerprint;

  private record Piece(Split split, int partition, int rows, int positives, String hash)
      implements Serializable {}

  private ManifestScan(List<Piece> pieces, int partitions) {
    for (Split split : Split.values()) {
      rows.put(split, new int[partitions]);
      positives.put(split, new int[partitions]);
    }
    MessageDigest digest = sha256();
    for (Piece piece : pieces) {
      rows.get(piece.split())[piece.partition()] = piece.rows();
      positives.get(piece.split())[piece.partition()] = piece.positives();
      digest.update(piece.hash().getBytes(StandardCharsets.UTF_8));
    }
    fingerprint = HexFormat.of().formatHex(digest.digest());
  }

  static ManifestScan of(
      JavaSparkContext context, String directory, FieldLayout layout, int partitions) {
    SerializableConfiguration hadoop = new SerializableConfiguration(context.hadoopConfiguration());
    List<Integer> places = new ArrayList<>();
    for (int i = 0; i < Split.values().length * partitions; i++) {
      places.add(i);
    }
    List<Piece> pieces =
        context
            .parallelize(places, Math.min(places.size(), 4 * context.defaultParallelism()))
            .map(
                i ->
                    scan(
                        hadoop.value(),
                        directory,
                        Split.values()[i / partitions],
                        i % partitions,
                        layout))
            .collect();
    return new ManifestScan(pieces, partitions);
  }

  Map<Split, int[]> rows() {
    return rows;
  }

  Map<Split, int[]> positives() {
    return positives;
  }

  String fingerprint() {
    return fingerprint;
  }

  private static Piece scan(
      Configuration hadoop, String directory, Split split, int partition, FieldLayout layout)
      throws IOException {
    DataFiles files = new DataFiles(hadoop);
    String path = EncodedDataSet.partitionPath(directory, split, partition);
    if (!files.exists(path)) {
      return new Piece(split, partition, 0, 0, split.key() + partition);
    }
    EncodedBatch batch = EncodedRowReader.read(hadoop, files.parquet(path), layout, partition);
    int positives = 0;
    for (float label : batch.labels()) {
      positives += label == 1 ? 1 : 0;
    }
    return new Piece(split, partition, batch.rows(), positives, split.key() + hash(batch));
  }

  private static String hash(EncodedBatch batch) throws IOException {
    MessageDigest digest = sha256();
    try (DataOutputStream out =
        new DataOutputStream(new DigestOutputStream(OutputStream.nullOutputStream(), digest))) {
      out.writeInt(batch.partition());
      PackedArrays arrays = new PackedArrays(out);
      arrays.write(batch.ids());
      arrays.write(batch.multiOffsets());
      arrays.write(batch.multiIds());
      arrays.write(batch.dense());
      arrays.write(batch.labels());
      arrays.write(batch.weights());
      arrays.write(batch.groups());
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256 must be available in every JVM", e);
    }
  }
}
