package io.destine.spark.predict;

import static org.assertj.core.api.Assertions.assertThat;

import io.destine.config.ModelConfig;
import io.destine.feature.EncodedBatch;
import io.destine.feature.FieldLayout;
import io.destine.kernel.row.RowKernel;
import io.destine.kernel.vector.FastestLanes;
import io.destine.model.Destine;
import io.destine.param.Parameters;
import org.junit.jupiter.api.Test;

class AttentionSumsTest {
  /** The attention to the only field has weight 1. */
  @Test
  void billionsOfRowsHaveTheMeanOfOne() {
    Destine network = new Destine(ModelConfig.interaction().build(), FieldLayout.ofIds(1));
    RowKernel kernel =
        new RowKernel(network.config(), network.fields(), network.layout(), FastestLanes.here());
    Parameters parameters = network.initialParameters(3, 1);
    kernel.logit(parameters, EncodedBatch.ofIds(new int[] {2}, new float[1]), 0);
    AttentionSums sums = new AttentionSums(network.config(), 1);
    sums.add(kernel);
    for (int doublings = 0; doublings < 31; doublings++) {
      sums.add(sums);
    }
    assertThat(sums.mean(0, 0, 0, 0)).isOne();
    assertThat(sums.mean(0, 0, 1, 0)).isOne();
  }
}
