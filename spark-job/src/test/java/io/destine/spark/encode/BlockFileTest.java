package io.destine.spark.encode;

import static org.assertj.core.api.Assertions.assertThat;

import io.destine.feature.FieldLayout;
import io.destine.spark.LocalDisk;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import scala.Tuple2;

class BlockFileTest {
  private static final FieldLayout LAYOUT = FieldLayout.ofIds(1);

  /** Refuses to rename onto a file, as S3A does. */
  public static final class Refusing extends LocalDisk.Raw {
    @Override
    public boolean rename(Path from, Path to) throws IOException {
      if (exists(to)) {
        throw new FileAlreadyExistsException(to.toString());
      }
      return super.rename(from, to);
    }
  }

  private static Tuple2<Integer, byte[]> packet() {
    RowPackets rows = new RowPackets(LAYOUT, false, false);
    PacketWriter packet = new PacketWriter();
    rows.writeHead(packet);
    for (int n = 0; n < 3; n++) {
      rows.write(packet, 0, n, n % 2);
      packet.fixed(10 + n);
    }
    return new Tuple2<>(0, packet.toBytes());
  }

  @Test
  void anotherAttemptFindsTheFileOfTheFirst(@TempDir java.nio.file.Path directory)
      throws IOException {
    Configuration hadoop = new Configuration(false);
    hadoop.setClass("fs.file.impl", Refusing.class, Refusing.class);
    hadoop.setBoolean("fs.file.impl.disable.cache", true);
    BlockPlan plan = new BlockPlan(new long[] {3}, 1024, 1, 1024, 1);
    for (int attempt = 0; attempt < 2; attempt++) {
      BlockFile.Written written =
          BlockFile.write(
                  hadoop, directory.toString(), 0, List.of(packet()).iterator(), LAYOUT, plan)
              .next();
      assertThat(BlockFile.read(hadoop, directory.toString(), written.block(), LAYOUT).ids())
          .containsExactly(10, 11, 12);
    }
    try (Stream<java.nio.file.Path> files = Files.list(directory)) {
      assertThat(files).containsExactly(directory.resolve("part-00000.blocks"));
    }
  }
}
