package io.destine.artifact;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A file of some rows of a table.
 *
 * @param name of the file
 * @param table name of the table; up to its first dot, that of the parameters that it goes with
 * @param rows the file's only tensor
 * @param metadata of the file
 */
record ShardFile(String name, String table, TableTensor rows, Map<String, String> metadata) {

  /** Creates a file, and takes it when it is complete. */
  interface Store {
    DigestingOutputStream create(String name) throws IOException;

    void done(String name, FileDigest digest);

    UncheckedIOException failure(String name, IOException cause);
  }

  /** The files by the rows that they have in common: the same ones of tables that go together. */
  static Collection<List<ShardFile>> together(List<ShardFile> files) {
    Map<List<Object>, List<ShardFile>> groups = new LinkedHashMap<>();
    for (ShardFile file : files) {
      String parameters = file.table.substring(0, file.table.indexOf('.') + 1);
      List<Object> key = List.of(parameters, file.rows.first(), file.rows.end());
      groups.computeIfAbsent(key, rows -> new ArrayList<>()).add(file);
    }
    return groups.values();
  }

  /**
   * Writes files of the same rows side by side, a block of rows of each at a time, so that the
   * reader of a snapshot is soon done with a row.
   */
  static void write(List<ShardFile> files, Store store) {
    List<DigestingOutputStream> streams = new ArrayList<>();
    try {
      List<TensorOutput> outputs = new ArrayList<>();
      for (ShardFile file : files) {
        file.attempt(
            store,
            () -> {
              DigestingOutputStream out = store.create(file.name);
              streams.add(out);
              outputs.add(SafetensorsWriter.begin(out, List.of(file.rows), file.metadata));
            });
      }
      TableTensor all = files.get(0).rows;
      int block = files.stream().mapToInt(file -> file.rows.blockRows()).min().getAsInt();
      for (int row = all.first(); row < all.end(); row += block) {
        int from = row;
        int to = Math.min(all.end(), from + block);
        for (int f = 0; f < files.size(); f++) {
          ShardFile file = files.get(f);
          TensorOutput out = outputs.get(f);
          file.attempt(store, () -> file.rows.write(out, from, to));
        }
      }
      for (int f = 0; f < files.size(); f++) {
        files.get(f).attempt(store, streams.get(f)::close);
        store.done(files.get(f).name, streams.get(f).digest());
      }
    } catch (RuntimeException e) {
      closeAll(streams, e);
      throw e;
    }
  }

  private interface Writing {
    void run() throws IOException;
  }

  private void attempt(Store store, Writing writing) {
    try {
      writing.run();
    } catch (IOException e) {
      throw store.failure(name, e);
    }
  }

  private static void closeAll(List<DigestingOutputStream> streams, RuntimeException failure) {
    for (DigestingOutputStream stream : streams) {
      try {
        stream.close();
      } catch (IOException | RuntimeException e) {
        failure.addSuppressed(e);
      }
    }
  }
}
