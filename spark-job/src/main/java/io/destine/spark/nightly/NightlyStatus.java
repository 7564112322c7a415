package io.destine.spark.nightly;

import io.destine.spark.conf.UserError;
import io.destine.spark.store.CurrentModel;
import io.destine.spark.store.LockHolder;
import io.destine.spark.store.Storage;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** What is live, what is under way and what has been; reads only. */
public final class NightlyStatus {
  private final Configuration hadoop;
  private final NightlyPaths paths;
  private final FileSystem fileSystem;

  /**
   * The status of the model whose runs are below a directory.
   *
   * @throws UserError when there is no such directory
   */
  public NightlyStatus(Configuration hadoop, String base) {
    this.hadoop = hadoop;
    paths = new NightlyPaths(base);
    Path directory = new Path(base);
    fileSystem = Storage.of(hadoop, directory);
    if (!Storage.exists(fileSystem, directory)) {
      throw new UserError("no model and no nightly run in " + base + ", which does not exist");
    }
  }

  /** The live model. */
  public Optional<CurrentModel> live() {
    return CurrentModel.read(hadoop, paths.base());
  }

  /** The run that made the live model, as far as its report is kept. */
  public Optional<RunRecord> liveRun() {
    return live().flatMap(live -> history().ofModel(live.name()));
  }

  /** What is different about the input of a run since it has read it. */
  public Optional<String> changedInput(RunRecord run) {
    return run.changedInput(hadoop);
  }

  /** Who holds the lock, in words. */
  public Optional<String> lock() {
    return LockHolder.of(fileSystem, paths.lock());
  }

  /** The newest runs, oldest first. */
  public List<RunRecord> last(int most) {
    List<RunRecord> all = history().all();
    return all.subList(Math.max(0, all.size() - most), all.size());
  }

  private RunHistory history() {
    return new RunHistory(fileSystem, paths);
  }
}
