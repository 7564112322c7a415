package io.destine.spark.nightly;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.destine.artifact.FileDigest;
import io.destine.spark.JavaProcess;
import io.destine.spark.SharedSpark;
import io.destine.spark.app.Main;
import io.destine.spark.parameters.ModelBase;
import io.destine.spark.store.CurrentModel;
import io.destine.spark.store.Storage;
import io.destine.spark.train.ChildJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Nights whose input and models are in S3, with drivers that race, are killed, or stand still and
 * come back: one model is live at any moment, and none is lost.
 */
class S3NightsTest {
  private static final String MODEL = S3Server.BUCKET + "/model";
  private static final long SECONDS = 600;

  /** A checkpoint is due at every fourth; the one of the eighth waits until the first is there. */
  private static final String STEPS = "9";

  private static final int SIGKILL = 128 + 9;

  @TempDir static Path directory;
  private static S3Server server;
  private static Configuration hadoop;
  private static FileSystem bucket;
  private static Path conf;

  /** The same with many checkpoints, each of which takes a second in such storage. */
  private static Path withCheckpoints;

  private static Nights local;

  @BeforeAll
  static void start() throws Exception {
    server = S3Server.start(directory);
    hadoop = new Configuration(SharedSpark.session().sparkContext().hadoopConfiguration());
    server.settings().forEach(hadoop::set);
    org.apache.hadoop.fs.Path root = new org.apache.hadoop.fs.Path(S3Server.BUCKET + "/");
    bucket = root.getFileSystem(hadoop);
    local = new Nights(directory, "local");
    local.days(0, 1, 2, 3, 4, 5);
    // S3A's own copyFromLocalFile waits for ever for a thread where there are few.
    Storage.copy(
        hadoop,
        new org.apache.hadoop.fs.Path(local.logs.toUri()),
        new org.apache.hadoop.fs.Path(root, "logs"));
    conf = directory.resolve("nightly.conf");
    Files.writeString(
        conf,
        ClickDays.configuration(S3Server.BUCKET + "/logs", MODEL) + "nightly.lock-minutes = 0.2\n");
    withCheckpoints = directory.resolve("checkpoints.conf");
    Files.writeString(withCheckpoints, "include \"nightly.conf\"\ncheckpoint { steps = 4 }\n");
    for (int day = 2; day <= 5; day++) {
      local.run(day, "checkpoint.steps=4", "nightly.keep-models=9");
    }
  }

  @AfterAll
  static void stop() throws IOException {
    if (server != null) {
      bucket.close();
      server.close();
    }
  }

  private record Driver(Process process, Path log) {
    int end() throws IOException, InterruptedException {
      assertThat(process.waitFor(SECONDS, TimeUnit.SECONDS)).as(says()).isTrue();
      return process.exitValue();
    }

    String says() throws IOException {
      return ChildJvm.end(Files.readString(log));
    }
  }

  private static Driver start(String name, Class<?> main, String... arguments) throws IOException {
    List<String> options = new ArrayList<>(List.of(JavaProcess.SHORT, "-Dspark.master=local[1]"));
    options.add("-Dspark.ui.enabled=false");
    options.add("-Dspark.sql.shuffle.partitions=4");
    server.settings().forEach((key, value) -> options.add("-Dspark.hadoop." + key + "=" + value));
    Path log = directory.resolve(name + ".log");
    ProcessBuilder builder =
        ChildJvm.builder(directory, options, main, arguments)
            .redirectError(log.toFile())
            .redirectOutput(directory.resolve(name + ".out").toFile());
    builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
    return new Driver(builder.start(), log);
  }

  /** The command, as users run it. */
  private static Driver night(String name, int day) throws IOException {
    return start(
        name,
        Main.class,
        "nightly",
        "--config",
        conf.toString(),
        "--date",
        ClickDays.day(day).toString());
  }

  private static CurrentModel live() {
    return CurrentModel.read(hadoop, MODEL).orElseThrow();
  }

  private static List<String> names(String path) throws IOException {
    return Stream.of(bucket.listStatus(new org.apache.hadoop.fs.Path(MODEL, path)))
        .map(FileStatus::getPath)
        .map(org.apache.hadoop.fs.Path::getName)
        .sorted()
        .toList();
  }

