package io.destine.spark.parameters;

import io.destine.artifact.FileDigest;
import io.destine.artifact.ModelReader;
import io.destine.artifact.ModelWriter;
import io.destine.artifact.TableFile;
import io.destine.config.Precision;
import io.destine.param.ModelValues;
import io.destine.param.ParameterLayout;
import io.destine.param.Parameters;
import io.destine.param.TableView;
import io.destine.spark.conf.UserError;
import io.destine.spark.store.HadoopModelDirectory;
import io.destine.spark.store.TaskDirectory;
import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;

/**
 * The tables owned by executors, while they are open between two steps: parallel tasks write them
 * to the files of a model, read them back and change rows. No table row passes through the driver.
 */
public final class OwnedTables implements AutoCloseable {
  private final JavaSparkContext context;
  private final Reach reach;
  private final Broadcast<Reach> sent;

  /** The data with which tasks access the tables. */
  private record Reach(
      String run, OwnerMap map, ParameterLayout layout, SerializableConfiguration hadoop)
      implements Serializable {
    private static final long serialVersionUID = 1;

    OwnedTable table(String name, int width) {
      return new OwnedTable(Worker.of(run).client(), map, name, width);
    }

    TaskDirectory directory(String location) {
      return TaskDirectory.of(hadoop.value(), location);
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

  /** Views of the parameter tables by name, which request rows from the owners. */
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
    TaskDirectory.of(context.hadoopConfiguration(), location).removeUnfinished();
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
    TaskDirectory directory = reach.directory(location);
    TreeMap<String, FileDigest> written =
        new TreeMap<>(new ModelWriter(directory).writeTables(values, group));
    written.keySet().forEach(directory::finish);
    return written;
  }

  /**
   * Checks that the driver can read a written file: a local path may be on the disk of another
   * machine.
   */
  private static void requireHere(HadoopModelDirectory directory, String name, FileDigest digest) {
    if (directory.length(name) != digest.length()) {
      throw new UserError(
          "the driver cannot see "
              + name
              + ", which an executor wrote to "
              + directory.location()
              + ": use storage shared by the driver and all executors, or set compute.owners ="
              + " driver");
    }
  }

  /** Reads the selected table files of a model into the owners' tables. */
  public void read(ModelReader model, Predicate<TableFile> some) {
    String location = model.location();
    List<TableFile> files = model.tableFiles().stream().filter(some).toList();
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

  /** Sequential access to the rows of a table, as float[n * width]. */
  public interface Rows {
    /** Reads {@code n} rows. */
    float[] read(int first, int n);

    /** Writes rows. */
    void write(int first, float[] numbers);
  }

  /** An operation of a task on the rows of a table. It may be executed more than once. */
  @FunctionalInterface
  public interface Change<T> extends Serializable {
    /** Changes some rows and returns how many of them to count. */
    long apply(T part, Rows rows);
  }

  /**
   * Changes a table. A table that is not part of the optimiser's state is kept by the owners as
   * long as the tables are open.
   *
   * @param parts the inputs of {@code change}
   * @return the total of the counted rows
   */
  public <T> long change(String table, int width, JavaRDD<T> parts, Change<T> change) {
    Broadcast<Reach> there = sent;
    return parts.map(part -> change(there.value(), table, width, part, change)).fold(0L, Long::sum);
  }

  private static <T> long change(Reach reach, String table, int width, T part, Change<T> change) {
    OwnedTable from = reach.table(table, width);
    OwnedTable to = reach.table(table, width);
    long counted =
        change.apply(
            part,
            new Rows() {
              @Override
              public float[] read(int first, int n) {
                return from.read(first, n);
              }

              @Override
              public void write(int first, float[] numbers) {
                to.write(first, numbers.length / width, numbers);
              }
            });
    to.flush();
    return counted;
  }

  /** Frees the broadcast through which tasks reach the tables. */
  @Override
  public void close() {
    if (!context.sc().isStopped()) {
      sent.destroy();
    }
  }
}
