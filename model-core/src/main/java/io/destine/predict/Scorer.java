package io.destine.predict;

import io.destine.artifact.LocalModelDirectory;
import io.destine.artifact.ModelArchive;
import io.destine.artifact.ModelDirectory;
import io.destine.artifact.ModelFormatException;
import io.destine.artifact.ModelReader;
import io.destine.calibration.Calibration;
import io.destine.config.Precision;
import io.destine.feature.BatchBuilder;
import io.destine.feature.EncodedBatch;
import io.destine.feature.FeatureEncoder;
import io.destine.feature.FieldKind;
import io.destine.feature.FieldSpec;
import io.destine.feature.FittedField;
import io.destine.feature.FittedFields;
import io.destine.feature.RawRecord;
import io.destine.kernel.Forward;
import io.destine.kernel.row.FieldLanes;
import io.destine.kernel.row.PlainLanes;
import io.destine.kernel.row.RowKernel;
import io.destine.kernel.vector.FastestLanes;
import io.destine.kernel.vector.VectorKernelProvider;
import io.destine.metric.Logits;
import io.destine.model.Destine;
import io.destine.param.Parameters;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * A trained model that scores rows of raw values in this process, without Spark and without native
 * libraries. Values are encoded as in training, and probabilities are identical to those of {@code
 * predict} on Spark, on any processor, except that {@code predict} ignores {@link #contentColumns},
 * and that the last bits of its probabilities may differ with {@code compute.kernel = nd4j}.
 * Thread-safe.
 *
 * <pre>{@code
 * try (Scorer scorer = Scorer.load(Path.of("runs/flights"))) {
 *   double p = scorer.score(Map.of("carrier", "UA", "origin", "EWR", "hour", 17));
 * }
 * }</pre>
 *
 * <p>With {@code --add-modules jdk.incubator.vector} it uses the processor's vector instructions
 * and is several times faster, with identical results.
 */
public final class Scorer implements AutoCloseable {
  /** Rows of a batch that are computed together, so that their embeddings stay in the cache. */
  private static final int BLOCK = 1024;

  private final String id;
  private final FeatureEncoder encoder;
  private final Destine network;
  private final Calibration calibration;
  private final Optional<VerificationRows> verification;
  private final List<FieldSpec> fields;
  private final FieldLanes lanes;
  private final NumberIds[] numbers;
  private final RowKernel loaded;
  private final ConcurrentLinkedQueue<Kernels> idle = new ConcurrentLinkedQueue<>();
  private volatile Parameters parameters;

  private Scorer(
      Destine network,
      Parameters parameters,
      Calibration calibration,
      FeatureEncoder encoder,
      String id,
      Optional<String> verification,
      boolean vectors) {
    lanes = vectors ? FastestLanes.here() : new PlainLanes();
    this.network = network;
    this.parameters = parameters;
    this.calibration = calibration;
    this.encoder = encoder;
    fields = encoder.ofLog();
    this.id = id;
    this.verification = verification.map(VerificationRows::ofJson);
    if (parameters.precision() != Precision.FLOAT32) {
      throw new ModelFormatException(
          "precision must be float32, got " + parameters.precision().key());
    }
    if (parameters.rows() != encoder.vocabulary().size()) {
      throw new ModelFormatException(
          "the tables must have "
              + encoder.vocabulary().size()
              + " rows, one for each id of the vocabulary, got "
              + parameters.rows());
    }
    numbers = new NumberIds[encoder.layout().size()];
    for (int m = 0; m < numbers.length; m++) {
      FittedField field = encoder.fields().fields().get(m);
      if (field.spec().kind() == FieldKind.NUMERIC && field.spec().hasIds()) {
        numbers[m] = new NumberIds(m, field, encoder.vocabulary());
      }
    }
    loaded = rowKernel();
    loaded.load(parameters);
  }

  /**
   * Loads a model, and scores the rows stored in it, like {@link #verify}.
   *
   * @param path its directory, or a directory of nightly runs, whose live model is loaded, or a
   *     file written by {@code export --format archive}; on a local disk. The files of the
   *     vocabulary are memory-mapped and must not be changed, but can be deleted.
   * @throws ModelFormatException when there is no model, it is damaged, a newer program wrote it,
   *     or this JVM computes other probabilities
   */
  public static Scorer load(Path path) {
    return load(path, true);
  }

  /**
   * Loads a model.
   *
   * @param vectors whether to use the processor's vector instructions if this JVM supports them
   * @throws ModelFormatException like {@link #load(Path)}
   */
  public static Scorer load(Path path, boolean vectors) {
    if (Files.isRegularFile(path)) {
      try (InputStream in = new BufferedInputStream(Files.newInputStream(path), 1 << 16)) {
        return load(ModelArchive.read(in, path.toString()), vectors);
      } catch (IOException e) {
        throw new UncheckedIOException("Cannot read " + path + ": " + e, e);
      }
    }
    for (int attempt = 1; ; attempt++) {
      Path model = LiveModel.published(path);
      String manifest = LiveModel.manifest(model);
      try {
        return load(new LocalModelDirectory(model), vectors);
      } catch (ModelFormatException | UncheckedIOException e) {
        // While a model is being replaced, files of both models may be read.
        Path now = LiveModel.published(path);
        boolean same = now.equals(model) && manifest.equals(LiveModel.manifest(now));
        if (same || attempt == LiveModel.MOST_ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  private static Scorer load(ModelDirectory directory, boolean vectors) {
    ModelReader reader = ModelReader.open(directory);
    FittedFields fields =
        reader
            .fields()
            .orElseThrow(
                () ->
                    new ModelFormatException(
                        directory.location()
                            + ": the model has no vocabulary: it is a checkpoint; name the finished"
                            + " model"));
    Parameters parameters = reader.parameters();
    FeatureEncoder encoder =
        new FeatureEncoder(fields, reader.vocabulary(fields), reader.sideTables(fields));
    Optional<String> verification = reader.verification();
    Scorer scorer;
    try {
      scorer =
          new Scorer(
              reader.network(),
              parameters,
              reader.manifest().logitMap(),
              encoder,
              reader.manifestSha256(),
              verification,
              vectors);
    } catch (ModelFormatException e) {
      throw new ModelFormatException(directory.location() + ": " + e.getMessage(), e);
    }
    try {
      scorer.verify();
    } catch (IllegalStateException e) {
      scorer.close();
      throw new ModelFormatException(directory.location() + ": " + e.getMessage());
    }
    return scorer;
  }

  /**
   * Loads a model written by {@code export --format archive}, from a stream. During the call its
   * files are also in memory.
   *
   * @param in read up to the last file, not closed
   * @throws ModelFormatException when it is not such an archive, is damaged, a newer program wrote
   *     it, or this JVM computes other probabilities
   */
  public static Scorer load(InputStream in) throws IOException {
    return load(ModelArchive.read(in, "the archive"), true);
  }

  private RowKernel rowKernel() {
    return new RowKernel(network.config(), network.fields(), network.layout(), lanes);
  }

  /** The identity of the model: the SHA-256 of its manifest. */
  public String id() {
    return id;
  }

  /** The fields, in order; {@link FieldSpec#column} is the name of a row's value. */
  public List<FieldSpec> fields() {
    return fields;
  }

  /**
   * The columns of side tables that a row may have; with a value for one of them, a row whose key
   * is missing or unknown is scored with these values.
   */
  public Set<String> contentColumns() {
    return encoder.contentColumns();
  }

  /** The kernel: "vector" or "plain". */
  public String kernel() {
    return loaded.name();
  }

  /**
   * The probability that the label is 1.
   *
   * @param row values by column: texts, numbers, booleans, lists or arrays; absent, null, an empty
   *     text and NaN are missing; other columns are ignored
   * @throws IllegalArgumentException naming the field with a value of the wrong kind
   */
  public double score(Map<String, ?> row) {
    return score(encoder.record(row));
  }

  /**
   * The probability that the label is 1.
   *
   * @param row raw values by field
   * @throws IllegalArgumentException naming the field with a value of the wrong kind
   */
  public double score(RawRecord row) {
    Kernels kernels = borrow();
    double probability = kernels.score(row);
    giveBack(kernels);
    return probability;
  }

  /**
   * The probability of a row, and its attention weights.
   *
   * @param row as in {@link #score(Map)}
   * @throws IllegalArgumentException naming the field with a value of the wrong kind
   */
  public RowExplanation explain(Map<String, ?> row) {
    Kernels kernels = borrow();
    double probability = kernels.score(encoder.record(row));
    List<RowExplanation.Head> heads =
        RowExplanation.heads(kernels.row, network.config(), network.fields().size());
    giveBack(kernels);
    List<String> names = encoder.fields().specs().stream().map(FieldSpec::name).toList();
    return new RowExplanation(probability, names, heads);
  }

  /**
   * Probabilities of many rows, computed together: faster than one by one, with identical results.
   *
   * @param rows values by column, as in {@link #score(Map)}
   * @param probabilities [rows or more] filled from the start
   * @throws IllegalArgumentException naming row and field of a value of the wrong kind
   */
  public void score(List<? extends Map<String, ?>> rows, double[] probabilities) {
    Objects.checkFromIndexSize(0, rows.size(), probabilities.length);
    Kernels kernels = borrow();
    for (int from = 0; from < rows.size(); from += BLOCK) {
      int to = Math.min(rows.size(), from + BLOCK);
      kernels.score(rows.subList(from, to), from, probabilities);
    }
    giveBack(kernels);
  }

  /** Like {@link #score(List, double[])}, rounded to floats. */
  public void score(List<? extends Map<String, ?>> rows, float[] probabilities) {
    double[] exact = new double[rows.size()];
    Objects.checkFromIndexSize(0, rows.size(), probabilities.length);
    score(rows, exact);
    for (int n = 0; n < exact.length; n++) {
      probabilities[n] = (float) exact[n];
    }
  }

  /** A reusable row to fill and score in one thread, with few allocations. */
  public RowInput newRow() {
    return new RowInput(this, new Kernels());
  }

  /**
   * Scores the rows that are stored in the model with their probabilities, both one by one and
   * together.
   *
   * @return number of rows; 0 for models without such rows
   * @throws IllegalStateException when a probability differs
   */
  public int verify() {
    if (verification.isEmpty()) {
      return 0;
    }
    Kernels kernels = borrow();
    verification.get().verify(encoder, kernels.row.calibrated(calibration), parameters());
    verification.get().verify(encoder, kernels.batch(), parameters());
    giveBack(kernels);
    return verification.get().rows().size();
  }

  private Kernels borrow() {
    Kernels kernels = idle.poll();
    return kernels == null ? new Kernels() : kernels;
  }

  /** Not called after an exception: the builder may then contain rows of the failed call. */
  private void giveBack(Kernels kernels) {
    idle.add(kernels);
  }

  private Parameters parameters() {
    Parameters open = parameters;
    if (open == null) {
      throw new IllegalStateException("the scorer must be open, got a closed one");
    }
    return open;
  }

  FeatureEncoder encoder() {
    return encoder;
  }

  NumberIds numbers(int m) {
    return numbers[m];
  }

  /** Releases the parameters; later calls fail. */
  @Override
  public void close() {
    parameters = null;
    idle.clear();
  }

  /** Memory and kernel, used by one thread at a time. */
  final class Kernels {
    private final BatchBuilder builder = encoder.newBatch();
    private final RowKernel row = loaded.another();
    private Forward rows;

    double probability(EncodedBatch one) {
      return Logits.probability(calibration.apply(row.logit(parameters(), one, 0)));
    }

    private double score(RawRecord one) {
      encoder.encode(one, builder);
      builder.endRow(0, 1, 0);
      return probability(builder.build(0));
    }

    private Forward batch() {
      if (rows == null) {
        Forward plain =
            lanes instanceof PlainLanes
                ? row
                : new VectorKernelProvider()
                    .forward(network.config(), network.fields(), network.layout());
        rows = plain.calibrated(calibration);
      }
      return rows;
    }

    private void score(List<? extends Map<String, ?>> block, int from, double[] into) {
      try {
        for (Map<String, ?> each : block) {
          encoder.encode(encoder.record(each), builder);
          builder.endRow(0, 1, 0);
        }
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            "row " + (from + builder.rows()) + ": " + e.getMessage(), e);
      }
      EncodedBatch batch = builder.build(0);
      double[] logits = new double[batch.rows()];
      batch().logits(parameters(), batch, logits);
      for (int n = 0; n < logits.length; n++) {
        into[from + n] = Logits.probability(logits[n]);
      }
    }
  }
}
