package io.destine.kernel.nd4j;

import io.destine.config.ModelConfig;
import io.destine.config.Precision;
import io.destine.feature.FieldLayout;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The networks of one kernel by their number of rows, over the same memory: one is valid until
 * another runs. The least recently used one is forgotten when there are too many.
 */
final class Networks {
  private static final int MOST = 32;

  private final ModelConfig config;
  private final FieldLayout fields;
  private final DenseStore store;
  private final RunningStatistics running;
  private final Scratch scratch;
  private final HostArray host;
  private final HostArray vector;
  private final Map<Integer, Network> byRows = new LinkedHashMap<>(MOST, 0.75f, true);

  Networks(
      ModelConfig config,
      FieldLayout fields,
      DenseStore store,
      RunningStatistics running,
      Precision precision) {
    this.config = config;
    this.fields = fields;
    this.store = store;
    this.running = running;
    scratch = new Scratch(HostArray.type(precision));
    host = HostArray.of(precision);
    vector = HostArray.of(precision);
  }

  /** The network over that many rows. */
  Network of(int rows) {
    Network network = byRows.get(rows);
    if (network == null) {
      network = create(rows);
      byRows.put(rows, network);
      if (byRows.size() > MOST) {
        byRows.remove(byRows.keySet().iterator().next());
      }
    }
    return network;
  }

  private Network create(int rows) {
    int replacements = scratch.replacements();
    scratch.restart();
    Network network = new Network(config, fields, store, running, rows, scratch, host, vector);
    if (scratch.replacements() > replacements) {
      byRows.clear();
    }
    return network;
  }
}
