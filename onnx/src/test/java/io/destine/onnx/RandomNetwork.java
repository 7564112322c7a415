package io.destine.onnx;

import io.destine.config.ModelConfig;
import io.destine.config.Precision;
import io.destine.feature.EncodedBatch;
import io.destine.feature.FieldLayout;
import io.destine.kernel.Kernel;
import io.destine.kernel.KernelChoice;
import io.destine.kernel.Kernels;
import io.destine.model.Destine;
import io.destine.param.ParameterLayout;
import io.destine.param.ParameterTable;
import io.destine.param.Parameters;
import java.util.Random;

/** A network with parameters so large that no part of it is nearly linear. */
record RandomNetwork(Destine network, Parameters parameters) {
  static RandomNetwork of(ModelConfig config, FieldLayout fields, int rows, long seed) {
    Destine network = new Destine(config, fields);
    Parameters parameters = new Parameters(network.layout(), Precision.FLOAT32, rows);
    Random random = new Random(seed);
    for (ParameterLayout.Tensor tensor : network.layout().tensors()) {
      for (int i = 0; i < tensor.size(); i++) {
        parameters.dense()[tensor.offset() + i] =
            parameters.round(random.nextGaussian() / Math.sqrt(tensor.fanIn()));
      }
    }
    for (int i = 0; i < parameters.statistics().length; i++) {
      parameters.statistics()[i] = parameters.round(0.3 + random.nextDouble());
    }
    fill(parameters.embedding(), random);
    if (parameters.wide() != null) {
      fill(parameters.wide(), random);
    }
    parameters.changed();
    return new RandomNetwork(network, parameters);
  }

  private static void fill(ParameterTable table, Random random) {
    for (int id = 0; id < table.rows(); id++) {
      table.write(id, random.doubles(table.width(), -1, 1).toArray(), 0);
    }
  }

  /** The logits of the reference kernel. */
  double[] logits(EncodedBatch batch) {
    Kernel kernel =
        Kernels.create(
            KernelChoice.ND4J,
            network.config(),
            network.fields(),
            network.layout(),
            Precision.FLOAT32);
    double[] logits = new double[batch.rows()];
    kernel.logits(parameters, batch, logits);
    return logits;
  }
}
