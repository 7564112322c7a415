package io.destine.artifact;

/**
 * The origin of a model.
 *
 * @param parentManifestSha256 digest of the manifest of the model it was warm-started from
 * @param parent directory of that model at the time of training, or null
 * @param date the day whose rows it was trained on, or null
 */
public record Lineage(String parentManifestSha256, String parent, String date) {}
