package io.destine.artifact;

import io.destine.param.ParameterLayout;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * A file of some rows of a table.
 *
 * @param table name of the table
 * @param shard the range of the rows, and the names of tensor and file
 * @param rows the file's only tensor
 */
record ShardFile(String table, TensorIndex.Shard shard, TableTensor rows) {

  /**
   * Groups the files: a group has the same rows of a table and of the state tables that belong to
   * it.
   */
  static List<List<ShardFile>> together(List<ShardFile> files) {
    Map<List<Object>, List<ShardFile>> groups = new LinkedHashMap<>();
    for (ShardFile file : files) {
      List<Object> key =
          List.of(ParameterLayout.group(file.table), file.rows.first(), file.rows.end());
      groups.computeIfAbsent(key, rows -> new ArrayList<>()).add(file);
    }
    return List.copyOf(groups.values());
  }

  private Map<String, String> metadata() {
    return Map.of(
        "table", table,
        "first_row", Integer.toString(shard.firstRow()),
        "end_row", Integer.toString(shard.endRow()),
        "rows", Integer.toString(rows.table().rows()));
  }

  /**
   * Writes files of the same rows in turn, a block of rows of each at a time, so that a snapshot
   * can soon drop the saved copies of these rows.
   *
   * @param done receives the name of each file and its digest
   */
  static void write(
      List<ShardFile> shards, ModelDirectory directory, BiConsumer<String, FileDigest> done) {
    List<DigestedFile> files = new ArrayList<>();
    try {
      List<TensorOutput> outputs = new ArrayList<>();
      for (ShardFile shard : shards) {
        DigestedFile file = DigestedFile.create(directory, shard.shard.file());
        files.add(file);
        file.write(
            out ->
                outputs.add(SafetensorsWriter.begin(out, List.of(shard.rows), shard.metadata())));
      }
      TableTensor all = shards.get(0).rows;
      int block = shards.stream().mapToInt(shard -> shard.rows.blockRows()).min().getAsInt();
      for (int row = all.first(); row < all.end(); row += block) {
        int from = row;
        int to = Math.min(all.end(), from + block);
        for (int f = 0; f < files.size(); f++) {
          TableTensor rows = shards.get(f).rows;
          TensorOutput output = outputs.get(f);
          files.get(f).write(out -> rows.write(output, from, to));
        }
      }
      for (int f = 0; f < files.size(); f++) {
        files.get(f).close();
        done.accept(shards.get(f).shard.file(), files.get(f).digest());
      }
    } catch (RuntimeException e) {
      closeAll(files, e);
      throw e;
    }
  }

  private static void closeAll(List<DigestedFile> files, RuntimeException failure) {
    for (DigestedFile file : files) {
      try {
        file.close();
      } catch (RuntimeException e) {
        failure.addSuppressed(e);
      }
    }
  }
}
