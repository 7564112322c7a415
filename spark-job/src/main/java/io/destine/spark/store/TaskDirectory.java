package io.destine.spark.store;

import java.io.IOException;
import java.io.OutputStream;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.TaskContext;

/**
 * A directory into which the tasks of a Spark job write files. Several attempts of a task may run
 * at once: speculative execution starts another one, and a lost executor may still run. All write
 * the same bytes, each to a hidden file of its own, which gets the final name once it is complete.
 * On an object store every file appears complete, so it is written under its final name.
 */
public final class TaskDirectory extends HadoopModelDirectory {
  /** Names of hidden files, which remain if an executor is killed. */
  static final Pattern UNFINISHED = Pattern.compile("\\.[^/]+\\.(safetensors|blocks)-\\d+");

  private final FileSystem fileSystem;
  private final boolean inPlace;

  private TaskDirectory(FileSystem fileSystem, Path root) {
    super(fileSystem, root);
    this.fileSystem = fileSystem;
    inPlace = Storage.writesInPlace(fileSystem);
  }

  /** The directory at the given path, which need not exist yet. */
  public static TaskDirectory of(Configuration hadoop, String directory) {
    Path root = new Path(directory);
    return new TaskDirectory(Storage.of(hadoop, root), root);
  }

  /** The hidden name of a file in the current attempt of a task. */
  private static String unfinished(String name) {
    TaskContext task = TaskContext.get();
    return "." + name + "-" + (task == null ? 0 : task.taskAttemptId());
  }

  /** Creates a file without directories in its name, for {@link #finish}. */
  @Override
  public OutputStream create(String name) {
    return super.create(inPlace ? name : unfinished(name));
  }

  /** Gives a completely written file its name, unless another attempt has done so. */
  public void finish(String name) {
    if (inPlace) {
      return;
    }
    Path from = new Path(root(), unfinished(name));
    Path to = new Path(root(), name);
    try {
      if (!rename(from, to)) {
        fileSystem.delete(from, false);
        if (!fileSystem.exists(to)) {
          throw new IOException("the file system refused");
        }
      }
    } catch (IOException e) {
      throw Storage.failure("rename " + from + " to", to, e);
    }
  }

  /** Some file systems throw an exception where others return false. */
  private boolean rename(Path from, Path to) throws IOException {
    try {
      return fileSystem.rename(from, to);
    } catch (FileAlreadyExistsException e) {
      return false;
    }
  }

  /** Removes the files of killed attempts once all tasks have succeeded. */
  public void removeUnfinished() {
    for (FileStatus file : Storage.list(fileSystem, root())) {
      if (UNFINISHED.matcher(file.getPath().getName()).matches()) {
        Storage.deleteLeftover(fileSystem, file.getPath());
      }
    }
  }
}
