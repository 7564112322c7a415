package io.destine.spark.train;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.destine.spark.conf.UserError;
import io.destine.spark.store.OutputKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Paths of a cluster, whose executors write encoded rows. */
class OutputsTest {
  private final Outputs cluster = new Outputs(new Configuration(), true);

  @ParameterizedTest
  @EnumSource(
      value = OutputKind.class,
      names = {"DATA_SET", "NIGHTS"})
  void aRelativeLocalPathThatExecutorsWriteIsRefused(OutputKind kind) {
    assertThatThrownBy(() -> cluster.with("output.data", "runs/rows", kind))
        .isInstanceOf(UserError.class)
        .hasMessage(
            "output.data = \"runs/rows\": executors of a cluster have other working directories;"
                + " give the absolute path");
    assertThatCode(() -> cluster.with("output.data", "/tmp/runs/rows", kind))
        .doesNotThrowAnyException();
    assertThatCode(() -> cluster.with("output.data", "file:/tmp/runs/rows", kind))
        .doesNotThrowAnyException();
  }

  @ParameterizedTest
  @EnumSource(
      value = OutputKind.class,
      names = {"MODEL", "DATA_SET"})
  void aMountPointThatWouldBeReplacedIsRefused(OutputKind kind) {
    assertThatThrownBy(
            () -> new Outputs(new Configuration(), false).with("output", "/proc", kind).check(1))
        .isInstanceOf(UserError.class)
        .hasMessage(
            "output = \"/proc\": a mount point cannot be replaced; name a directory inside it");
  }

  @Test
  void filesInThePlaceOfAnEarlierModelAreReportedBeforeTheTraining(@TempDir Path directory)
      throws IOException {
    Path previous = Files.createDirectory(directory.resolve(".model.old"));
    Files.writeString(previous.resolve("notes.txt"), "mine");
    Outputs outputs =
        new Outputs(new Configuration(), false)
            .with("output.model", directory + "/model", OutputKind.MODEL);
    assertThatThrownBy(() -> outputs.check(1))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("cannot be replaced: an earlier model would be moved to " + previous);
    Files.delete(previous.resolve("notes.txt"));
    assertThatCode(() -> outputs.check(1)).doesNotThrowAnyException();
  }

  @Test
  void whatTheDriverWritesMayBeRelativeAndAllOfLocalMode() {
    assertThatCode(() -> cluster.with("output.model", "runs/model", OutputKind.MODEL))
        .doesNotThrowAnyException();
    assertThatCode(
            () ->
                new Outputs(new Configuration(), false)
                    .with("output.data", "runs/rows", OutputKind.DATA_SET))
        .doesNotThrowAnyException();
  }
}
