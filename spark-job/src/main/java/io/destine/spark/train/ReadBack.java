package io.destine.spark.train;

import io.destine.artifact.ModelFormatException;
import io.destine.artifact.ModelReader;
import io.destine.feature.FeatureEncoder;
import io.destine.spark.encode.StoredVocabulary;
import io.destine.spark.store.HadoopModelDirectory;
import java.util.function.Function;
import org.apache.hadoop.conf.Configuration;

/**
 * A model that has been written is loaded from where it lies before it goes live. Its manifest
 * takes digests of what is there, damaged or not: a vocabulary that has been copied is held against
 * the one that it was copied from, and its rows to verify are computed once more.
 */
public final class ReadBack {
  private ReadBack() {}

  /**
   * Writes the rows to verify a model with, of the vocabulary that its own is a copy of.
   *
   * @param from the vocabulary that was copied, sound
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
   * Checks that a model reads back as it was meant.
   *
   * @param vocabularySha256 of the vocabulary that was copied
   * @param rows as {@link #write} has returned them
   * @throws IllegalArgumentException when a file of the vocabulary is damaged, naming it
   * @throws ModelFormatException when the rows come out otherwise
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
          model.location() + ": must read back with the probabilities of its training");
    }
  }
}
