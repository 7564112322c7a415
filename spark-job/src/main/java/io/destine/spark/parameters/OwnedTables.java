package io.destine.spark.parameters;

import io.destine.artifact.FileDigest;
import io.destine.artifact.ModelReader;
import io.destine.artifact.ModelWriter;
import io.destine.artifact.TableFile;
import io.destine.config.Precision;
import io.destine.param.ModelValues;
import io.destine.param.ParameterLayout;
import io.destine.param.ParameterTable;
import io.destine.param.Parameters;
import io.destine.param.TableView;
import io.destine.spark.conf.UserError;
import io.destine.spark.store.HadoopModelDirectory;
import io.destine.spark.store.Storage;
import java.io.Serializable;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;

/**
 * The tables that executors own, while they are open between two steps: tasks write them to the
 * files of a model, read them from there and change rows, side by side, and none of their rows
 * passes through the driver.
 */
public final class OwnedTables implements AutoCloseable {
  /** Rows that a task changes. */
  private static final int ROWS_OF_A_TASK = 1 << 20;

  private final JavaSparkContext context;
  private final Reach reach;
  private final Broadcast<Reach> sent;

  /** How tasks reach the tables. */
  private record Reach(
      String run, OwnerMap map, ParameterLayout layout, SerializableConfiguration hadoop)
      implements Serializable {
    private static final long serialVersionUID = 1;

    OwnedTable table(String name, int width) {
      return new OwnedTable(Worker.of(run).client(), map, name, width);
    }

    HadoopModelDirectory directory(String location) {
      Path path = new Path(location);
      return new HadoopModelDirectory(Storage.of(hadoop.value(), path), path);
    }

    SortedMap<String, TableView> parameters() {
      SortedMap<String, TableView> tables = new TreeMap<>();
      tables.put(
          ParameterLayout.EMBEDDING, table(ParameterLayout.EMBEDDING, layout.embeddingDim()));
      if (layout.wide()) {
        tables.put(ParameterLayout.WIDE, table(ParameterLayout.WIDE, 1));
      }
      return tables;
    }

    SortedMap<String, TableView> state(SortedMap<String, Integer> widths) {
      SortedMap<String, TableView> tables = new TreeMap<>();
      widths.forEach((name, width) -> tables.put(name, table(name, width)));
      return tables;
    }
  }

  OwnedTables(JavaSparkContext context, String run, OwnerMap map, ParameterLayout layout) {
    this.context = context;
    reach =
        new Reach(
            run,
            map,
            layout.tables(),
            new SerializableConfiguration(context.hadoopConfiguration()));
    sent = context.broadcast(reach);
  }

  /** Views of the parameter tables by name, which ask for their rows. */
  public SortedMap<String, TableView> parameters() {
    return reach.parameters();
  }

  /** Views of tables of the optimiser's state, given their widths by name. */
  public SortedMap<String, TableView> state(SortedMap<String, Integer> widths) {
    return reach.state(widths);
  }

  /**
   * Writes the files of tables.
   *
   * @param directory of the model
   * @param widths of the tables of the optimiser's state by name
   * @param groups see {@link ModelWriter.TableFiles}
   */
  public Map<String, FileDigest> write(
      HadoopModelDirectory directory, SortedMap<String, Integer> widths, int groups) {
    String location = directory.location();
    SortedMap<String, Integer> ofState = new TreeMap<>(widths);
    Map<String, FileDigest> written = new TreeMap<>();
    Broadcast<Reach> there = sent;
    context
        .parallelize(IntStream.range(0, groups).boxed().toList(), groups)
        .map(group -> write(there.value(), location, ofState, group))
        .collect()
        .forEach(written::putAll);
    written.forEach((name, digest) -> requireHere(directory, name, digest));
    return written;
  }

  private static TreeMap<String, FileDigest> write(
      Reach reach, String location, SortedMap<String, Integer> widths, int group) {
    ModelValues.State state =
        new ModelValues.State(reach.state(widths), new TreeMap<>(), new TreeMap<>());
    ModelValues values =
        ModelValues.of(
            new Parameters(reach.layout(), Precision.FLOAT32, 0), reach.parameters(), state);
    return new TreeMap<>(new ModelWriter(reach.directory(location)).writeTables(values, group));
  }

