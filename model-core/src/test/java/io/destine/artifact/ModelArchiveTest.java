package io.destine.artifact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.destine.config.Precision;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A model directory in one file. */
class ModelArchiveTest {
  private final MemoryModelDirectory directory = new MemoryModelDirectory();

  @BeforeEach
  void writeModel() {
    new SampleModel(Precision.FLOAT32, 200, 4).writeTo(directory, 1_000_000);
  }

  private byte[] archive() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ModelArchive.write(out, ModelReader.open(directory));
    return out.toByteArray();
  }

  private static boolean isOwn(byte[] file) throws IOException {
    return ModelArchive.isOwn(new ByteArrayInputStream(file));
  }

  @Test
  void itsFilesAreThoseOfTheDirectory() throws IOException {
    ModelArchive read = ModelArchive.read(new ByteArrayInputStream(archive()), "archive");
    assertThat(read.list()).contains(Manifest.FILE, Manifest.DIGEST_FILE, "dense.safetensors");
    assertThat(read.list()).noneMatch(name -> name.startsWith("optimizer."));
    for (String name : read.list()) {
      assertThat(read.open(name)).as(name).hasBinaryContent(directory.files.get(name));
    }
    assertThat(archive()).isEqualTo(archive());
  }

  /** A full disk is not reported as a damaged model. */
  @Test
  void aStreamThatFailsIsNotADamagedModel() {
    OutputStream full =
        new OutputStream() {
          private int left = 5000;

          @Override
          public void write(int b) throws IOException {
            if (left-- == 0) {
              throw new IOException("No space left on device");
            }
          }
        };
    ModelReader model = ModelReader.open(directory);
    assertThatThrownBy(() -> ModelArchive.write(full, model))
        .isInstanceOf(IOException.class)
        .hasMessage("No space left on device");
  }

  /** Other programs write entries of directories, too. */
  @Test
  void aRepackedArchiveIsTheSameModel() throws IOException {
    ModelArchive written = ModelArchive.read(new ByteArrayInputStream(archive()), "written");
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      zip.putNextEntry(new ZipEntry(Manifest.FILE));
      zip.write(directory.files.get(Manifest.FILE));
      zip.putNextEntry(new ZipEntry("vocabulary/"));
      for (String name : written.list()) {
        if (!name.equals(Manifest.FILE)) {
          zip.putNextEntry(new ZipEntry(name));
          zip.write(directory.files.get(name));
        }
      }
    }
    ModelArchive repacked =
        ModelArchive.read(new ByteArrayInputStream(out.toByteArray()), "repacked");
    assertThat(repacked.list()).isEqualTo(written.list());
    assertThat(ModelReader.open(repacked).manifestSha256())
        .isEqualTo(ModelReader.open(written).manifestSha256());
  }

  @Test
  void aNegativeLengthIsNotThatOfAFile() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      String manifest = new String(directory.files.get(Manifest.FILE), StandardCharsets.UTF_8);
      String file = "dense.safetensors";
      zip.putNextEntry(new ZipEntry(Manifest.FILE));
      zip.write(
          manifest
              .replaceAll("(\"" + file + "\"[^}]*\"length\" *: *)", "$1-")
              .getBytes(StandardCharsets.UTF_8));
      zip.putNextEntry(new ZipEntry(file));
      zip.write(directory.files.get(file));
    }
    InputStream in = new ByteArrayInputStream(out.toByteArray());
    assertThatThrownBy(() -> ModelArchive.read(in, "archive"))
        .isInstanceOf(ModelFormatException.class)
        .hasMessageMatching("archive/dense.safetensors: length must be -\\d+ bytes, got more");
  }

  @Test
  void onlyWhatItWroteIsItsOwn() throws IOException {
    assertThat(isOwn(archive())).isTrue();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      for (String name : List.of(Manifest.FILE, Manifest.DIGEST_FILE)) {
        zip.putNextEntry(new ZipEntry(name));
        zip.write(directory.files.get(name));
      }
    }
    assertThat(isOwn(out.toByteArray())).isFalse();
    assertThat(isOwn(directory.files.get("dense.safetensors"))).isFalse();
    for (int length : new int[] {0, 5, 40}) {
      assertThat(isOwn(new byte[length])).isFalse();
    }
    byte[] cut = Arrays.copyOf(archive(), 20);
    assertThat(isOwn(cut)).isFalse();
  }
}
