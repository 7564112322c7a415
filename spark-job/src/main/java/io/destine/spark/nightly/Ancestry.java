package io.destine.spark.nightly;

import io.destine.artifact.Lineage;
import io.destine.spark.parameters.ModelBase;
import io.destine.spark.store.CurrentModel;
import io.destine.spark.store.PublishedModel;
import java.time.LocalDate;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/** The chain of models from which the live one was continued, night by night. */
final class Ancestry {
  private final Configuration hadoop;
  private final NightlyPaths paths;

  Ancestry(Configuration hadoop, NightlyPaths paths) {
    this.hadoop = hadoop;
    this.paths = paths;
  }

  /**
   * The directory of the newest model that has not seen a day, among the live one and its
   * ancestors; its ids are the first ids of the live model. Empty if no such model is kept.
   */
  Optional<String> before(CurrentModel live, LocalDate day) {
    String name = live.name();
    LocalDate date = live.date();
    while (!date.isBefore(day)) {
      Optional<Lineage> lineage = lineage(name);
      if (lineage.isEmpty() || lineage.get().parent() == null) {
        return Optional.empty();
      }
      name = new Path(lineage.get().parent()).getName();
      Optional<LocalDate> parent = lineage(name).map(Lineage::date).map(LocalDate::parse);
      if (parent.isEmpty() || !parent.get().isBefore(date)) {
        return Optional.empty();
      }
      date = parent.get();
    }
    return Optional.of(paths.model(name));
  }

  private Optional<Lineage> lineage(String name) {
    PublishedModel model = ModelBase.open(hadoop, paths.model(name));
    return model.exists()
        ? Optional.ofNullable(model.read(reader -> reader.manifest().lineage()))
        : Optional.empty();
  }
}
