package io.destine.spark.predict;

import io.destine.config.ModelConfig;
import io.destine.feature.DerivedIds;
import io.destine.feature.EncodedBatch;
import io.destine.feature.FieldLayout;
import io.destine.feature.FieldShape;
import io.destine.feature.FieldSpec;
import io.destine.feature.FittedFields;
import io.destine.kernel.row.RowKernel;
import io.destine.kernel.vector.FastestLanes;
import io.destine.metric.EvaluationReport;
import io.destine.model.Destine;
import io.destine.param.Parameters;
import io.destine.random.CounterRandom;
import io.destine.spark.conf.UserError;
import io.destine.spark.encode.SourceRows;
import io.destine.spark.encode.Split;
import io.destine.spark.encode.StoredVocabulary;
import io.destine.spark.evaluate.ScoreTask;
import io.destine.spark.parameters.ModelParameters;
import io.destine.spark.source.FieldChanges;
import io.destine.spark.source.JobDescription;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;

/**
 * Explains a published model on a sample of rows: mean attention weights, and permutation
 * importance of its fields. The sample, and so all figures, depend only on the rows and the seed,
 * not on partitions and tasks.
 */
public final class ExplainJob {
  private final SparkSession spark;
  private final LoadedModel model;

  /** Explains the given model. */
  public ExplainJob(SparkSession spark, LoadedModel model) {
    this.spark = spark;
    this.model = model;
  }

  /**
   * Settings of an explanation.
   *
   * @param rows approximate maximum number of rows of the sample
   * @param repeats number of permutations of each field's values
   * @param seed of the sample and the permutations
   */
  public record Settings(int rows, int repeats, long seed) {
    public Settings {
      if (rows < 1 || repeats < 1) {
        throw new IllegalArgumentException(
            "rows and repeats must be at least 1, got " + rows + " and " + repeats);
      }
    }
  }

  private record Figures(double logLoss, double auc) implements Serializable {}

  /**
   * Explains the model on rows with labels.
   *
   * @param split selects rows by the configuration's split rule; all if empty
   * @throws UserError if the fields differ or there are no rows
   */
  public Explanation run(SourceRows table, Optional<Split> split, Settings settings) {
    FieldChanges.requireNone(
        model.vocabulary().fields().inputs(), table.fields(), "the model " + model.directory());
    SampledRows sample = sample(table, split, settings);
    if (sample.rows().rows() == 0) {
      throw new UserError(
          split.map(s -> "split " + s.key()).orElse("the input")
              + ": there is no readable row to explain the model with; choose other rows");
    }
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    Broadcast<SampledRows> rows = context.broadcast(sample);
    try {
      List<List<Figures>> figures = exchanged(context, rows, settings);
      Figures plain = figures.get(0).get(0);
      Destine network = model.network();
      List<Explanation.FieldWorth> worth = new ArrayList<>();
      for (int m = 0; m < network.fields().size(); m++) {
        worth.add(worth(plain, figures.get(1 + m)));
      }
      return new Explanation(
          sample.rows().rows(),
          plain.logLoss(),
          plain.auc(),
          model.vocabulary().fields().specs().stream().map(FieldSpec::name).toList(),
          worth,
          network.config().layers() == 0 ? List.of() : maps(network, attention(context, rows)));
    } finally {
      rows.destroy();
    }
  }

  private SampledRows sample(SourceRows table, Optional<Split> split, Settings settings) {
    long good = split.map(s -> table.counts().good(s.ordinal())).orElseGet(table.counts()::good);
    double share = good <= settings.rows() ? 1 : (double) settings.rows() / good;
    long seed = settings.seed();
    StoredVocabulary vocabulary = model.vocabulary();
    JavaRDD<EncodedBatch> chosen =
        table
            .encoded(vocabulary, split)
            .map(batch -> vocabulary.joined(chosen(batch, share, seed)));
    FieldLayout fields = model.network().fields();
    return JobDescription.during(
        spark.sparkContext(), "choosing rows", () -> SampledRows.of(fields, chosen.collect()));
  }

  /** The sampled rows, chosen by hash: of equal rows, all or none are in the sample. */
  private static EncodedBatch chosen(EncodedBatch batch, double share, long seed) {
    int[] kept =
        IntStream.range(0, batch.rows())
            .filter(
                n ->
                    share >= 1
                        || (CounterRandom.mix(batch.inputHash(n) ^ CounterRandom.mix(seed)) >>> 11)
                            < share * 0x1p53)
            .toArray();
    return batch.select(kept, 0, kept.length);
  }