  /** SHA-256 of a model's tensors, after all of its files have been read and checked. */
  private static Map<String, String> digests(String name) {
    Map<String, FileDigest> files =
        ModelBase.open(hadoop, MODEL + "/models/" + name)
            .read(
                reader -> {
                  reader.verify();
                  return reader.manifest().files();
                });
    Map<String, String> digests = new TreeMap<>();
    files.forEach(
        (file, digest) -> {
          if (file.endsWith(".safetensors")) {
            digests.put(file, digest.sha256());
          }
        });
    return digests;
  }

  private static void assertLive(int day, String name) {
    assertThat(live().name()).isEqualTo(name);
    assertThat(digests(name)).isNotEmpty().isEqualTo(local.digests(ClickDays.day(day).toString()));
  }

  @Test
  void threeNightsWithARaceAKilledDriverAndOneThatComesBack() throws Exception {
    String first = ClickDays.day(2).toString();
    Driver one = night("first", 2);
    assertThat(one.end()).as(one.says()).isZero();
    assertLive(2, first);

    // Two drivers at once: one works, the other is told so, or finds the date finished.
    String second = ClickDays.day(3).toString();
    Driver left = night("left", 3);
    Driver right = night("right", 3);
    List<Integer> codes = Stream.of(left.end(), right.end()).sorted().toList();
    assertThat(codes).as(left.says() + right.says()).isIn(List.of(0, 4), List.of(0, 0));
    assertLive(3, second);
    assertThat(names("published")).containsExactly("000001.json", "000002.json");

    // One that is killed while it trains, and the next call.
    String third = ClickDays.day(4).toString();
    Driver killed =
        start(
            "killed",
            KilledNight.class,
            withCheckpoints.toString(),
            ClickDays.day(4).toString(),
            STEPS);
    assertThat(killed.end()).as(killed.says()).isEqualTo(SIGKILL);
    assertLive(3, second);
    Driver next = night("next", 4);
    assertThat(next.end()).as(next.says()).isZero();
    assertThat(next.says()).contains("resumed from " + MODEL + "/models/" + third);
    assertLive(4, third);

    // One that stands still until another has taken its lock and published, and then goes on.
    String fourth = ClickDays.day(5) + ".2";
    Driver still =
        start(
            "still",
            StandingNight.class,
            withCheckpoints.toString(),
            ClickDays.day(5).toString(),
            STEPS);
    Path stands = Path.of(withCheckpoints + ".stands");
    for (int i = 0; i < SECONDS && !Files.exists(stands) && still.process().isAlive(); i++) {
      TimeUnit.SECONDS.sleep(1);
    }
    assertThat(stands).as(still.says()).exists();
    signal("STOP", still.process());
    Driver taker = null;
    for (int i = 0; i < 5 && (taker == null || taker.end() == 4); i++) {
      TimeUnit.SECONDS.sleep(i == 0 ? 13 : 5);
      taker = night("taker" + i, 5);
    }
    assertThat(taker.end()).as(taker.says()).isZero();
    assertLive(5, fourth);
    Files.delete(stands);
    signal("CONT", still.process());
    assertThat(still.end()).as(still.says()).isEqualTo(1);
    assertThat(still.says()).contains("LostLockException", "this run writes nothing more");

    assertLive(5, fourth);
    // Two more numbers close those that the killed and the stopped driver had in mind.
    assertThat(names("published"))
        .containsExactly(
            "000001.json",
            "000002.json",
            "000003.json",
            "000004.json",
            "000005.json",
            "000006.json");
    for (String number : names("published")) {
      try (var in = bucket.open(new org.apache.hadoop.fs.Path(MODEL, "published/" + number))) {
        JsonNode json = new ObjectMapper().readTree(in.readAllBytes());
        assertThat(json.path("model").asText()).isIn(first, second, third, fourth);
      }
    }
    // keep-models is 3, and all that are kept have their bits.
    List<String> models = new ArrayList<>(names("models"));
    // A checkpoint that was being written stays under its own name until the next night.
    models.remove(ClickDays.day(5) + ".checkpoints");
    assertThat(models).containsExactly(second, third, fourth);
    assertThat(digests(second)).isEqualTo(local.digests(second));
    assertThat(digests(third)).isEqualTo(local.digests(third));
    assertThat(bucket.exists(new org.apache.hadoop.fs.Path(MODEL, "LOCK"))).isFalse();
  }

  private static void signal(String name, Process process) throws Exception {
    String pid = Long.toString(process.pid());
    assertThat(new ProcessBuilder("kill", "-" + name, pid).start().waitFor()).isZero();
  }
}
