package io.destine.spark.encode;

import io.destine.artifact.TableContentFile;
import io.destine.artifact.VocabularyIndex;
import io.destine.feature.EncodedBatch;
import io.destine.feature.FieldLayout;
import io.destine.feature.FieldShape;
import io.destine.feature.FittedFields;
import io.destine.spark.store.Storage;
import io.destine.spark.store.TaskDirectory;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.Serializable;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import scala.Tuple2;

/**
 * The files of the rows of side tables: each holds rows with consecutive numbers and is written by
 * one task. Row 0 of each table stands for missing and unknown keys.
 */
final class SideTableFiles implements Serializable {
  private static final long serialVersionUID = 1;

  /** Approximate bytes of a file. */
  private static final int FILE_BYTES = 32 << 20;

  private static final int LIST_BYTES = 40;
  private static final int FEWEST_ROWS = 1 << 10;
  private static final int MOST_ROWS = 1 << 17;

  private final FittedFields fields;
  private final int[] missing;

  /** [tables] number of rows: K + 1 for K keys. */
  private final long[] rows;

  private final FieldLayout[] layouts;
  private final int[] rowsPerFile;

  /** [tables + 1] the first task of each table. */
  private final int[] firstTask;

  /**
   * Plans the files.
   *
   * @param missing [M] ids of missing values
   */
  SideTableFiles(FittedFields fields, int[] missing, List<TableKeys.Table> tables) {
    this.fields = fields;
    this.missing = missing;
    rows = new long[tables.size()];
    layouts = new FieldLayout[rows.length];
    rowsPerFile = new int[rows.length];
    firstTask = new int[rows.length + 1];
    for (int t = 0; t < rows.length; t++) {
      rows[t] = 1 + tables.get(t).keys();
      layouts[t] = fields.tableLayout(t);
      rowsPerFile[t] = rowsPerFile(layouts[t]);
      long files = (rows[t] + rowsPerFile[t] - 1) / rowsPerFile[t];
      firstTask[t + 1] = firstTask[t] + Math.toIntExact(files);
    }
  }

  private static int rowsPerFile(FieldLayout layout) {
    int bytes = 4 * (layout.singles() + layout.denseWidth()) + LIST_BYTES * layout.multis();
    return Math.max(
        FEWEST_ROWS, Math.min(MOST_ROWS, Integer.highestOneBit(FILE_BYTES / Math.max(1, bytes))));
  }

  int tasks() {
    return firstTask[rows.length];
  }

  /** The task that writes a row. */
  int task(int table, int number) {
    return firstTask[table] + number / rowsPerFile[table];
  }

  /** Empty packets of rows of a table, for writing or receiving them. */
  RowPackets packets(int table) {
    return new RowPackets(layouts[table], false, false);
  }

  /**
   * Writes the file of a task from the packets received for it.
   *
   * @param packets rows with block 0 and their number as position
   */
  Iterator<VocabularyIndex.Part> write(
      Configuration hadoop, String directory, int task, Iterator<Tuple2<Integer, byte[]>> packets) {
    int table = 0;
    while (task >= firstTask[table + 1]) {
      table++;
    }
    RowPackets own = packets(table);
    packets.forEachRemaining(packet -> own.add(packet._2()));
    int part = task - firstTask[table];
    if (part == 0) {
      own.add(missingRow(table, own));
    }
    EncodedBatch batch = own.firstOfPlaces();
    long expected = Math.min(rowsPerFile[table], rows[table] - (long) part * rowsPerFile[table]);
    if (batch.rows() != expected) {
      throw new IllegalStateException(
          String.format(
              Locale.ROOT,
              "side table %s: rows of file %d must be %d, got %d",
              fields.tables().get(table).name(),
              part,
              expected,
              batch.rows()));
    }
    String name = String.format(Locale.ROOT, "table-%03d-%05d.safetensors", table, part);
    MessageDigest sha = NumberedShard.sha256();
    TaskDirectory files = TaskDirectory.of(hadoop, directory);
    try (OutputStream out =
        new BufferedOutputStream(new DigestOutputStream(files.create(name), sha))) {
      TableContentFile.write(out, batch);
    } catch (IOException e) {
      throw Storage.failure("write", new Path(directory, name), e);
    }
    files.finish(name);
    String sum = HexFormat.of().formatHex(sha.digest());
    return List.of(new VocabularyIndex.Part(name, batch.rows(), sum)).iterator();
  }

  private byte[] missingRow(int table, RowPackets into) {
    PacketWriter writer = new PacketWriter();
    into.writeHead(writer);
    into.write(writer, 0, 0, 0);
    int[] own = fields.ofTable(table);
    for (int i = 0; i < own.length; i++) {
      FieldShape shape = layouts[table].field(i);
      switch (shape.kind()) {
        case ID -> writer.fixed(missing[own[i]]);
        case LINEAR ->
            writer.fixed(
                Float.floatToIntBits(fields.fields().get(own[i]).standardised(Double.NaN)));
        case VECTOR -> {
          for (int j = 0; j < shape.length(); j++) {
            writer.fixed(0);
          }
        }
        case MULTI -> {}
      }
    }
    for (int m : own) {
      if (fields.fields().get(m).spec().shape().kind() == FieldShape.Kind.MULTI) {
        writer.number(1);
        writer.fixed(missing[m]);
      }
    }
    return writer.toBytes();
  }

  /**
   * The entries of the tables in the vocabulary.
   *
   * @param parts by task
   */
  List<VocabularyIndex.Table> described(List<VocabularyIndex.Part> parts) {
    List<VocabularyIndex.Table> tables = new ArrayList<>();
    for (int t = 0; t < rows.length; t++) {
      tables.add(
          new VocabularyIndex.Table(
              fields.tables().get(t).name(),
              rowsPerFile[t],
              new ArrayList<>(parts.subList(firstTask[t], firstTask[t + 1]))));
    }
    return tables;
  }
}
