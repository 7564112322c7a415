package io.destine.spark.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.destine.spark.ModelDigests;
import io.destine.spark.SharedSpark;
import io.destine.spark.store.ObjectStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Saving on a disk and in an object store, and what may be overwritten. */
class ModelSavingTest {
  private static final String DISK = "file:";
  private static final String STORE = ObjectStore.SCHEME + ":";

  @TempDir static Path directory;
  private static DestineModel model;
  private static DestineModel other;

  @BeforeAll
  static void fit() throws IOException {
    SparkSession spark = SharedSpark.session();
    spark
        .sparkContext()
        .hadoopConfiguration()
        .setClass("fs.store.impl", ObjectStore.class, ObjectStore.class);
    Dataset<Row> clicks =
        spark.read().option("header", true).csv(ClickTable.write(directory).toString()).cache();
    String fits = directory.resolve("fits").toString();
    model = ClickTable.classifier().setWorkingDirectory(fits).setEpochs(1).fit(clicks);
    other = ClickTable.classifier().setWorkingDirectory(fits).setEpochs(2).fit(clicks);
  }

  private static Map<String, String> tensors(Path path) throws IOException {
    return ModelDigests.of(path, name -> name.endsWith(".safetensors"));
  }

  private static Map<String, String> tensors(DestineModel of) throws IOException {
    return tensors(Path.of(of.directory().replace("file:", "")));
  }

  /** The directory of its own in which a test saves. */
  private static Path place(String scheme, String name) throws IOException {
    return Files.createDirectories(directory.resolve(name + scheme.replace(":", ""))).toRealPath();
  }

  private static void assertAlone(Path saved) throws IOException {
    try (Stream<Path> siblings = Files.list(saved.getParent())) {
      assertThat(siblings).containsExactly(saved);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {DISK, STORE})
  void aSavedModelIsReplacedByAnother(String scheme) throws IOException {
    Path saved = place(scheme, "replaced").resolve("model");
    model.save(scheme + saved);
    assertThat(tensors(saved)).isEqualTo(tensors(model)).isNotEmpty();
    assertThat(DestineModel.load(scheme + saved).uid()).isEqualTo(model.uid());
    assertThatThrownBy(() -> other.save(scheme + saved)).hasMessageContaining("already exists");
    other.write().overwrite().save(scheme + saved);
    assertThat(tensors(saved)).isEqualTo(tensors(other)).isNotEqualTo(tensors(model));
    assertThat(DestineModel.load(scheme + saved).uid()).isEqualTo(other.uid());
    assertAlone(saved);
  }

  /** As Spark Connect does with models that are not in use. */
  @Test
  void aModelMayWaitOnADiskThatIsNotTheDefaultFileSystem() throws IOException {
    Configuration hadoop = SharedSpark.context().hadoopConfiguration();
    Path waiting = place(DISK, "waiting models").resolve("model 1");
    hadoop.set("fs.defaultFS", "hdfs://nowhere.invalid:8020");
    DestineModel back;
    try {
      ((StageWriter) model.write()).saveToLocal(waiting.toString());
      Files.writeString(waiting.resolve("__model_class_name__"), DestineModel.class.getName());
      back = ((ParamsReader<DestineModel>) DestineModel.read()).loadFromLocal(waiting.toString());
    } finally {
      hadoop.unset("fs.defaultFS");
    }
    assertThat(back.uid()).isEqualTo(model.uid());
    assertThat(tensors(waiting)).isEqualTo(tensors(model));
    assertThat(tensors(back)).isEqualTo(tensors(model));
    assertThat(back.directory()).isNotEqualTo("file:" + waiting);
    Path saved = place(DISK, "waited").resolve("model");
    for (int n = 0; n < 2; n++) {
      back.write().overwrite().save(saved.toString());
    }
    assertThat(tensors(saved)).isEqualTo(tensors(model));
  }

  @Test
  void aTemporaryDirectoryMayHaveBlanks() {
    String before = System.setProperty("java.io.tmpdir", "/tmp/a b ü");
    try {
      assertThat(ModelFiles.defaultDirectory(SharedSpark.session())).isEqualTo("file:/tmp/a b ü");
    } finally {
      System.setProperty("java.io.tmpdir", before);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {DISK, STORE})
  void aLoadedModelIsSavedOverItself(String scheme) throws IOException {
    Path saved = place(scheme, "itself").resolve("model");
    model.save(scheme + saved);
    DestineModel loaded = DestineModel.load(scheme + saved);
    loaded.setThreshold(0.75).write().overwrite().save(scheme + saved);
    assertThat(tensors(saved)).isEqualTo(tensors(model));
    DestineModel again = DestineModel.load(scheme + saved);
    assertThat(again.getThreshold()).isEqualTo(0.75);
    assertThat(again.numFeatures()).isEqualTo(4);
    assertAlone(saved);
  }

  /** Spark's own writer of a stage deletes whatever is there. */
  @ParameterizedTest
  @ValueSource(strings = {DISK, STORE})
  void otherFilesAreNeverOverwritten(String scheme) throws IOException {
    Path notes = Files.writeString(place(scheme, "texts").resolve("notes.txt"), "mine");
    String texts = scheme + notes.getParent();
    assertThatThrownBy(() -> model.write().overwrite().save(texts))
        .hasMessageContaining("holds other files; only a model can be overwritten");
    assertThatThrownBy(() -> ClickTable.classifier().write().overwrite().save(texts))
        .hasMessageContaining(
            "holds other files; only a saved DestineClassifier can be overwritten");
    assertThat(notes).hasContent("mine");
    assertThatThrownBy(() -> ClickTable.classifier().write().overwrite().save(scheme + notes))
        .hasMessageContaining("holds a file; only a saved DestineClassifier can be overwritten");
    assertThat(notes).hasContent("mine");
    assertAlone(notes);
  }

  @Test
  void aSavedEstimatorIsReplacedByAnotherAndAModelIsNot() throws IOException {
    Path saved = place(DISK, "estimator").resolve("stage");
    ClickTable.classifier().save(saved.toString());
    assertThatThrownBy(() -> ClickTable.classifier().save(saved.toString()))
        .hasMessageContaining("already exists");
    ClickTable.classifier().setEpochs(7).write().overwrite().save(saved.toString());
    assertThat(DestineClassifier.load(saved.toString()).getEpochs()).isEqualTo(7);
    Path kept = saved.resolveSibling("model");
    model.save(kept.toString());
    assertThatThrownBy(() -> ClickTable.classifier().write().overwrite().save(kept.toString()))
        .hasMessageContaining("holds a model; only a saved DestineClassifier can be overwritten");
    assertThat(tensors(kept)).isEqualTo(tensors(model));
  }
}
