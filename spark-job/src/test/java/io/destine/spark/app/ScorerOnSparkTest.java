package io.destine.spark.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.destine.predict.Scorer;
import io.destine.spark.SharedSpark;
import io.destine.testing.Full;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A scorer in one process gives the same probabilities as predict and the same metrics as training.
 */
class ScorerOnSparkTest {
  @TempDir Path directory;

  private static CommandRun done(String... arguments) {
    SharedSpark.session();
    CommandRun run = CommandRun.of(arguments);
    assertThat(run.code()).as(run.err()).isZero();
    return run;
  }

  /** Categorical, bucketed, linear, hashed, multi and vector fields, with missing values. */
  private String config() throws IOException {
    generate("rows", 1000, 1);
    generate("other", 400, 2);
    Path file = directory.resolve("all.conf");
    Files.writeString(
        file,
        """
        source { format = parquet }
        label = label
        fields = [
          { name = n1, kind = numeric }
          { name = n2, kind = numeric, transform = linear }
          { name = n3, kind = numeric, transform = quantile, buckets = 7 }
          { name = n1_value, column = n1, kind = numeric, transform = none }
          c1
          c2
          { name = c3, hash-buckets = 20 }
          { name = tags, kind = multi }
          { name = image, kind = vector, length = 5 }
        ]
        split.paths { train = "%1$s", validation = "%2$s", test = "%2$s" }
        vocabulary { oov-buckets = 3 }
        model { embedding-dim = 8, heads = 2, head-dim = 4, layers = 2, wide = true }
        train { batch-size = 64, epochs = 1, blocks-per-step = 2 }
        output { model = "%3$s" }
        """
            .formatted(
                directory.resolve("rows"), directory.resolve("other"), directory.resolve("model")));
    return file.toString();
  }

  private void generate(String name, int rows, int seed) {
    done(
        "generate",
        "--shape=plain",
        "--rows=" + rows,
        "--seed=" + seed,
        "--fields=3",
        "--numeric=3",
        "--cardinality=40",
        "--multi",
        "--vector=5",
        "--output=" + directory.resolve(name));
  }

  @Full(from = 2)
  @ParameterizedTest
  @ValueSource(
      strings = {
        "model.fm=true model.deep=[16,8]",
        "model.unary=linear model.residual=last_layer",
        "model.relu-before-attention=true model.bias=true"
      })
  void itsProbabilitiesAreThoseOfPredictAndOfTheEvaluationInsideTheTraining(String options)
      throws IOException {
    String config = config();
    String[] option = options.split(" ");
    CommandRun trained =
        done("train", "--config=" + config, "--set=" + option[0], "--set=" + option[1]);
    Path scored = directory.resolve("scored");
    done(
        "predict",
        "--model=" + directory.resolve("model"),
        "--input=" + directory.resolve("other"),
        "--output=" + scored);
    List<Row> rows = SharedSpark.session().read().parquet(scored.toString()).collectAsList();
    assertThat(rows).hasSize(400);
    try (Scorer vector = Scorer.load(directory.resolve("model"));
        Scorer plain = Scorer.load(directory.resolve("model"), false)) {
      double loss = 0;
      for (Row row : rows) {
        Map<String, Object> values = new HashMap<>();
        for (String column : row.schema().fieldNames()) {
          Object value = row.getAs(column);
          values.put(
              column,
              value instanceof scala.collection.Seq<?> seq
                  ? scala.collection.JavaConverters.seqAsJavaList(seq)
                  : value);
        }
        double probability = row.getAs("probability");
        assertThat(vector.score(values)).isEqualTo(probability);
        assertThat(plain.score(values)).isEqualTo(probability);
        boolean clicked = row.<Number>getAs("label").intValue() == 1;
        loss -= Math.log(clicked ? probability : 1 - probability);
      }
      assertThat(vector.verify()).isEqualTo(8);
      assertThat(plain.verify()).isEqualTo(8);
      assertThat(trained.json().get("log_loss").asDouble())
          .isCloseTo(loss / rows.size(), within(1e-12));
    }
  }
}
