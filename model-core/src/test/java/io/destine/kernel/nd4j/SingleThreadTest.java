package io.destine.kernel.nd4j;

import static org.assertj.core.api.Assertions.assertThat;

import io.destine.config.ModelConfig;
import io.destine.config.Precision;
import io.destine.feature.EncodedBatch;
import io.destine.feature.FieldLayout;
import io.destine.param.ParameterLayout;
import io.destine.param.Parameters;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOps;
import org.nd4j.nativeblas.NativeOpsHolder;

class SingleThreadTest {

  /** OpenMP's setting is per thread: that of the creating thread has no effect in another one. */
  @Test
  void aKernelRestrictsWhicheverThreadUsesIt() throws Exception {
    ModelConfig config = ModelConfig.interaction().build();
    FieldLayout fields = FieldLayout.ofIds(2);
    ParameterLayout layout = ParameterLayout.of(config, fields);
    Nd4j.factory().blas().setMaxThreads(2);
    Nd4jKernel kernel = new Nd4jKernel(config, fields, layout, Precision.FLOAT32);
    Parameters parameters = Parameters.initial(layout, Precision.FLOAT32, 2, 1);
    NativeOps natives = NativeOpsHolder.getInstance().getDeviceNativeOps();
    Callable<int[]> threadsBeforeAndAfter =
        () -> {
          natives.setOmpNumThreads(2);
          int before = natives.ompGetMaxThreads();
          kernel.logits(
              parameters, EncodedBatch.ofIds(new int[] {0, 1}, new float[1]), new double[1]);
          return new int[] {before, natives.ompGetMaxThreads()};
        };
    ExecutorService thread = Executors.newSingleThreadExecutor();
    try {
      assertThat(thread.submit(threadsBeforeAndAfter).get()).containsExactly(2, 1);
    } finally {
      thread.shutdown();
    }
    assertThat(Nd4j.factory().blas().getMaxThreads()).isEqualTo(1);
    assertThat(Nd4j.getEnvironment().maxMasterThreads()).isEqualTo(1);
  }
}
