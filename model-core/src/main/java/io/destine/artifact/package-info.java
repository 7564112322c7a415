/**
 * The format of a model directory: manifest, safetensors, checksums. Files are streams of a {@link
 * io.destine.artifact.ModelDirectory}; on a local disk vocabulary and side tables are
 * memory-mapped.
 *
 * <pre>
 *   manifest.json                     the model's description; length and SHA-256 of other files
 *   manifest.sha256                   SHA-256 of manifest.json, as sha256sum writes it
 *   model.safetensors.index.json      the file of each tensor, and the shards of tables
 *   dense.safetensors                 dense tensors and running statistics
 *   embedding.safetensors             embedding.weight [V, d]
 *   wide.safetensors                  wide.weight [V, 1], when the model has it
 *   optimizer.safetensors[.index.json], optimizer.NAME.safetensors    state for continuing training
 *   verification.json                 rows and their probabilities, which a scorer checks
 *   vocabulary/..., report.*          written by other classes before the manifest
 * </pre>
 *
 * A table larger than the size limit of a file is split by rows:
 * embedding-00001-of-00003.safetensors holds a tensor named embedding.weight.00001-of-00003, and so
 * on. Concatenating the tensors in the order of their names gives the table.
 */
package io.destine.artifact;
