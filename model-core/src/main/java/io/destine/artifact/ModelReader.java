package io.destine.artifact;

import io.destine.feature.FittedFields;
import io.destine.feature.SideTables;
import io.destine.feature.TableContent;
import io.destine.feature.Vocabulary;
import io.destine.feature.VocabularyShard;
import io.destine.model.Destine;
import io.destine.param.NamedState;
import io.destine.param.ParameterLayout;
import io.destine.param.ParameterTable;
import io.destine.param.Parameters;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reads a model directory. Every file is checked against the length and SHA-256 in the manifest
 * while it is read; a mismatch throws a {@link ModelFormatException} that names the file, and a
 * storage failure an {@link UncheckedIOException} with the path. Immutable.
 */
public final class ModelReader {
  private static final String VOCABULARY = "vocabulary/";
  private static final String FIELDS = VOCABULARY + "_fields.json";

  /** Name of the file with rows and their probabilities. */
  public static final String VERIFICATION = "verification.json";

  private final ModelDirectory directory;
  private final Manifest manifest;
  private final String manifestSha256;
  private final Destine network;

  /** Whether rows of tables are read. */
  private final boolean rows;

  private ModelReader(
      ModelDirectory directory, Manifest manifest, String manifestSha256, boolean rows) {
    this.directory = directory;
    this.manifest = manifest;
    this.manifestSha256 = manifestSha256;
    this.rows = rows;
    network = manifest.network();
  }

  /** A reader of the same model that leaves out the rows of tables in parameters and state. */
  public ModelReader withoutRows() {
    return new ModelReader(directory, manifest, manifestSha256, false);
  }

  /**
   * Reads and checks the manifest.
   *
   * @throws ModelFormatException when there is no model, its manifest is damaged, or its format is
   *     of a newer major version
   */
  public static ModelReader open(ModelDirectory directory) {
    byte[] bytes = small(directory, Manifest.FILE);
    byte[] line = small(directory, Manifest.DIGEST_FILE);
    ManifestFile.verify(directory.location(), bytes, line);
    Manifest manifest = ManifestFile.parse(directory.location(), bytes);
    return new ModelReader(directory, manifest, Sha256.of(bytes), true);
  }

