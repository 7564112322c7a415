package io.destine.spark.parameters;

import io.destine.feature.EncodedBatch;
import io.destine.param.ParameterLayout;
import io.destine.param.Parameters;
import io.destine.spark.internals.Address;
import io.destine.train.DistinctIds;
import java.util.List;

/**
 * One version of the parameters of a run on a cluster, to score rows with: a JVM asks their owners
 * once for each row of the tables that its rows of data use, and keeps it for the others.
 *
 * @param run whose parameters
 * @param driver that has all that is in no table
 * @param map says who has which rows
 * @param version of the parameters
 * @param layout of the parameters
 */
record RequestedParameters(
    String run, Address driver, OwnerMap map, long version, ParameterLayout layout)
    implements ParameterSource {
  private static final long serialVersionUID = 1;

  @Override
  public View of(EncodedBatch rows) {
    DistinctIds distinct = DistinctIds.of(List.of(map.placed(rows)));
    Worker worker = Worker.of(run);
    Parameters own = worker.borrowRows(layout, distinct.ids().length);
    RowRequests requests =
        new RowRequests(worker.client(), driver, map, RowService.NO_STEP, version);
    worker
        .known()
        .copy(
            version,
            distinct.ids(),
            own,
            (dense, places, into) -> requests.fetch(dense, places, into) != null);
    return new View(own, distinct.batches().get(0), () -> worker.giveBackRows(own));
  }
}
