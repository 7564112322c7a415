package io.destine.onnx;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
  /** Main classes, in whatever directory a profile builds them. */
  private static final ImportOption MAIN = location -> !location.contains("/test-classes/");

  private static final JavaClasses CLASSES =
      new ClassFileImporter().withImportOption(MAIN).importPackages("io.destine.onnx");

  /** No kernel, no tensor library, no Spark, and of Tribuo only the ONNX messages. */
  @Test
  void graphsAreMadeOfMessages() {
    classes()
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "io.destine.onnx",
            "io.destine.calibration",
            "io.destine.config",
            "io.destine.feature",
            "io.destine.param",
            "io.destine.model",
            "ai.onnx.proto",
            "com.google.protobuf",
            "com.fasterxml.jackson..",
            "java..")
        .check(CLASSES);
  }
}
