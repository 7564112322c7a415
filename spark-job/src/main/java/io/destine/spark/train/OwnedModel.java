package io.destine.spark.train;

import io.destine.artifact.Manifest;
import io.destine.artifact.ModelReader;
import io.destine.artifact.ModelWriter;
import io.destine.config.Precision;
import io.destine.config.TrainConfig;
import io.destine.model.Destine;
import io.destine.optim.Optimizer;
import io.destine.optim.Optimizers;
import io.destine.optim.ParameterAverage;
import io.destine.optim.StatefulOptimizer;
import io.destine.param.ModelValues;
import io.destine.param.NamedState;
import io.destine.param.ParameterTable;
import io.destine.param.Parameters;
import io.destine.spark.parameters.OwnedTables;
import io.destine.spark.parameters.TableOwners;
import io.destine.spark.store.HadoopModelDirectory;
import java.util.HashSet;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * A model whose tables executors own. Checkpoints are written between two steps by parallel tasks,
 * while the training waits.
 */
final class OwnedModel implements TrainedModel {
  private final SynchronousTrainer trainer;
  private final Parameters parameters;
  private final Destine network;
  private final TrainConfig config;
  private final int rows;
  private final RowBlocks places;
  private final Beginning beginning;

  /** Optimiser of the dense tensors; its tables have no rows. */
  private StatefulOptimizer dense;

  private Optimizer optimizer;

  /**
   * A model before {@link #begin}.
   *
   * @param parameters of the trainer, without table rows
   * @param rows V
   * @param places the training rows; their executors own the tables
   */
  OwnedModel(
      SynchronousTrainer trainer,
      Parameters parameters,
      Destine network,
      int rows,
      RowBlocks places,
      Beginning beginning) {
    this.trainer = trainer;
    this.parameters = parameters;
    this.network = network;
    this.rows = rows;
    this.places = places;
    this.beginning = beginning;
    config = beginning.train();
  }

  @Override
  public Parameters parameters() {
    return parameters;
  }

  @Override
  public Optimizer optimizer() {
    return optimizer;
  }

  @Override
  public void begin() {
    beginToRestore();
    beginning.putInto(this);
  }

  @Override
  public void beginToRestore() {
    parameters.set(network.initialParameters(0, config.seed()));
    dense = Optimizers.create(config.optimizer(), parameters);
    optimizer = trainer.own(places, rows, dense);
  }

  private TableOwners owners() {
    return trainer.owners();
  }

  /** Widths of the tables of an optimiser state, by name. */
  private static SortedMap<String, Integer> widths(NamedState state) {
    SortedMap<String, Integer> widths = new TreeMap<>();
    state.tables().forEach((name, table) -> widths.put(name, table.width()));
    return widths;
  }

  private void write(
      HadoopModelDirectory directory,
      Manifest.Builder description,
      OwnedTables tables,
      NamedState state) {
    SortedMap<String, Integer> widths = widths(state);
    ModelValues values =
        ModelValues.of(
            parameters,
            tables.parameters(),
            new ModelValues.State(tables.state(widths), state.arrays(), state.counters()));
    new ModelWriter(directory)
        .write(description, values, groups -> tables.write(directory, widths, groups));
  }

  @Override
  public Kept keep() {
    return new Kept() {
      @Override
      public void write(HadoopModelDirectory directory, Manifest.Builder description) {
        OwnedModel.this.write(directory, description, owners().open(), dense.state());
      }

      @Override
      public boolean isCopy() {
        return false;
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public void restore(ModelReader checkpoint) {
    restore(checkpoint, tables -> {}, 0, 1);
  }

  /**
   * The same for a model whose unseen table rows decay.
   *
   * @param change writes the days to the tables after they have been read
   * @param last the last day, as in {@link LastSeen}, on which a row that decays was seen
   * @param decay multiplier of these rows; 1 for none
   */
  void restore(ModelReader model, Consumer<OwnedTables> change, long last, double decay) {
    ModelReader withoutRows = model.withoutRows();
    Parameters saved = withoutRows.parameters();
    NamedState state = HeldModel.state(withoutRows);
    OwnedTables tables = owners().open();
    parameters.set(saved);
    // First: it rejects the state of another optimiser.
    dense.restore(state);
    Set<String> foreign = new HashSet<>(state.tables().keySet());
    foreign.removeAll(dense.state().tables().keySet());
    foreign.remove(LastSeen.NAME);
    try {
      tables.read(model, file -> !foreign.contains(file.table()));
    } catch (Exception e) {
      // Spark also throws checked exceptions. If no owner is lost, a damaged file is the cause.
      if (owners().lost(true).isEmpty()) {
        model.verify();
      }
      throw e;
    }
    change.accept(tables);
    long averageStart = state.counters().getOrDefault(ParameterAverage.START, -1L);
    owners().restore(dense.steps(), averageStart, last, decay);
  }

  @Override
  public void useAverage() {
    owners().useAverage();
    ParameterAverage.set(parameters, dense.state());
  }

  @Override
  public void write(HadoopModelDirectory directory, Manifest.Builder description) {
    NamedState state = ParameterAverage.without(dense.state());
    OwnedTables tables = owners().open();
    if (beginning.writeDays(tables)) {
      state = LastSeen.add(state, ParameterTable.zeros(Precision.FLOAT32, 0, 1));
    }
    write(directory, description, tables, state);
  }
}
