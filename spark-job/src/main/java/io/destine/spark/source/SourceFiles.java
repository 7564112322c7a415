package io.destine.spark.source;

import io.destine.spark.conf.SourceConfig;
import io.destine.spark.conf.UserError;
import io.destine.spark.internals.DaemonThreads;
import io.destine.spark.internals.Outcome;
import io.destine.spark.internals.Relations;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.GlobFilter;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.SparkSession;

/**
 * The files of a source: lists the files that Spark reads, and checks that it reads all of them.
 */
public final class SourceFiles {
  private static final Set<String> FORMATS =
      Set.of("csv", "tsv", "json", "parquet", "orc", "text", "avro", "libfm", "svmlight");
  private static final int SHOWN = 3;

  /** Requests to storage at a time: an object store takes long to answer one. */
  private static final int REQUESTS = 32;

  private SourceFiles() {}

  /** The files of a table; empty if any of its rows may come from elsewhere. */
  public static List<Path> of(Dataset<?> table) {
    return Relations.files(table)
        .map(
            found -> {
              List<Path> files = below(table.sparkSession(), found.directories());
              found.urls().forEach(url -> files.add(decoded(url)));
              return files;
            })
        .orElse(List.of());
  }

  /**
   * The files in directories: for a table read by Hive's own code, Spark reports only the
   * directories.
   */
  private static List<Path> below(SparkSession spark, List<URI> directories) {
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    List<Path> files = new ArrayList<>();
    for (URI directory : directories) {
      Path path = new Path(directory);
      try {
        FileSystem fileSystem = path.getFileSystem(hadoop);
        if (fileSystem.exists(path)) {
          for (FileStatus status : filesBelow(fileSystem, path)) {
            if (!isHidden(path, status.getPath())) {
              files.add(status.getPath());
            }
          }
        }
      } catch (IOException e) {
        throw SourceFailure.of(e, path.toString());
      }
    }
    files.sort(Comparator.naturalOrder());
    return files;
  }

  /**
   * The files below a path, which may be a file itself, in no order. Local directories are listed
   * one by one, since Hadoop's recursive listing starts a process for each local file.
   */
  public static List<FileStatus> filesBelow(FileSystem fileSystem, Path path) throws IOException {
    List<FileStatus> files = new ArrayList<>();
    if (fileSystem instanceof LocalFileSystem) {
      for (FileStatus entry : fileSystem.listStatus(path)) {
        if (entry.isDirectory()) {
          files.addAll(filesBelow(fileSystem, entry.getPath()));
        } else {
          files.add(entry);
        }
      }
    } else {
      RemoteIterator<LocatedFileStatus> all = fileSystem.listFiles(path, true);
      while (all.hasNext()) {
        files.add(all.next());
      }
    }
    return files;
  }

  /**
   * The answers to a request for each file, in the order of the files; several are under way at a
   * time. Throws the exception of the first file whose request fails.
   */
  public static <T> List<T> ofEach(List<Path> files, Function<Path, T> request) {
    ExecutorService threads =
        Executors.newFixedThreadPool(REQUESTS, new DaemonThreads("source-files"));
    try {
      List<Future<T>> answers = new ArrayList<>();
      files.forEach(file -> answers.add(threads.submit(() -> request.apply(file))));
      return answers.stream().map(Outcome::of).toList();
    } finally {
      threads.shutdownNow();
    }
  }

  /** The path of a URL as written by Spark, with a space as %20. */
  static Path decoded(String url) {
    return new Path(URI.create(url));
  }

  /** A path as a user writes it: without the scheme if it is local. */
  static String shown(Path file) {
    return "file".equals(file.toUri().getScheme()) ? file.toUri().getPath() : file.toString();
  }

  /**
   * Checks that Spark reads every file below the paths. Spark ignores files next to partition
   * directories ({@code d=1/}), and all deeper levels of other directories.
   *
   * @throws UserError naming files that would be left out
   */
  static void requireAllRead(Configuration hadoop, SourceConfig config, List<String> paths) {
    if (!FORMATS.contains(config.form().format().toLowerCase(Locale.ROOT)) || selects(config)) {
      return;
    }
    List<Found> files = new ArrayList<>();
    for (String path : paths) {
      files.addAll(below(hadoop, config, path));
    }
    int partitions = files.stream().mapToInt(Found::partitions).max().orElse(0);
    List<Found> unread =
        files.stream()
            .filter(f -> partitions == 0 ? f.depth() > 0 : f.partitions() < partitions)
            .toList();
    if (!unread.isEmpty()) {
      throw unread(paths, unread, files.size());
    }
  }

