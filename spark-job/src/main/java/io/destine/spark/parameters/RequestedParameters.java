package io.destine.spark.parameters;

import io.destine.feature.EncodedBatch;
import io.destine.param.ParameterLayout;
import io.destine.param.Parameters;
import io.destine.spark.internals.Address;
import io.destine.train.DistinctIds;
import java.util.List;

/**
 * One version of the parameters of a run on a cluster, for scoring: a JVM requests each table row
 * that its rows use from its owner only once, and keeps it for later rows.
 *
 * @param run identity of the run
 * @param driver holds the dense tensors and statistics
 * @param map owners of the table rows
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
