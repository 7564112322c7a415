package io.destine.spark.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.destine.testing.Full;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Blocks move from an executor that is slow to one that is not, and no bit changes. */
@Full
class SlowExecutorTest {

  @Test
  void aSlowExecutorIsGivenFewerRows(@TempDir Path directory)
      throws IOException, InterruptedException {
    ChildJvm.run(directory, List.of(), "slow-executor", directory.toString());
    Properties observed = new Properties();
    try (Reader reader = Files.newBufferedReader(SameBitsCase.observations(directory))) {
      observed.load(reader);
    }
    assertThat(observed).containsEntry("slow.same-bits", "1");
    int slow = Integer.parseInt(observed.getProperty("slow.columns-of-slow"));
    int fast = Integer.parseInt(observed.getProperty("slow.columns-of-fast"));
    assertThat(slow + fast).isEqualTo(32);
    // With a tenth of the speed an executor is worth an eleventh of both: 3 columns of 32;
    // more if other processes slow down the fast one more than the slow one, which mostly sleeps.
    assertThat(slow).as("columns of the slow executor").isBetween(1, 14);
    System.err.println("columns of two executors, one at a tenth of its speed: " + observed);
  }
}
