package io.destine.artifact;

import io.destine.config.ModelConfig;
import io.destine.config.OptimizerConfig;
import io.destine.config.OptimizerKind;
import io.destine.config.Precision;
import io.destine.config.TrainConfig;
import io.destine.feature.FieldLayout;
import io.destine.feature.FieldShape;
import io.destine.model.Destine;
import io.destine.param.NamedState;
import io.destine.param.ParameterTable;
import io.destine.param.Parameters;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** A model with every kind of tensor, filled with random bits, and an optimiser's state. */
final class SampleModel {
  static final ModelConfig CONFIG =
      ModelConfig.interaction()
          .embeddingDim(4)
          .heads(2)
          .headDim(3)
          .layers(2)
          .bias(true)
          .wide(true)
          .fm(true)
          .deep(List.of(5, 3))
          .batchNorm(true)
          .build();
  static final FieldLayout FIELDS =
      new FieldLayout(
          List.of(
              FieldShape.id("user"),
              FieldShape.multi("genres"),
              FieldShape.linear("price"),
              FieldShape.vector("image", 3)));

  final Destine network = new Destine(CONFIG, FIELDS);
  final Parameters parameters;
  final NamedState optimizer;

  SampleModel(Precision precision, int rows, long seed) {
    Random random = new Random(seed);
    parameters = new Parameters(network.layout(), precision, rows);
    fill(parameters.dense(), parameters, random);
    fill(parameters.statistics(), parameters, random);
    fill(parameters.embedding(), random);
    fill(parameters.wide(), random);
    parameters.dense()[0] = -0.0;
    parameters.dense()[1] = Float.MIN_VALUE;
    ParameterTable moments = ParameterTable.zeros(Precision.FLOAT64, rows, 4);
    fill(moments, random);
    ParameterTable squares = ParameterTable.zeros(Precision.FLOAT32, rows, 4);
    fill(squares, random);
    double[] dense = random.doubles(7).toArray();
    optimizer =
        new NamedState(
            Map.of("embedding.m", moments, "embedding.v", squares),
            Map.of("dense.m", dense, "empty", new double[0]),
            Map.of("steps", Long.MAX_VALUE - 1));
  }

  private static void fill(double[] values, Parameters parameters, Random random) {
    for (int i = 0; i < values.length; i++) {
      values[i] = parameters.round(random.nextGaussian());
    }
  }

  private static void fill(ParameterTable table, Random random) {
    double[] row = new double[table.width()];
    for (int r = 0; r < table.rows(); r++) {
      for (int i = 0; i < row.length; i++) {
        row[i] = random.nextGaussian() * 1e-3;
      }
      table.write(r, row, 0);
    }
  }

  Manifest.Builder description() {
    return Manifest.describe(network)
        .createdBy("destine test")
        .createdAt(Instant.parse("2026-11-24T01:02:03Z"))
        .train(TrainConfig.defaults().withOptimizer(OptimizerConfig.of(OptimizerKind.ADAM, 0.001)))
        .job(Map.of("source", Map.of("path", "data/clicks.csv"), "days", List.of(1, 2)))
        .kernel("reference")
        .metrics(Map.of("validation", Map.of("auc", 0.75, "rows", 1000)))
        .dataFingerprint("d1")
        .vocabularyFingerprint("v1")
        .lineage(new Lineage("ab".repeat(32), "models/yesterday", "2026-11-23", "2026-11-01"));
  }

  /** Writes the model into a directory that already contains a vocabulary file. */
  String writeTo(ModelDirectory directory, long shardBytes) {
    try (OutputStream out = directory.create("vocabulary/part-0.parquet")) {
      out.write("user=anna".getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new ModelWriter(directory, shardBytes).write(description(), parameters, optimizer);
  }
}
