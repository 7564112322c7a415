package io.destine.spark;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;

/**
 * Java processes with the class path and the options of this JVM. A short process spends most of
 * its time on loading Spark's classes, so all processes map one class data archive.
 */
public final class JavaProcess {
  /** Option of processes that take some seconds and train little: no second compiler. */
  public static final String SHORT = "-XX:TieredStopAtLevel=1";

  private static final Path DIRECTORY = Path.of("target").toAbsolutePath();

  private JavaProcess() {}

  /** The command line that runs a class. */
  public static List<String> command(List<String> options, String main) {
    List<String> all = new ArrayList<>(SharedClasses.options());
    all.addAll(options);
    return plain(all, classPath(), main);
  }

  private static List<String> plain(List<String> options, String classPath, String main) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx1g", "--add-modules=jdk.incubator.vector"));
    command.addAll(inherited("--add-opens.*|-Djdk.reflect.*|-Dio.netty.*|-XX:.*"));
    command.addAll(options);
    command.addAll(List.of("-cp", classPath, main));
    return command;
  }

  /**
   * JVM options of executors that a process starts: they map the archive and compile as little as
   * this JVM.
   */
  public static String optionsOfExecutors() {
    List<String> options = new ArrayList<>(inherited("-XX:(Tier|CompileCommand).*"));
    options.addAll(SharedClasses.options());
    return String.join(" ", options);
  }

  /**
   * The class path of this JVM, with the archived entries first: an archive is valid only for a
   * prefix of the class path.
   */
  public static String classPath() {
    List<String> entries = new ArrayList<>(SharedClasses.classPath());
    Stream.of(entries()).filter(entry -> !entries.contains(entry)).forEach(entries::add);
    return String.join(":", entries);
  }

  private static String[] entries() {
    return System.getProperty("java.class.path").split(":");
  }

  private static List<String> inherited(String pattern) {
    return ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(option -> option.matches(pattern))
        .toList();
  }

  /**
   * A class data archive of the libraries' classes that a small job loads. Writing it takes the
   * processor time that it saves six processes, so it is written, in the background, when the third
   * process starts.
   */
  private static final class SharedClasses {
    /** Builds for other versions of Spark may run at the same time. */
    private static final String NAME = "libraries-" + Arrays.hashCode(entries());

    private static final Path ARCHIVE = DIRECTORY.resolve(NAME + ".jsa");
    private static final Path PROGRAM = DIRECTORY.resolve(NAME + ".jar");
    private static int started;

    private static synchronized List<String> options() {
      if (Files.exists(ARCHIVE)) {
        return List.of("-Xshare:auto", "-XX:SharedArchiveFile=" + ARCHIVE);
      }
      if (++started == 3) {
        Thread thread = new Thread(SharedClasses::writeUnlessAnother, "class data archive");
        thread.setDaemon(true);
        thread.start();
      }
      return List.of();
    }

    private static void writeUnlessAnother() {
      try (FileChannel channel =
              FileChannel.open(
                  DIRECTORY.resolve(NAME + ".lock"),
                  StandardOpenOption.CREATE,
                  StandardOpenOption.WRITE);
          FileLock lock = channel.tryLock()) {
        if (lock != null && !Files.exists(ARCHIVE)) {
          write();
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (InterruptedException e) {
        throw new IllegalStateException("interrupted", e);
      }
    }

    /** The libraries and the program whose classes are archived; directories cannot be. */
    private static List<String> classPath() {
      Path project = Path.of("..").toAbsolutePath().normalize();
      Stream<String> libraries =
          Stream.of(entries())
              .filter(entry -> entry.endsWith(".jar") && !Path.of(entry).startsWith(project));
      return Stream.concat(libraries, Stream.of(PROGRAM.toString())).toList();
    }

    private static void write() throws IOException, InterruptedException {
      String program = Job.class.getName().replace('.', '/') + ".class";
      try (JarOutputStream jar = new JarOutputStream(Files.newOutputStream(PROGRAM));
          InputStream in = Job.class.getClassLoader().getResourceAsStream(program)) {
        jar.putNextEntry(new JarEntry(program));
        in.transferTo(jar);
      }
      Path written = DIRECTORY.resolve(NAME + ".written");
      List<String> command =
          new ArrayList<>(
              plain(
                  List.of("-XX:ArchiveClassesAtExit=" + written),
                  String.join(":", classPath()),
                  Job.class.getName()));
      command.add(DIRECTORY.resolve(NAME + ".job").toString());
      run(command);
      Files.move(written, ARCHIVE, StandardCopyOption.ATOMIC_MOVE);
    }

    private static void run(List<String> command) throws IOException, InterruptedException {
      Path log = DIRECTORY.resolve(NAME + ".log");
      int code =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start()
              .waitFor();
      if (code != 0) {
        throw new IOException("exit code " + code + ", see " + log);
      }
    }
  }

  /** Loads the classes that jobs load, with files in a directory. */
  static final class Job {
    private Job() {}

    public static void main(String[] arguments) throws IOException {
      Path directory = Files.createDirectories(Path.of(arguments[0]));
      try (SparkSession spark =
          SparkSession.builder()
              .master("local[2]")
              .config("spark.ui.enabled", "false")
              .config("spark.sql.shuffle.partitions", "2")
              .config("spark.driver.host", "127.0.0.1")
              .config("spark.driver.bindAddress", "127.0.0.1")
              .getOrCreate()) {
        Path csv = Files.writeString(directory.resolve("rows.csv"), "a,b\n1,x\n0,y\n");
        Path parquet = directory.resolve("rows");
        spark
            .read()
            .option("header", "true")
            .csv(csv.toString())
            .write()
            .mode(SaveMode.Overwrite)
            .parquet("" + parquet);
        spark
            .read()
            .parquet(parquet.toString())
            .groupBy("b")
            .count()
            .orderBy("b")
            .write()
            .mode(SaveMode.Overwrite)
            .json(directory.resolve("counts").toString());
      }
    }
  }
}