  private static byte[] small(ModelDirectory directory, String name) {
    String path = directory.location() + "/" + name;
    if (directory.length(name) < 0) {
      throw new ModelFormatException(
          directory.location() + " is not a complete model directory: it has no " + name);
    }
    try (InputStream in = directory.open(name)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + path + ": " + e, e);
    }
  }

  /** The location of the directory, for messages and for readers in other processes. */
  public String location() {
    return directory.location();
  }

  /** The manifest of the model. */
  public Manifest manifest() {
    return manifest;
  }

  /** SHA-256 of manifest.json, which identifies the model. */
  public String manifestSha256() {
    return manifestSha256;
  }

  /** The network. */
  public Destine network() {
    return network;
  }

  /**
   * The fields as configured and fitted, or empty when there is no vocabulary, as in a checkpoint.
   *
   * @throws ModelFormatException when they are damaged or a newer program wrote them
   */
  public Optional<FittedFields> fields() {
    if (!manifest.files().containsKey(FIELDS)) {
      return Optional.empty();
    }
    FittedFields[] fields = new FittedFields[1];
    load(
        FIELDS,
        in ->
            fields[0] = FittedFields.ofJson(new String(in.readAllBytes(), StandardCharsets.UTF_8)));
    return Optional.of(fields[0]);
  }

  /**
   * The vocabulary of the given fields. If the directory is on a local disk, the files are mapped
   * into memory, and must not be changed while the vocabulary is used.
   *
   * @throws ModelFormatException when there is none, it is damaged, or a newer program wrote it
   */
  public Vocabulary vocabulary(FittedFields fields) {
    VocabularyIndex index = vocabularyIndex();
    List<VocabularyShard> shards = index.files().stream().map(this::shard).toList();
    try {
      return index.vocabulary(fields, shards);
    } catch (ModelFormatException e) {
      throw new ModelFormatException(path(VOCABULARY) + ": " + e.getMessage(), e);
    }
  }

  /**
   * The side tables of the given fields, mapped into memory like the vocabulary; null when there
   * are none.
   *
   * @throws ModelFormatException when they are damaged, or a newer program wrote them
   */
  public SideTables sideTables(FittedFields fields) {
    if (fields.tables().isEmpty()) {
      return null;
    }
    try {
      return vocabularyIndex().sideTables(fields, this::shard, this::rows);
    } catch (ModelFormatException e) {
      throw new ModelFormatException(path(VOCABULARY) + ": " + e.getMessage(), e);
    }
  }

  private VocabularyIndex vocabularyIndex() {
    return loaded(
        VOCABULARY + VocabularyIndex.FILE,
        in -> VocabularyIndex.ofJson(new String(in.readAllBytes(), StandardCharsets.UTF_8)));
  }

  private VocabularyShard shard(VocabularyIndex.Part part) {
    String name = VOCABULARY + part.name();
    Optional<Path> local = directory.local(name);
    return loaded(
        name,
        in ->
            local.isPresent() ? VocabularyFile.map(local.get()) : VocabularyFile.read(in).shard());
  }

  private TableContent.Part rows(VocabularyIndex.Part part) {
    String name = VOCABULARY + part.name();
    Optional<Path> local = directory.local(name);
    return loaded(
        name,
        in ->
            local.isPresent()
                ? TableContentFile.map(local.get(), part.values())
                : TableContentFile.read(in, part.values()));
  }

  private interface FileReader<T> {
    T read(InputStream in) throws IOException;
  }

  private <T> T loaded(String name, FileReader<T> reader) {
    List<T> result = new ArrayList<>();
    load(name, in -> result.add(reader.read(in)));
    return result.get(0);
  }

  /**
   * The rows with which a scorer checks its results, or empty for a model without them.
   *
   * @return the text of {@value #VERIFICATION}
   */
  public Optional<String> verification() {
    if (!manifest.files().containsKey(VERIFICATION)) {
      return Optional.empty();
    }
    String[] text = new String[1];
    load(VERIFICATION, in -> text[0] = new String(in.readAllBytes(), StandardCharsets.UTF_8));
    return Optional.of(text[0]);
  }

  /** The parameters, identical to those written. */
  public Parameters parameters() {
    TensorFiles files = new TensorFiles(TensorFileNames.MODEL);
    DenseArrays dense = new DenseArrays(network.layout(), manifest.precision());
    files.readFlat(this::load, dense::read);
    if (!dense.missing().isEmpty()) {
      throw new ModelFormatException(
          path(TensorFileNames.MODEL.flat()) + ": tensors must include " + dense.missing());
    }
    Map<String, TensorIndex.Table> tables = files.index(this::load).metadata().tables();
    requireKnown(tables.keySet());
    Parameters parameters =
        new Parameters(
            network.layout(),
            table(files, tables, ParameterLayout.EMBEDDING, network.layout().embeddingDim()),
            network.layout().wide() ? table(files, tables, ParameterLayout.WIDE, 1) : null);
    dense.set(parameters);
    return parameters;
  }

  private void requireKnown(Set<String> tables) {
    for (String name : tables) {
      boolean wide = network.config().wide() && name.equals(ParameterLayout.WIDE);
      if (!wide && !name.equals(ParameterLayout.EMBEDDING)) {
        throw new ModelFormatException(
            path(TensorFileNames.MODEL.index())
                + ": table "
                + name
                + " is unknown to this program: a newer version wrote the model; use that version");
      }
    }
  }

  private ParameterTable table(
      TensorFiles files, Map<String, TensorIndex.Table> tables, String name, int width) {
    TensorIndex.Table table = tables.get(name);
    if (table == null
        || table.rows() != manifest.vocabularySize()
        || table.width() != width
        || table.dtype() != DataType.of(manifest.precision())) {
      throw new ModelFormatException(
          path(TensorFileNames.MODEL.index())
              + ": "
              + name
              + " must be "
              + DataType.of(manifest.precision())
              + " ["
              + manifest.vocabularySize()
              + ", "
              + width
              + "], got "
              + (table == null
                  ? "no entry"
                  : table.dtype() + " [" + table.rows() + ", " + table.width() + "]"));
    }
    return table(files, name, table);
  }

  private ParameterTable table(TensorFiles files, String name, TensorIndex.Table table) {
    return rows ? files.table(name, table, this::load) : files.withoutRows(table);
  }

  /** The files with rows of parameter tables and of the optimiser's state, if there is one. */
  public List<TableFile> tableFiles() {
    List<TableFile> all = new ArrayList<>();
    for (TensorFileNames names : List.of(TensorFileNames.MODEL, TensorFileNames.OPTIMIZER)) {
      if (manifest.files().containsKey(names.index())) {
        TensorFiles files = new TensorFiles(names);
        files
            .index(this::load)
            .metadata()
            .tables()
            .forEach((name, table) -> all.addAll(files.files(name, table)));
      }
    }
    return all;
  }

  /**
   * Passes the rows of a file to {@code rows}. A damaged file is refused only after its rows have
   * been passed.
   *
   * @param file one of {@link #tableFiles}
   */
  public void readRows(TableFile file, TableFile.Rows rows) {
    TensorFiles.read(file, this::load, rows);
  }

  /** The optimiser's state, identical to the one written, or empty when there is none. */
  public Optional<NamedState> optimizerState() {
    if (!manifest.files().containsKey(TensorFileNames.OPTIMIZER.index())) {
      return Optional.empty();
    }
    TensorFiles files = new TensorFiles(TensorFileNames.OPTIMIZER);
    Map<String, double[]> arrays = new HashMap<>();
    Map<String, Long> counters = new HashMap<>();
    files.readFlat(
        this::load,
        (header, in) -> {
          if (header.type() == DataType.I64) {
            header.require(DataType.I64, List.of());
            counters.put(header.name(), in.readLong());
          } else {
            header.require(DataType.F64, List.of(header.bytes() / Double.BYTES));
            arrays.put(header.name(), (double[]) in.array(header));
          }
        });
    Map<String, ParameterTable> tables = new HashMap<>();
    files
        .index(this::load)
        .metadata()
        .tables()
        .forEach((name, table) -> tables.put(name, table(files, name, table)));
    return Optional.of(new NamedState(tables, arrays, counters));
  }

  /** Reads every file and checks its digest. */
  public void verify() {
    verify("");
  }

  /** Reads the files of the parameters, checks their digests, and discards the content. */
  public void verifyParameters() {
    for (String name : manifest.files().keySet()) {
      if (TensorFileNames.MODEL.has(name)) {
        load(name, in -> {});
      }
    }
  }

  /** Reads the files whose names begin with {@code prefix} and checks their digests. */
  public void verify(String prefix) {
    for (String name : manifest.files().keySet()) {
      if (name.startsWith(prefix)) {
        load(name, in -> {});
      }
    }
  }

  /**
   * Copies a file and checks it in the same pass.
   *
   * @throws IOException when the stream fails
   */
  void copy(String name, OutputStream out) throws IOException {
    if (name.equals(Manifest.FILE) || name.equals(Manifest.DIGEST_FILE)) {
      out.write(small(directory, name));
      return;
    }
    try {
      load(name, in -> in.transferTo(out));
    } catch (ModelFormatException e) {
      // Copying accepts any content, so an IOException as the cause is a failure of the stream.
      if (e.getCause() instanceof IOException failure) {
        throw failure;
      } else if (e.getCause() instanceof UncheckedIOException failure) {
        throw failure;
      }
      throw e;
    }
  }

  private void load(String name, VerifiedFile.Reading reading) {
    FileDigest digest = manifest.files().get(FileName.require(name));
    if (digest == null) {
      throw new ModelFormatException(path(name) + " must be listed in the manifest, got no entry");
    }
    VerifiedFile.read(directory, name, digest, reading);
  }

  private String path(String name) {
    return directory.location() + "/" + name;
  }
}
