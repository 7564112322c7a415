package io.destine.spark.parameters;

import io.destine.feature.EncodedBatch;
import io.destine.param.ParameterLayout;
import io.destine.param.Parameters;
import io.destine.spark.internals.Address;
import io.destine.train.DistinctIds;
import io.destine.train.GradientSum;
import java.util.List;

/**
 * The parameters of a step on a cluster: each task requests the table rows that its rows use from
 * their owners, and sends the gradients back to them.
 *
 * @param run identity of the run
 * @param driver holds the dense tensors and statistics
 * @param map owners of the table rows
 * @param step number of the step for the driver and the owners
 * @param version of the parameters
 */
record RequestedStep(String run, Address driver, OwnerMap map, long step, long version)
    implements StepParameters {
  private static final long serialVersionUID = 1;

  @Override
  public View of(List<EncodedBatch> rows, ParameterLayout layout) {
    DistinctIds distinct = DistinctIds.of(rows.stream().map(map::placed).toList());
    Worker worker = Worker.of(run);
    Parameters own = worker.borrowRows(layout, distinct.ids().length);
    RowRequests requests = new RowRequests(worker.client(), driver, map, step, version);
    RowRequests.Fetched fetched = requests.fetch(true, distinct.ids(), own);
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

  @Override
  public Sent send(int slot, GradientSum sum, View view) {
    // Pieces let a task use the ports of several owners; one owner gets one message.
    int[] places = view.ids();
    int most =
        map.owners() == 1
            ? Math.max(1, places.length)
            : RowRequests.pieceRows(view.parameters(), map.owners());
    long bytes = new SumMessages(map, step, slot, sum, places, most).send(Worker.of(run));
    return bytes < 0 ? null : new Sent(sum, bytes);
  }
}
