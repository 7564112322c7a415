/**
 * The format of a model directory: manifest, safetensors, checksums. Streams only; no file system.
 */
package io.destine.artifact;
