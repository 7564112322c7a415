package io.destine.spark.nightly;

import io.destine.artifact.Lineage;
import io.destine.spark.parameters.ModelBase;
import io.destine.spark.store.CurrentModel;
import io.destine.spark.store.PublishedModel;
import java.time.LocalDate;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/** The models that the live one has gone on from, night by night. */
final class Ancestry {
  private final Configuration hadoop;
  private final NightlyPaths paths;

  Ancestry(Configuration hadoop, NightlyPaths paths) {
    this.hadoop = hadoop;
    this.paths = paths;
  }

  /**
   * Directory of the newest model that has not seen a day, of the live one and those it descends
   * from: its ids are the first of the live model's. Empty when none is kept.
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
