package io.destine.spark.parameters;

import io.destine.feature.EncodedBatch;
import io.destine.param.ParameterLayout;
import io.destine.param.Parameters;
import io.destine.spark.channel.DriverAddress;
import io.destine.train.DistinctIds;
import java.util.List;

/**
 * One version of the parameters of a run on a cluster, to score rows with: a JVM asks the driver
 * once for each row of the tables that its rows of data use, and keeps it for the others.
 *
 * @param run whose parameters
 * @param driver that has them
 * @param version of the parameters
 * @param layout of the parameters
 */
record RequestedParameters(String run, DriverAddress driver, long version, ParameterLayout layout)
    implements ParameterSource {
  private static final long serialVersionUID = 1;

  @Override
  public View of(EncodedBatch rows) {
    DistinctIds distinct = DistinctIds.of(List.of(rows));
    Worker worker = Worker.of(run);
    Parameters own = worker.borrowRows(layout, distinct.ids().length);
    worker.known().copy(worker.driver(driver), version, distinct.ids(), own);
    return new View(own, distinct.batches().get(0), () -> worker.giveBackRows(own));
  }
}
