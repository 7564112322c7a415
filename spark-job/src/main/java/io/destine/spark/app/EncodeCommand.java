package io.destine.spark.app;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.destine.spark.conf.JobConfig;
import io.destine.spark.encode.ColumnChoice;
import io.destine.spark.encode.DataSetEncoder;
import io.destine.spark.encode.DataSetManifest;
import io.destine.spark.encode.EncodedDataSet;
import io.destine.spark.encode.Split;
import io.destine.spark.store.OutputLock;
import io.destine.spark.train.Outputs;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** encode: encodes the source table into a data set. */
@Command(
    name = "encode",
    mixinStandardHelpOptions = true,
    description = {
      "Reads the source, splits it, fits the vocabulary on the training rows and writes the encoded"
          + " data set.",
      "train does this by itself if the data set is missing or does not match the"
          + " configuration."
    })
final class EncodeCommand implements Callable<Integer> {
  @Mixin private ConfigOptions options;

  @Override
  public Integer call() {
    JobConfig config = options.read();
    long start = System.nanoTime();
    CommandLog log = new CommandLog();
    try (Session session = Session.open("encode", config.output().data())) {
      session.use(config);
      Outputs.checkEncoding(session.context().sc(), config);
      OutputLock lock = Outputs.lock(session.spark(), config, config.output().data(), log);
      EncodedDataSet data =
          new DataSetEncoder(lock::acquire).encode(session.spark(), config, config.output().data());
      DataSetManifest manifest = data.manifest();
      manifest.columns().forEach(column -> log.accept(column.line()));
      manifest.found().lines().forEach(log);
      manifest.tables().forEach(log::accept);
      log.warn(manifest.warnings());
      ObjectNode json = JsonNodeFactory.instance.objectNode();
      json.put("data", config.output().data());
      for (Split split : Split.values()) {
        json.put(split.key() + "_rows", manifest.rows(split));
      }
      manifest.snapshot().ifPresent(snapshot -> json.put("snapshot", snapshot.id()));
      json.put("quarantined", manifest.quarantined());
      json.put("vocabulary", manifest.vocabularySize());
      ColumnChoice.putInto(json, manifest.columns());
      manifest.found().putInto(json);
      json.put("fingerprint", manifest.fingerprint());
      log.putInto(json);
      json.put("seconds", Console.secondsSince(start));
      Console.result(json);
    }
    return 0;
  }
}
