package io.destine.artifact;

import io.destine.config.ModelConfig;
import io.destine.config.Precision;
import io.destine.param.ParameterTable;
import io.destine.param.TableView;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Writes and reads a set of tensors and parameter tables that is spread over files, and its index.
 */
final class TensorFiles {
  private final TensorFileNames names;

  TensorFiles(TensorFileNames names) {
    this.names = names;
  }

  /** Stores a file with the given content. */
  interface Store {
    void file(String name, DigestedFile.Content content);
  }

  /** Loads a file and checks it. */
  interface Load {
    void file(String name, VerifiedFile.Reading reading);
  }

  /** Files of tables, split into shards of at most {@code shardBytes} bytes, or of one row. */
  List<ShardFile> shardFiles(SortedMap<String, TableView> tables, long shardBytes) {
    List<ShardFile> files = new ArrayList<>();
    tables.forEach(
        (table, rows) -> {
          for (TensorIndex.Shard shard : shards(table, rows, shardBytes)) {
            TableTensor data =
                new TableTensor(shard.tensor(), rows, shard.firstRow(), shard.endRow());
            files.add(new ShardFile(table, shard, data));
          }
        });
    return files;
  }

  /**
   * Writes the tensors that are not tables, and the index of all tensors, including those in the
   * given files.
   */
  void writeOthers(List<TensorData> flat, List<ShardFile> files, Store store) {
    SortedMap<String, String> weightMap = new TreeMap<>();
    SortedMap<String, List<ShardFile>> shards = new TreeMap<>();
    SortedMap<String, TensorIndex.Table> cut = new TreeMap<>();
    long total = 0;
    store.file(names.flat(), out -> SafetensorsWriter.write(out, flat, Map.of()));
    for (TensorData tensor : flat) {
      weightMap.put(tensor.name(), names.flat());
      total = Math.addExact(total, tensor.bytes());
    }
    for (ShardFile file : files) {
      weightMap.put(file.shard().tensor(), file.shard().file());
      total = Math.addExact(total, file.rows().bytes());
      shards.computeIfAbsent(file.table(), table -> new ArrayList<>()).add(file);
    }
    shards.forEach((table, ofTable) -> cut.put(table, cut(ofTable)));
    TensorIndex index = new TensorIndex(new TensorIndex.Metadata(total, cut), weightMap);
    store.file(names.index(), out -> out.write(Json.pretty(index)));
  }

  /** The index entry of a table that consists of these files. */
  private static TensorIndex.Table cut(List<ShardFile> files) {
    TableView rows = files.get(0).rows().table();
    List<TensorIndex.Shard> shards = files.stream().map(ShardFile::shard).toList();
    return new TensorIndex.Table(TableTensor.type(rows), rows.rows(), rows.width(), shards);
  }

  private List<TensorIndex.Shard> shards(String table, TableView rows, long shardBytes) {
    long rowBytes = (long) rows.width() * TableTensor.type(rows).bytes();
    long shardRows = Math.max(1, shardBytes / rowBytes);
    int count = (int) Math.max(1, (rows.rows() + shardRows - 1) / shardRows);
    List<TensorIndex.Shard> shards = new ArrayList<>();
    for (int n = 1; n <= count; n++) {
      shards.add(
          new TensorIndex.Shard(
              TensorFileNames.tensor(table, n, count),
              names.shard(table, n, count),
              (int) Math.min(rows.rows(), (n - 1) * shardRows),
              (int) Math.min(rows.rows(), n * shardRows)));
    }
    return shards;
  }

  /** Reads the index. */
  TensorIndex index(Load load) {
    TensorIndex[] index = new TensorIndex[1];
    load.file(names.index(), in -> index[0] = Json.mapper().readValue(in, TensorIndex.class));
    return index[0];
  }

  /** Reads the tensors that are not tables. */
  void readFlat(Load load, SafetensorsReader.Sink sink) {
    load.file(names.flat(), in -> new SafetensorsReader(in).read(sink));
  }

  /** A table with the rows of all its shards. */
  ParameterTable table(String name, TensorIndex.Table table, Load load) {
    ParameterTable rows = withoutRows(table);
    for (TableFile file : files(name, table)) {
      TableTensor target = new TableTensor(file.tensor(), rows, file.firstRow(), file.endRow());
      load.file(file.file(), in -> readShard(in, target, target::read));
    }
    return rows;
  }

  /** Passes on the rows of a file. */
  static void read(TableFile file, Load load, TableFile.Rows rows) {
    TableView none = ParameterTable.zeros(file.precision(), 0, file.width());
    TableTensor target = new TableTensor(file.tensor(), none, file.firstRow(), file.endRow());
    load.file(file.file(), in -> readShard(in, target, data -> target.read(data, rows)));
  }

  /**
   * An empty table of that type and width.
   *
   * @throws ModelFormatException when the type or the width is invalid for a table
   */
  ParameterTable withoutRows(TensorIndex.Table table) {
    if (table.width() < 1 || table.width() > ModelConfig.WIDEST_VECTOR) {
      throw new ModelFormatException(
          names.index()
              + ": the width of a table must be 1 to "
              + ModelConfig.WIDEST_VECTOR
              + ", got "
              + table.width());
    }
    return ParameterTable.zeros(precision(table), 0, table.width());
  }

  private Precision precision(TensorIndex.Table table) {
    return switch (table.dtype()) {
      case F32 -> Precision.FLOAT32;
      case F64 -> Precision.FLOAT64;
      default ->
          throw new ModelFormatException(
              names.index() + ": tables must be F32 or F64, got " + table.dtype());
    };
  }

  /**
   * The files of a table.
   *
   * @throws ModelFormatException when they do not contain exactly its rows
   */
  List<TableFile> files(String name, TensorIndex.Table table) {
    Precision precision = precision(table);
    List<TableFile> files = new ArrayList<>();
    int at = 0;
    for (TensorIndex.Shard shard : table.shards()) {
      if (shard.firstRow() != at || shard.endRow() < at || shard.endRow() > table.rows()) {
        throw new ModelFormatException(
            names.index()
                + ": "
                + shard.tensor()
                + " must begin at row "
                + at
                + " and end by row "
                + table.rows()
                + ", got "
                + shard.firstRow()
                + " to "
                + shard.endRow());
      }
      at = shard.endRow();
      files.add(
          new TableFile(
              name,
              table.width(),
              precision,
              shard.file(),
              shard.tensor(),
              shard.firstRow(),
              shard.endRow()));
    }
    if (at != table.rows()) {
      throw new ModelFormatException(
          names.index() + ": shards must hold " + table.rows() + " rows, got " + at);
    }
    return files;
  }

  private interface Content {
    void read(TensorInput data) throws IOException;
  }

  private static void readShard(InputStream in, TableTensor target, Content content)
      throws IOException {
    SafetensorsReader reader = new SafetensorsReader(in);
    if (reader.tensors().stream().noneMatch(t -> t.name().equals(target.name()))) {
      throw new ModelFormatException("tensor " + target.name() + " must be in the file");
    }
    reader.read(
        (tensor, data) -> {
          if (tensor.name().equals(target.name())) {
            tensor.require(target.type(), target.shape());
            content.read(data);
          } else {
            data.skip(tensor.bytes());
          }
        });
  }
}
