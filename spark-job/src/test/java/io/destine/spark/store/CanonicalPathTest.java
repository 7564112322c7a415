package io.destine.spark.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CanonicalPathTest {
  @ParameterizedTest
  @CsvSource({
    "s3a://models/clicks, s3a://models/clicks, same",
    "s3a://models/clicks, s3a://data/clicks, apart",
    "s3a://models/clicks, s3a://data/clicks/1, apart",
    "s3a://models/clicks, s3a://models/clicks/1, holds",
    "s3a://models/clicks, s3a://models/clicks-2, apart",
    "hdfs://one:8020/clicks, hdfs://nameservice/clicks, same",
    "hdfs://one:8020/clicks, hdfs://nameservice/clicks/1, holds",
    "hdfs://one:8020/clicks, webhdfs://one:9870/clicks, apart",
    "hdfs://one/, hdfs://one/clicks, holds"
  })
  void pathsAreComparedWithinTheirStorage(String first, String second, String expected) {
    CanonicalPath one = new CanonicalPath(null, new org.apache.hadoop.fs.Path(first));
    CanonicalPath other = new CanonicalPath(null, new org.apache.hadoop.fs.Path(second));
    assertThat(one.is(other)).isEqualTo(expected.equals("same"));
    assertThat(other.is(one)).isEqualTo(expected.equals("same"));
    assertThat(one.holds(other)).isEqualTo(expected.equals("holds"));
    assertThat(other.holds(one)).isFalse();
  }

  @Test
  void aMountPointIsNotReplaceable(@TempDir Path directory) {
    Configuration hadoop = new Configuration();
    assertThatThrownBy(() -> CanonicalPath.of(hadoop, "/proc/").requireReplaceable())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a mount point cannot be replaced; name a directory inside it");
    assertThatCode(() -> CanonicalPath.of(hadoop, directory.toString()).requireReplaceable())
        .doesNotThrowAnyException();
  }

  @Test
  void spellingsOfALocalPathAreOne(@TempDir Path directory) throws IOException {
    Path there = Files.createDirectory(directory.resolve("there"));
    Files.createSymbolicLink(directory.resolve("link"), there);
    Configuration hadoop = new Configuration();
    CanonicalPath plain = CanonicalPath.of(hadoop, there + "/model");
    for (String spelling :
        new String[] {
          there + "/model/", "file:" + there + "/../there/model", directory + "/link/model"
        }) {
      CanonicalPath other = CanonicalPath.of(hadoop, spelling);
      assertThat(other.is(plain)).as(spelling).isTrue();
      assertThat(other).hasToString(plain.toString());
    }
    assertThat(plain.toString()).startsWith("/").endsWith("/there/model");
  }

  @Test
  void aLinkToAPathThatDoesNotExistYetIsResolved(@TempDir Path directory) throws IOException {
    Path there = Files.createDirectory(directory.resolve("there"));
    Files.createSymbolicLink(directory.resolve("absolute"), there.resolve("model"));
    Files.createSymbolicLink(directory.resolve("relative"), Path.of("there/model"));
    Files.createSymbolicLink(directory.resolve("twice"), directory.resolve("relative"));
    Files.createSymbolicLink(there.resolve("up"), Path.of("../there/model"));
    Configuration hadoop = new Configuration();
    for (String link : new String[] {"absolute", "relative", "twice", "there/up"}) {
      assertThat(CanonicalPath.of(hadoop, directory + "/" + link))
          .hasToString(there.toRealPath() + "/model");
      assertThat(CanonicalPath.of(hadoop, directory + "/" + link + "/rows"))
          .hasToString(there.toRealPath() + "/model/rows");
    }
    Path cycle = directory.resolve("cycle");
    Files.createSymbolicLink(cycle, cycle);
    assertThat(CanonicalPath.of(hadoop, cycle.toString()).toString()).endsWith("/cycle");
  }
}
