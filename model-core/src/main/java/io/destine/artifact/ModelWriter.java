package io.destine.artifact;

import io.destine.config.Precision;
import io.destine.param.ModelValues;
import io.destine.param.NamedState;
import io.destine.param.ParameterLayout;
import io.destine.param.Parameters;
import io.destine.param.TableView;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Writes a model into a directory: parameters, optimiser state, and last the manifest with the
 * digests of all files, including files that are already in the directory, such as the vocabulary.
 * Equal models give equal bytes in every file except manifest.json, which contains the time, and
 * manifest.sha256. Not thread-safe.
 */
public final class ModelWriter {
  /** Largest file of a table, by default: 1 GiB. */
  public static final long SHARD_BYTES = 1L << 30;

  private final ModelDirectory directory;
  private final long shardBytes;
  private final SortedMap<String, FileDigest> digests = new TreeMap<>();

  /** A writer to an empty directory, or to one that contains only files to be included. */
  public ModelWriter(ModelDirectory directory) {
    this(directory, SHARD_BYTES);
  }

  /** A writer that splits tables into files of at most {@code shardBytes} bytes, or of one row. */
  public ModelWriter(ModelDirectory directory, long shardBytes) {
    this.directory = directory;
    this.shardBytes = shardBytes;
  }

  /**
   * Writes the model.
   *
   * @param description the entries of the manifest except the files
   * @param optimizer state for continuing the training, or null
   * @return SHA-256 of the manifest, which identifies the model
   * @throws IllegalStateException when the directory already contains a manifest, or when
   *     parameters of float32 precision contain a number that is not a float
   * @throws UncheckedIOException with the path, when storage fails
   */
  public String write(Manifest.Builder description, Parameters parameters, NamedState optimizer) {
    return write(description, ModelValues.of(parameters, optimizer));
  }

  /** As above; each row of the values is read once. */
  public String write(Manifest.Builder description, ModelValues values) {
    return write(
        description,
        values,
        groups -> {
          SortedMap<String, FileDigest> written = new TreeMap<>();
          for (int group = 0; group < groups; group++) {
            written.putAll(writeTables(values, group));
          }
          return written;
        });
  }

  /** Writes the files of table rows, for example with several processes. */
  @FunctionalInterface
  public interface TableFiles {
    /**
     * Writes the files.
     *
     * @param groups number of groups of files, each of which {@link #writeTables} writes
     * @return the digests of all files by name
     */
    Map<String, FileDigest> write(int groups);
  }

  /**
   * Writes a group of files of table rows.
   *
   * @param values with the tables of the model; only the tables are read
   * @param group from 0
   * @return the digests of the files by name
   */
  public SortedMap<String, FileDigest> writeTables(ModelValues values, int group) {
    SortedMap<String, FileDigest> written = new TreeMap<>();
    List<ShardFile> shards = new ArrayList<>(shards(TensorFileNames.MODEL, values.tables()));
    if (values.state() != null) {
      shards.addAll(shards(TensorFileNames.OPTIMIZER, values.state().tables()));
    }
    ShardFile.write(ShardFile.together(shards).get(group), directory, written::put);
    return written;
  }

  private List<ShardFile> shards(TensorFileNames names, SortedMap<String, TableView> tables) {
    return new TensorFiles(names).shardFiles(tables, shardBytes);
  }

  /**
   * Writes a model like {@link #write(Manifest.Builder, ModelValues)}, with the files of table rows
   * written by {@code tables}.
   *
   * @param values the values; no table row is read here
   */
  public String write(Manifest.Builder description, ModelValues values, TableFiles tables) {
    if (directory.length(Manifest.FILE) >= 0) {
      throw new IllegalStateException(
          directory.location() + " must hold no model yet, got one with a " + Manifest.FILE);
    }
    List<ShardFile> shards = new ArrayList<>(shards(TensorFileNames.MODEL, values.tables()));
    new TensorFiles(TensorFileNames.MODEL).writeOthers(flat(values), shards, this::store);
    ModelValues.State state = values.state();
    if (state != null) {
      List<ShardFile> ofState = shards(TensorFileNames.OPTIMIZER, state.tables());
      new TensorFiles(TensorFileNames.OPTIMIZER).writeOthers(flat(state), ofState, this::store);
      shards.addAll(ofState);
    }
    digests.putAll(tables.write(ShardFile.together(shards).size()));
    includeOthers();
    Manifest manifest = description.build(values.precision(), values.rows(), digests);
    try {
      byte[] bytes = ManifestFile.bytes(manifest);
      store(Manifest.FILE, out -> out.write(bytes));
      store(Manifest.DIGEST_FILE, out -> out.write(ManifestFile.digestLine(bytes)));
      return Sha256.of(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write the manifest as JSON: " + e, e);
    }
  }

  /** All tensors except the tables. */
  static List<TensorData> flat(ModelValues values) {
    DataType type = values.precision() == Precision.FLOAT32 ? DataType.F32 : DataType.F64;
    List<TensorData> tensors = new ArrayList<>();
    for (ParameterLayout.Tensor tensor : values.layout().tensors()) {
      tensors.add(flat(tensor, type, values.dense()));
    }
    for (ParameterLayout.Tensor tensor : values.layout().statistics()) {
      tensors.add(flat(tensor, type, values.statistics()));
    }
    return tensors;
  }

  private static TensorData flat(ParameterLayout.Tensor tensor, DataType type, double[] values) {
    List<Long> shape = tensor.shape().stream().map(Integer::longValue).toList();
    return ArrayTensor.ofDoubles(tensor.name(), type, shape, values, tensor.offset());
  }

  private static List<TensorData> flat(ModelValues.State state) {
    List<TensorData> tensors = new ArrayList<>();
    for (Map.Entry<String, double[]> array : state.arrays().entrySet()) {
      double[] values = array.getValue();
      List<Long> shape = List.of((long) values.length);
      tensors.add(new ArrayTensor(array.getKey(), DataType.F64, shape, values, 0));
    }
    state
        .counters()
        .forEach(
            (name, value) ->
                tensors.add(new ArrayTensor(name, DataType.I64, List.of(), new long[] {value}, 0)));
    return tensors;
  }

  private void store(String name, DigestedFile.Content content) {
    digests.put(name, DigestedFile.store(directory, name, content));
  }

  /** Digests the existing files that were not written here; hidden ones are left out. */
  private void includeOthers() {
    for (String name : directory.list()) {
      boolean hidden = name.startsWith(".") || name.contains("/.");
      if (hidden || digests.containsKey(name)) {
        continue;
      }
      try (InputStream in = directory.open(name);
          DigestingOutputStream out = new DigestingOutputStream(OutputStream.nullOutputStream())) {
        in.transferTo(out);
        digests.put(name, out.digest());
      } catch (IOException e) {
        throw new UncheckedIOException(
            "Cannot read " + directory.location() + "/" + name + ": " + e, e);
      }
    }
  }
}