  private static UserError unread(List<String> paths, List<Found> unread, int files) {
    String names =
        unread.stream().limit(SHOWN).map(f -> shown(f.path())).collect(Collectors.joining(", "));
    String more = unread.size() > SHOWN ? " and " + (unread.size() - SHOWN) + " more" : "";
    return new UserError(
        String.join(", ", paths)
            + ": Spark would leave out "
            + unread.size()
            + " of "
            + files
            + (files == 1 ? " file: " : " files: ")
            + names
            + more
            + "; put all files at one depth, beside each other or all in directories NAME=VALUE,"
            + " name the files to read, or set source.options.recursiveFileLookup = true");
  }

  /**
   * A file below one of the paths.
   *
   * @param depth number of directories between the path and the file
   * @param partitions number of them named NAME=VALUE
   */
  private record Found(Path path, int depth, int partitions) {}

  /** True if options select files by age, or read directories recursively. */
  private static boolean selects(SourceConfig config) {
    Set<String> options = new HashSet<>();
    for (Map.Entry<String, String> option : config.form().options().entrySet()) {
      options.add(option.getKey().toLowerCase(Locale.ROOT));
    }
    return options.contains("modifiedbefore")
        || options.contains("modifiedafter")
        || options.contains("recursivefilelookup");
  }

  private static List<Found> below(Configuration hadoop, SourceConfig config, String path) {
    Path given = path(path);
    List<Found> files = new ArrayList<>();
    try {
      FileSystem fileSystem = given.getFileSystem(hadoop);
      FileStatus[] roots = fileSystem.globStatus(given);
      GlobFilter name = nameFilter(config);
      for (FileStatus root : roots == null ? new FileStatus[0] : roots) {
        for (FileStatus file : filesBelow(fileSystem, root.getPath())) {
          if (file.getLen() > 0 && (name == null || name.accept(file.getPath()))) {
            found(root.getPath(), file.getPath()).ifPresent(files::add);
          }
        }
      }
    } catch (IOException e) {
      throw SourceFailure.of(e, path);
    }
    return files;
  }

  private static Path path(String path) {
    try {
      return new Path(path);
    } catch (IllegalArgumentException e) {
      throw new UserError(
          "source.path: \""
              + path
              + "\" is not a path: "
              + SourceFailure.firstLine(e).replace("java.net.URISyntaxException: ", ""));
    }
  }

  private static GlobFilter nameFilter(SourceConfig config) {
    for (Map.Entry<String, String> option : config.form().options().entrySet()) {
      if (option.getKey().equalsIgnoreCase("pathGlobFilter")) {
        try {
          return new GlobFilter(option.getValue());
        } catch (IOException e) {
          throw new UserError(
              "source.options.pathGlobFilter: not a pattern of file names: " + e.getMessage());
        }
      }
    }
    return null;
  }

  private static Optional<Found> found(Path root, Path file) {
    if (isHidden(root, file)) {
      return Optional.empty();
    }
    int depth = 0;
    int partitions = 0;
    for (Path p = file; p != null && !p.equals(root); p = p.getParent()) {
      depth += p.equals(file) ? 0 : 1;
      partitions += !p.equals(file) && p.getName().contains("=") ? 1 : 0;
    }
    return Optional.of(new Found(file, depth, partitions));
  }

  /**
   * True if Spark treats a file as hidden: a name in its path below the root begins with a dot or,
   * if it contains no "=", with an underscore, or ends with "._COPYING_".
   */
  public static boolean isHidden(Path root, Path file) {
    for (Path p = file; p != null && !p.equals(root); p = p.getParent()) {
      String name = p.getName();
      if (name.startsWith(".")
          || (name.startsWith("_") && !name.contains("="))
          || name.endsWith("._COPYING_")) {
        return true;
      }
    }
    return false;
  }
}