  /** Figures of the unchanged rows, then of each field's repetitions. */
  private List<List<Figures>> exchanged(
      JavaSparkContext context, Broadcast<SampledRows> rows, Settings settings) {
    int fields = model.network().fields().size();
    int repeats = settings.repeats();
    long seed = settings.seed();
    ScoreTask scorer = model.scorer();
    StoredVocabulary vocabulary = model.vocabulary();
    List<Integer> runs = IntStream.rangeClosed(0, fields * repeats).boxed().toList();
    List<Figures> found =
        JobDescription.during(
            spark.sparkContext(),
            "shuffling values",
            () ->
                context
                    .parallelize(runs, runs.size())
                    .map(
                        run -> {
                          SampledRows sample = rows.value();
                          EncodedBatch batch = sample.rows();
                          if (run > 0) {
                            int m = (run - 1) / repeats;
                            int[] order = order(batch.rows(), seed, m, (run - 1) % repeats);
                            batch = sample.exchanged(m, order);
                            follow(vocabulary, m, batch);
                          }
                          return figures(scorer.logits(batch), batch);
                        })
                    .collect());
    List<List<Figures>> figures = new ArrayList<>(List.of(List.of(found.get(0))));
    for (int m = 0; m < fields; m++) {
      figures.add(found.subList(1 + m * repeats, 1 + (m + 1) * repeats));
    }
    return figures;
  }

  /** Recomputes the ids of crosses and rates from the exchanged values. */
  private static void follow(StoredVocabulary vocabulary, int m, EncodedBatch exchanged) {
    FittedFields fields = vocabulary.fields();
    boolean single = fields.layout().field(m).kind() == FieldShape.Kind.ID;
    if (single && fields.firstDerived() < fields.fields().size()) {
      new DerivedIds(fields, vocabulary.load()).follow(m, exchanged.ids());
    }
  }

  private static Figures figures(double[] logits, EncodedBatch rows) {
    EvaluationReport report = EvaluationReport.of(logits, rows.labels(), rows.weights(), null);
    return new Figures(report.logLoss().orElse(Double.NaN), report.auc().orElse(Double.NaN));
  }

  /** A random order of n rows, the same on every machine. */
  static int[] order(int n, long seed, int field, int repeat) {
    int[] order = IntStream.range(0, n).toArray();
    long stream = CounterRandom.mix(CounterRandom.mix(seed) + 31L * field + ((long) repeat << 32));
    for (int i = n - 1; i > 0; i--) {
      long bits = CounterRandom.mix(stream + i);
      int other = (int) Math.multiplyHigh(bits >>> 1, 2L * (i + 1));
      int swapped = order[i];
      order[i] = order[other];
      order[other] = swapped;
    }
    return order;
  }

  private static Explanation.FieldWorth worth(Figures plain, List<Figures> repeats) {
    double[] losses = repeats.stream().mapToDouble(f -> f.logLoss() - plain.logLoss()).toArray();
    double[] aucs = repeats.stream().mapToDouble(f -> plain.auc() - f.auc()).toArray();
    return new Explanation.FieldWorth(mean(losses), error(losses), mean(aucs), error(aucs));
  }

  private static double mean(double[] values) {
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    return sum / values.length;
  }

  /** Standard error of the mean. */
  private static double error(double[] values) {
    if (values.length == 1) {
      return 0;
    }
    double mean = mean(values);
    double sum = 0;
    for (double value : values) {
      sum += (value - mean) * (value - mean);
    }
    return Math.sqrt(sum / (values.length - 1) / values.length);
  }

  private AttentionSums attention(JavaSparkContext context, Broadcast<SampledRows> rows) {
    int count = rows.value().rows().rows();
    int tasks = Math.max(1, Math.min(context.defaultParallelism(), count));
    Destine network = model.network();
    ModelParameters parameters = model.parameters();
    List<Integer> parts = IntStream.range(0, tasks).boxed().toList();
    return JobDescription.during(
        spark.sparkContext(),
        "averaging attention",
        () ->
            context
                .parallelize(parts, tasks)
                .mapPartitions(
                    part -> {
                      int at = part.next();
                      int from = (int) ((long) count * at / tasks);
                      int to = (int) ((long) count * (at + 1) / tasks);
                      return attention(network, parameters, rows.value().rows(), from, to);
                    })
                .reduce(AttentionSums::add));
  }

  private static Iterator<AttentionSums> attention(
      Destine network, ModelParameters model, EncodedBatch rows, int from, int to) {
    Parameters parameters = model.parameters();
    RowKernel kernel =
        new RowKernel(network.config(), network.fields(), network.layout(), FastestLanes.here());
    AttentionSums sums = new AttentionSums(network.config(), network.fields().size());
    for (int n = from; n < to; n++) {
      kernel.logit(parameters, rows, n);
      sums.add(kernel);
    }
    return List.of(sums).iterator();
  }

  private static List<Explanation.HeadMap> maps(Destine network, AttentionSums sums) {
    ModelConfig config = network.config();
    int fields = network.fields().size();
    List<Explanation.HeadMap> maps = new ArrayList<>();
    for (int l = 0; l < config.layers(); l++) {
      for (int h = 0; h < config.heads(); h++) {
        double[][] pairwise = new double[fields][fields];
        double[] unary = new double[fields];
        for (int n = 0; n < fields; n++) {
          for (int m = 0; m < fields; m++) {
            pairwise[m][n] = sums.mean(l, h, m, n);
          }
          unary[n] = sums.mean(l, h, fields, n);
        }
        maps.add(
            new Explanation.HeadMap(
                l + 1,
                h + 1,
                config.hasPairwise() ? pairwise : null,
                config.hasUnary() ? unary : null));
      }
    }
    return maps;
  }
}
