package io.destine.spark.parameters;

import io.destine.feature.EncodedBatch;
import io.destine.param.ParameterLayout;
import io.destine.param.Parameters;
import io.destine.spark.channel.DriverAddress;
import io.destine.train.DistinctIds;
import java.util.List;

/**
 * The parameters of a step on a cluster: each task asks the driver for the rows that its rows of
 * data use.
 *
 * @param run whose parameters
 * @param driver that has them
 * @param step names the step to the driver
 * @param version of the parameters
 */
public record RequestedStep(String run, DriverAddress driver, long step, long version)
    implements StepParameters {
  private static final long serialVersionUID = 1;

  @Override
  public View of(List<EncodedBatch> rows, ParameterLayout layout) {
    DistinctIds distinct = DistinctIds.of(rows);
    Worker worker = Worker.of(run);
    Parameters own = worker.borrowRows(layout, distinct.ids().length);
    RowRequests.Fetched fetched =
        RowRequests.fetch(worker.driver(driver), step, version, true, distinct.ids(), own, 0);
    if (fetched == null) {
      worker.giveBackRows(own);
      return null;
    }
    return new View(
        own,
        distinct.batches(),
        distinct.ids(),
        fetched.nanos(),
        fetched.waited(),
        fetched.bytes(),
        () -> worker.giveBackRows(own));
  }
}
