package io.destine.artifact;

/**
 * The origin of a model.
 *
 * @param parentManifestSha256 digest of the manifest of the model it was warm-started from; null
 *     for a model trained from initial values
 * @param parent directory of that model at the time of training, or null
 * @param date the date of the nightly run that trained it, the newest day of its rows, or null
 * @param vocabularyDate the date of the nightly run that created its vocabulary, the newest day of
 *     the rows from which the label rates are computed, or null
 */
public record Lineage(
    String parentManifestSha256, String parent, String date, String vocabularyDate) {}