  /** Local disks of other machines are not those of the driver. */
  private static void requireHere(HadoopModelDirectory directory, String name, FileDigest digest) {
    if (directory.length(name) != digest.length()) {
      throw new UserError(
          directory.location()
              + " must be on storage that the driver and all executors share, since executors that"
              + " own the tables write them there: "
              + name
              + " is not there; or set compute.owners = driver");
    }
  }

  /** Sets rows to those of a model. */
  public void read(ModelReader model) {
    String location = model.location();
    List<TableFile> files = model.tableFiles();
    Broadcast<Reach> there = sent;
    context
        .parallelize(files, Math.max(1, files.size()))
        .foreach(file -> read(there.value(), location, file));
  }

  private static void read(Reach reach, String location, TableFile file) {
    OwnedTable table = reach.table(file.table(), file.width());
    ModelReader.open(reach.directory(location)).readRows(file, table::write);
    table.flush();
  }

  /** Sets all rows of a table, which owners keep beside theirs as long as they are open. */
  public void write(String name, ParameterTable rows) {
    OwnedTable table = reach.table(name, rows.width());
    int most = TableMessages.rows(rows.width());
    ParameterTable some = ParameterTable.zeros(Precision.FLOAT32, 0, rows.width());
    for (int row = 0; row < rows.rows(); row += most) {
      int n = Math.min(most, rows.rows() - row);
      some.growTo(n);
      rows.copy(row, n, some, 0);
      table.write(row, n, some.array(0));
    }
    table.flush();
  }

  /** Multiplies the parameters of some ids, each rounded to a float. */
  public void multiply(BitSet ids, double factor) {
    int tasks = (int) (((long) reach.map().ids() + ROWS_OF_A_TASK - 1) / ROWS_OF_A_TASK);
    Broadcast<BitSet> which = context.broadcast(ids);
    Broadcast<Reach> there = sent;
    try {
      context
          .parallelize(IntStream.range(0, tasks).boxed().toList(), tasks)
          .foreach(task -> multiply(there.value(), task, which.value(), factor));
    } finally {
      which.destroy();
    }
  }

  private static void multiply(Reach reach, int task, BitSet ids, double factor) {
    int first = task * ROWS_OF_A_TASK;
    int end = (int) Math.min(reach.map().ids(), first + (long) ROWS_OF_A_TASK);
    multiply(
        reach, ParameterLayout.EMBEDDING, reach.layout().embeddingDim(), first, end, ids, factor);
    if (reach.layout().wide()) {
      multiply(reach, ParameterLayout.WIDE, 1, first, end, ids, factor);
    }
  }

  private static void multiply(
      Reach reach, String name, int width, int first, int end, BitSet ids, double factor) {
    OwnedTable from = reach.table(name, width);
    OwnedTable to = reach.table(name, width);
    int most = TableMessages.rows(width);
    ParameterTable some = ParameterTable.zeros(Precision.FLOAT32, most, width);
    double[] row = new double[width];
    for (int id = ids.nextSetBit(first); id >= 0 && id < end; id = ids.nextSetBit(id)) {
      // All rows up to the end of a message: one for each id would take longer.
      int n = Math.min(most, end - id);
      from.copy(id, n, some, 0);
      int begin = id;
      for (; id >= 0 && id < begin + n; id = ids.nextSetBit(id + 1)) {
        some.read(id - begin, row, 0);
        for (int i = 0; i < width; i++) {
          row[i] *= factor;
        }
        some.write(id - begin, row, 0);
      }
      to.write(begin, n, some.array(0));
      id = begin + n;
    }
    to.flush();
  }

  /** Frees what tasks have needed to reach the tables. */
  @Override
  public void close() {
    if (!context.sc().isStopped()) {
      sent.destroy();
    }
  }
}
