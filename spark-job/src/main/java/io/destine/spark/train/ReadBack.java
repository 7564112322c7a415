package io.destine.spark.train;

import io.destine.artifact.ModelFormatException;
import io.destine.artifact.ModelReader;
import io.destine.feature.FeatureEncoder;
import io.destine.spark.encode.StoredVocabulary;
import io.destine.spark.store.HadoopModelDirectory;
import java.util.function.Function;
import org.apache.hadoop.conf.Configuration;

/**
 * Reloads a written model from its directory before it goes live. The manifest's digests are taken
 * from the written files, damaged or not; so a copied vocabulary is compared with the original one,
 * and the verification rows are computed again.
 */
public final class ReadBack {
  private ReadBack() {}

  /**
   * Writes the verification rows of a model, computed with the original of its copied vocabulary.
   *
   * @param from the original vocabulary, known to be undamaged
   * @param verification computes the rows with the parameters of the model
   * @return the rows, for {@link #require}
   */
  public static String write(
      HadoopModelDirectory model,
      StoredVocabulary from,
      Function<FeatureEncoder, String> verification) {
    String rows = verification.apply(from.encoder());
    model.write(ModelReader.VERIFICATION, rows);
    return rows;
  }

  /**
   * Checks that a model reads back correctly.
   *
   * @param vocabularySha256 of the vocabulary that was copied
   * @param rows returned by {@link #write}
   * @throws IllegalArgumentException when a file of the vocabulary is damaged, naming it
   * @throws ModelFormatException if the rows differ
   */
  public static void require(
      Configuration hadoop,
      HadoopModelDirectory model,
      String vocabularySha256,
      String rows,
      Function<FeatureEncoder, String> verification) {
    FeatureEncoder written =
        StoredVocabulary.open(hadoop, model.root() + "/vocabulary").readBack(vocabularySha256);
    if (!verification.apply(written).equals(rows)
        || !model.read(ModelReader.VERIFICATION).equals(rows)) {
      throw new ModelFormatException(
          model.location()
              + ": the written model gives other probabilities than the model in memory, so it is"
              + " not published; check the storage and run the command again");
    }
  }
}
